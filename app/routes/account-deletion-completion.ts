import { type ActionFunctionArgs, redirect } from '@remix-run/cloudflare';
import { deletionPath } from '~/auth/deletion';
import { flash } from '~/flash';
import { formPostOnly, requireMethod } from '~/form-fields';

export const loader = formPostOnly;

/** POST: closes an account for good whose deletion was asked for, which needs a fresh sign-in; leads to the landing page. */
export async function action({ request, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const { auth } = context.services;
  const leaving = await auth.findLeaving(request);
  if (!leaving) {
    await auth.requireUser(request);
    return redirect(deletionPath);
  }
  if (!leaving.isFresh) return redirect(flash(`${deletionPath}?delete`, 'sign-in-needed'));
  return auth.closeAccount(leaving.user.id);
}
