import type { ActionFunctionArgs } from '@remix-run/cloudflare';

/** POST: deletes the person's account and leads to the landing page. */
export async function action({ request, context }: ActionFunctionArgs) {
  const { auth } = context.services;
  const user = await auth.requireUser(request);
  return auth.deleteAccount(user.id);
}
