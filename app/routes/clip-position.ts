import type { ActionFunctionArgs } from '@remix-run/cloudflare';
import * as v from 'valibot';
import { isId } from '~/db/ids';
import { fieldsOf, formPostOnly, invalid, requireMethod } from '~/form-fields';

/** A clip's id, or an empty field. */
const neighbour = v.pipe(
  v.string(),
  v.check((id) => id === '' || isId('clp', id)),
  v.transform((id) => id || null),
);
const fields = v.object({ after: neighbour, before: neighbour });

export const loader = formPostOnly;

/**
 * POST: puts a clip right after one clip and right before another (`after`, `before`; empty = the film's start or end).
 * 409 `stale` when those two are no longer in that order: the page then loads again.
 */
export async function action({ request, params, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const user = await context.services.auth.requireUser(request);
  const sent = v.safeParse(fields, fieldsOf(await request.formData()));
  const { clipId } = params;
  if (!isId('clp', clipId)) return Response.json({ outcome: 'not-found' }, { status: 404 });
  if (!sent.success) return invalid(sent.issues);
  const moved = await context.services.projects.clips.move({ userId: user.id, clipId, ...sent.output });
  const status = { moved: 200, stale: 409, 'not-found': 404 }[moved.outcome];
  return Response.json(moved, { status });
}
