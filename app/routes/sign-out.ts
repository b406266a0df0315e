import { type ActionFunctionArgs, redirect } from '@remix-run/cloudflare';

export function loader() {
  return redirect('/');
}

/** Signs this browser out. */
export function action({ request, context }: ActionFunctionArgs) {
  return context.services.auth.signOut(request);
}
