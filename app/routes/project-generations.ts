import type { ActionFunctionArgs } from '@remix-run/cloudflare';
import * as v from 'valibot';
import { isId } from '~/db/ids';
import { fieldsOf, formPostOnly, invalid, requireMethod } from '~/form-fields';
import { requestKeySchema, startInit } from '~/generations/start';

const fields = v.object({
  requestKey: requestKeySchema,
  clipIds: v.pipe(v.array(v.custom<string>((value) => isId('clp', value))), v.minLength(1), v.maxLength(200)),
});

export const loader = formPostOnly;

/** POST `requestKey` and `clipIds`: starts a generation of each clip until one is refused, and says how many started. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const user = await context.services.auth.requireUser(request);
  const form = await request.formData();
  const sent = v.safeParse(fields, { ...fieldsOf(form), clipIds: form.getAll('clipIds') });
  if (!isId('prj', params.projectId)) return Response.json({ outcome: 'not-found' }, { status: 404 });
  if (!sent.success) return invalid(sent.issues);
  const { projectId } = params;
  const order = { userId: user.id, projectId, requestId: context.requestId, ...sent.output };
  const result = await context.services.generations.startMany(order);
  // A partial start is a success; without any started, the refusal is the answer.
  const { started, stopped } = result;
  if (started.length > 0 || stopped === null) return Response.json({ outcome: 'started', ...result });
  return Response.json({ ...stopped, ...result }, startInit(stopped));
}
