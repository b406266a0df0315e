import { type ActionFunctionArgs, redirect } from '@remix-run/cloudflare';
import * as v from 'valibot';
import { endingReasons } from '~/admin/generations/generations';
import { isId } from '~/db/ids';
import { fieldsOf, formPostOnly, invalid, requireMethod } from '~/form-fields';

const fields = v.object({ reason: v.picklist(endingReasons) });

export const loader = formPostOnly;

/** POST `reason`: ends a try with its credit back; the person reads the words of that reason. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  const { auth, admin } = context.services;
  const { id: adminId } = await auth.requireFreshAdmin(request);
  requireMethod(request, 'POST');
  const { generationId } = params;
  if (!isId('gen', generationId)) throw new Response(null, { status: 404 });
  const sent = v.safeParse(fields, fieldsOf(await request.formData()));
  if (!sent.success) return invalid(sent.issues);
  const { requestId } = context;
  const told = await admin.generationActions.fail({ adminId, generationId, requestId, ...sent.output });
  return redirect(`/admin/generations/${generationId}?told=${told}`);
}
