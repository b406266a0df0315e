import { type ActionFunctionArgs, redirect } from '@remix-run/cloudflare';
import { requireMethod } from '~/form-fields';

export function loader() {
  return redirect('/');
}

/** POST: signs this person out on every device. */
export function action({ request, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  return context.services.auth.signOutEverywhere(request);
}
