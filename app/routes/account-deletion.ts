import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/cloudflare';
import { requireMethod } from '~/form-fields';

/** The address takes form posts and nothing else. */
export function loader({ request }: LoaderFunctionArgs) {
  requireMethod(request, 'POST');
  return null;
}

/** POST: deletes the person's account and leads to the landing page. */
export async function action({ request, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const { auth } = context.services;
  const user = await auth.requireUser(request);
  return auth.deleteAccount(user.id);
}
