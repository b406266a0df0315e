import type { LoaderFunctionArgs } from '@remix-run/cloudflare';
import { isId } from '~/db/ids';

const triesPerPage = 24;

/** GET: the tries of a clip, newest first, `before` an id where given, and whether its next one may be on the house. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const user = await context.services.auth.requireUser(request);
  const before = new URL(request.url).searchParams.get('before');
  if (!isId('clp', params.clipId) || (before !== null && !isId('gen', before)))
    return Response.json({ outcome: 'not-found' }, { status: 404 });
  const owned = { userId: user.id, clipId: params.clipId };
  const [clip, tries, secondTry] = await Promise.all([
    context.services.clips.find(owned),
    context.services.clips.tries({ ...owned, limit: triesPerPage, ...(before !== null && { before }) }),
    context.services.feedback.standing(owned),
  ]);
  if (!clip) return Response.json({ outcome: 'not-found' }, { status: 404 });
  return Response.json({ tries, more: tries.length === triesPerPage, secondTry });
}
