import { type ActionFunctionArgs, redirect } from '@remix-run/cloudflare';
import { requireMethod } from '~/form-fields';

export function loader() {
  return redirect('/');
}

/** POST `cleared` (`yes` from a page that has asked about photos not yet sent): signs this browser out. */
export async function action({ request, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const cleared = (await request.formData()).get('cleared') === 'yes';
  return context.services.auth.signOut(request, { everywhere: false, cleared });
}
