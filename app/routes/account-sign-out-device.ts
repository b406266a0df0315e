import { type ActionFunctionArgs, redirect } from '@remix-run/cloudflare';
import { flash } from '~/flash';
import { formPostOnly, requireMethod } from '~/form-fields';

export const loader = formPostOnly;

/** POST: signs the person out on one device, and leads back to the account. Pressed twice it has its effect once. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const { auth } = context.services;
  await auth.requireUser(request);
  await auth.signOutDevices(request, { sessionId: params.sessionId ?? '' });
  return redirect(flash('/account', 'device-signed-out'));
}
