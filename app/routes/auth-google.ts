import { type ActionFunctionArgs, redirect } from '@remix-run/cloudflare';
import { requireMethod } from '~/form-fields';

/** The address by itself leads home: a sign-in begins with the button there. */
export function loader() {
  return redirect('/');
}

/** POST `returnTo`: leads to Google, and from there back to our callback. */
export function action({ request, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  return context.services.auth.signIn({ request, requestId: context.requestId });
}
