import { type ActionFunctionArgs, redirect } from '@remix-run/cloudflare';
import * as v from 'valibot';
import { mostAdjusted } from '~/admin/people/adjustments';
import { reasonText, saidPath } from '~/admin/people/people';
import { isId } from '~/db/ids';
import { fieldsOf, formPostOnly, numberField, requireMethod } from '~/form-fields';

const adjustmentForm = v.object({
  way: v.picklist(['give', 'take']),
  credits: v.pipe(numberField(1, mostAdjusted), v.integer()),
  reason: reasonText,
  requestKey: v.pipe(v.string(), v.minLength(8), v.maxLength(64)),
});

export const loader = formPostOnly;

/** POST: gives or takes credits, or asks for another admin's yes, and leads back to the person. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const { auth, admin } = context.services;
  const { id: adminId } = await auth.requireFreshAdmin(request);
  const { userId } = params;
  if (!isId('usr', userId)) throw new Response(null, { status: 404 });
  const path = `/admin/people/${userId}`;
  const form = v.safeParse(adjustmentForm, fieldsOf(await request.formData()));
  if (!form.success) return redirect(saidPath(path, 'adjustment-invalid'));
  const { way, credits, ...rest } = form.output;
  const asked = { adminId, userId, credits: way === 'give' ? credits : -credits, ...rest };
  const { outcome } = await admin.adjustments.ask({ ...asked, requestId: context.requestId });
  if (outcome === 'not-found' || outcome === 'not-an-admin') throw new Response(null, { status: 404 });
  return redirect(saidPath(path, `adjustment-${outcome}`));
}
