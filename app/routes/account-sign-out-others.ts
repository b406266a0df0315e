import { type ActionFunctionArgs, redirect } from '@remix-run/cloudflare';
import { flash } from '~/flash';
import { formPostOnly, requireMethod } from '~/form-fields';

export const loader = formPostOnly;

/** POST: signs the person out on every device but this one, and leads back to the account. */
export async function action({ request, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const { auth } = context.services;
  await auth.requireUser(request);
  await auth.signOutDevices(request, 'others');
  return redirect(flash('/account', 'devices-signed-out'));
}
