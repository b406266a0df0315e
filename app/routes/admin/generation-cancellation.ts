import { type ActionFunctionArgs, redirect } from '@remix-run/cloudflare';
import { isId } from '~/db/ids';
import { formPostOnly, requireMethod } from '~/form-fields';

export const loader = formPostOnly;

/** POST: stops a try as its person could, with its credit back. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  const { auth, admin } = context.services;
  const { id: adminId } = await auth.requireFreshAdmin(request);
  requireMethod(request, 'POST');
  const { generationId } = params;
  if (!isId('gen', generationId)) throw new Response(null, { status: 404 });
  const told = await admin.generationActions.cancel({ adminId, generationId, requestId: context.requestId });
  return redirect(`/admin/generations/${generationId}?told=${told}`);
}
