import type { ActionFunctionArgs } from '@remix-run/cloudflare';
import { formPostOnly, requireMethod } from '~/form-fields';

export const loader = formPostOnly;

/** POST: deletes the person's account and leads to the landing page. */
export async function action({ request, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const { auth, billing } = context.services;
  const user = await auth.requireUser(request);
  await billing.endCheckouts(user.id);
  return auth.deleteAccount(user.id);
}
