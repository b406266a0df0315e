import type { ActionFunctionArgs } from '@remix-run/cloudflare';
import * as v from 'valibot';
import { isId } from '~/db/ids';
import { fieldsOf, formPostOnly, invalid, personText, requireMethod } from '~/form-fields';
import { complaints, maxComplaintLength } from '~/generations/feedback';
import { requestKeySchema, startStatus } from '~/generations/start';

const fields = v.object({
  requestKey: requestKeySchema,
  reason: v.picklist(complaints.map(({ reason }) => reason)),
  words: v.optional(v.pipe(personText(maxComplaintLength), v.trim()), ''),
});

export const loader = formPostOnly;

/**
 * POST `requestKey`, `reason`, `words`: a complaint about a generation. The first one about a clip starts its free second
 * try; `noted` when that was used before. A repeated key returns the first result.
 */
export async function action({ request, params, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const user = await context.services.auth.requireUser(request);
  const sent = v.safeParse(fields, fieldsOf(await request.formData()));
  const { generationId } = params;
  if (!isId('gen', generationId)) return Response.json({ outcome: 'not-found' }, { status: 404 });
  if (!sent.success) return invalid(sent.issues);
  const { requestId } = context;
  const result = await context.services.generations.feedback.complain({
    userId: user.id,
    generationId,
    requestId,
    ...sent.output,
  });
  const status = { noted: 200, 'not-ready': 409, ...startStatus }[result.outcome];
  return Response.json(result, { status });
}
