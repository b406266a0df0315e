import { type ActionFunctionArgs, redirect } from '@remix-run/cloudflare';

export function loader() {
  return redirect('/');
}

/** Signs every device of this person out. */
export function action({ request, context }: ActionFunctionArgs) {
  return context.services.auth.signOutEverywhere(request);
}
