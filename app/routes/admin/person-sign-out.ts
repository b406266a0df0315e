import { type ActionFunctionArgs, redirect } from '@remix-run/cloudflare';
import { saidPath } from '~/admin/people/people';
import { isId } from '~/db/ids';
import { formPostOnly, requireMethod } from '~/form-fields';

export const loader = formPostOnly;

/** POST: signs a person out on every device and leads back to them. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const { auth, admin } = context.services;
  const { id: adminId } = await auth.requireAdmin(request);
  const { userId } = params;
  if (!isId('usr', userId)) throw new Response(null, { status: 404 });
  const said = await admin.suspension.signOut({ adminId, userId, requestId: context.requestId });
  if (said === 'not-found') throw new Response(null, { status: 404 });
  return redirect(saidPath(`/admin/people/${userId}`, said));
}
