import { type ActionFunctionArgs, redirect } from '@remix-run/cloudflare';
import * as v from 'valibot';
import { saidPath } from '~/admin/people/people';
import { isId } from '~/db/ids';
import { fieldsOf, formPostOnly, invalid, requireMethod } from '~/form-fields';

const decisionForm = v.object({ answer: v.picklist(['yes', 'no']), from: v.picklist(['money', 'person']) });

export const loader = formPostOnly;

/** POST: another admin's yes or no to credits that wait for it; leads back to where it was asked. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const { auth, admin } = context.services;
  const { id: adminId } = await auth.requireFreshAdmin(request);
  const { adjustmentId } = params;
  if (!isId('adj', adjustmentId)) throw new Response(null, { status: 404 });
  const form = v.safeParse(decisionForm, fieldsOf(await request.formData()));
  if (!form.success) return invalid(form.issues);
  const { answer, from } = form.output;
  const asked = { adminId, adjustmentId, isYes: answer === 'yes', requestId: context.requestId };
  const decided = await admin.adjustments.decide(asked);
  if (decided.outcome === 'not-found') throw new Response(null, { status: 404 });
  const path = from === 'money' ? '/admin/money' : `/admin/people/${decided.userId}`;
  return redirect(saidPath(path, `adjustment-${decided.outcome}`));
}
