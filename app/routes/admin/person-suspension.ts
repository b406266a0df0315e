import { type ActionFunctionArgs, redirect } from '@remix-run/cloudflare';
import * as v from 'valibot';
import { reasonText, saidPath } from '~/admin/people/people';
import { isId } from '~/db/ids';
import { fieldsOf, formPostOnly, requireMethod } from '~/form-fields';

const suspensionForm = v.object({ reason: reasonText });

export const loader = formPostOnly;

/** POST: keeps a person out from now on, with a reason, and leads back to them. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const { auth, admin } = context.services;
  const { id: adminId } = await auth.requireAdmin(request);
  const { userId } = params;
  if (!isId('usr', userId)) throw new Response(null, { status: 404 });
  const path = `/admin/people/${userId}`;
  const form = v.safeParse(suspensionForm, fieldsOf(await request.formData()));
  if (!form.success) return redirect(saidPath(path, 'reason-missing'));
  const { reason } = form.output;
  const said = await admin.suspension.suspend({ adminId, userId, reason, requestId: context.requestId });
  if (said === 'not-found') throw new Response(null, { status: 404 });
  return redirect(saidPath(path, said));
}
