import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/cloudflare';
import * as v from 'valibot';
import { isId } from '~/db/ids';
import { fieldsOf, invalid, requireMethod } from '~/form-fields';

const fields = v.object({ generationId: v.custom<string>((value) => isId('gen', value)) });

/** The address only takes form posts. */
export function loader({ request }: LoaderFunctionArgs) {
  requireMethod(request, 'POST', 'DELETE');
  return null;
}

/** POST `generationId`: approves a ready generation. DELETE: takes the approval back, and the photo plays as a still. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST', 'DELETE');
  const user = await context.services.auth.requireUser(request);
  const sent = request.method === 'DELETE' ? null : v.safeParse(fields, fieldsOf(await request.formData()));
  const { clipId } = params;
  if (!isId('clp', clipId)) return Response.json({ outcome: 'not-found' }, { status: 404 });
  if (sent && !sent.success) return invalid(sent.issues);
  const generationId = sent?.output.generationId ?? null;
  const approved = await context.services.projects.clips.approve({ userId: user.id, clipId, generationId });
  const status = { approved: 200, 'not-ready': 409, 'not-found': 404 }[approved.outcome];
  return Response.json(approved, { status });
}
