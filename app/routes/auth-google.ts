import { type ActionFunctionArgs, redirect } from '@remix-run/cloudflare';
import { requireMethod } from '~/form-fields';

/** GET leads to the landing page, where a sign-in begins. */
export function loader() {
  return redirect('/');
}

/** POST `returnTo`: redirects to Google, which redirects back to auth-google-callback. */
export function action({ request, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  return context.services.auth.signIn({ request, requestId: context.requestId });
}
