import { type ActionFunctionArgs, redirect } from '@remix-run/cloudflare';
import { flash } from '~/flash';
import { formPostOnly, requireMethod } from '~/form-fields';

export const loader = formPostOnly;

/** POST: what the person deleted is erased with the next sweep and can no longer be put back; leads back to the account. */
export async function action({ request, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const { auth, media } = context.services;
  const user = await auth.requireUser(request);
  const isWaiting = await media.erasure.hasten(user.id, Date.now());
  return redirect(flash('/account', isWaiting ? 'erasing' : 'nothing-to-erase'));
}
