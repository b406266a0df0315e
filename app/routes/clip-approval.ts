import type { ActionFunctionArgs } from '@remix-run/cloudflare';
import { isId } from '~/db/ids';

/** POST `generationId`: this try plays in the film. DELETE: none does, the photo plays as a moving still. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  const user = await context.services.auth.requireUser(request);
  const generationId = request.method === 'DELETE' ? null : (await request.formData()).get('generationId');
  if (!isId('clp', params.clipId) || (generationId !== null && !isId('gen', generationId)))
    return Response.json({ outcome: 'not-found' }, { status: 404 });
  if (request.method === 'POST' && generationId === null)
    return Response.json({ outcome: 'not-ready' }, { status: 409 });
  const approved = await context.services.clips.approve({ userId: user.id, clipId: params.clipId, generationId });
  const status = { approved: 200, 'not-ready': 409, 'not-found': 404 }[approved.outcome];
  return Response.json(approved, { status });
}
