import { type ActionFunctionArgs, redirect } from '@remix-run/cloudflare';
import { flash } from '~/flash';
import { formPostOnly, requireMethod } from '~/form-fields';

export const loader = formPostOnly;

/** POST: takes back the deletion of the person's account and leads there. Pressed twice it has its effect once. */
export async function action({ request, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const { auth } = context.services;
  const leaving = await auth.findLeaving(request);
  if (!leaving) {
    await auth.requireUser(request);
    return redirect('/account');
  }
  const isBack = await auth.deletion.takeBack(leaving.user.id);
  return redirect(isBack ? flash('/account', 'deletion-taken-back') : flash('/', 'account-deleted'));
}
