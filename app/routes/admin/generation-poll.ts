import { type ActionFunctionArgs, redirect } from '@remix-run/cloudflare';
import { isId } from '~/db/ids';
import { formPostOnly, requireMethod } from '~/form-fields';

export const loader = formPostOnly;

/** POST: has the film service asked about this try, as soon as its limit allows. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  const { auth, admin } = context.services;
  const { id: adminId } = await auth.requireAdmin(request);
  requireMethod(request, 'POST');
  const { generationId } = params;
  if (!isId('gen', generationId)) throw new Response(null, { status: 404 });
  const told = await admin.generationActions.poll({ adminId, generationId, requestId: context.requestId });
  return redirect(`/admin/generations/${generationId}?told=${told}`);
}
