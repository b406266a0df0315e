import type { ActionFunctionArgs } from '@remix-run/cloudflare';
import { isId } from '~/db/ids';

/**
 * POST: puts a clip right after one clip and right before another (`after`, `before`; empty = the film's start or end).
 * 409 `stale` when those two have changed places since: the page then looks again.
 */
export async function action({ request, params, context }: ActionFunctionArgs) {
  const user = await context.services.auth.requireUser(request);
  const form = await request.formData();
  const [after, before] = [neighbour(form.get('after')), neighbour(form.get('before'))];
  if (!isId('clp', params.clipId) || after === undefined || before === undefined)
    return Response.json({ outcome: 'not-found' }, { status: 404 });
  const moved = await context.services.clips.move({ userId: user.id, clipId: params.clipId, after, before });
  const status = { moved: 200, stale: 409, 'not-found': 404 }[moved.outcome];
  return Response.json(moved, { status });
}

/** A clip's id, null for "none", undefined for anything else. */
function neighbour(value: FormDataEntryValue | null): string | null | undefined {
  if (value === null || value === '') return null;
  return isId('clp', value) ? value : undefined;
}
