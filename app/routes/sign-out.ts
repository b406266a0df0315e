import { type ActionFunctionArgs, redirect } from '@remix-run/cloudflare';
import { requireMethod } from '~/form-fields';

export function loader() {
  return redirect('/');
}

/** POST: signs this browser out. */
export function action({ request, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  return context.services.auth.signOut(request);
}
