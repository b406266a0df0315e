import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/cloudflare';
import { isId } from '~/db/ids';
import { requireMethod } from '~/form-fields';

/** The address only takes form posts. */
export function loader({ request }: LoaderFunctionArgs) {
  requireMethod(request, 'POST', 'DELETE');
  return null;
}

/** POST: takes a clip out of its project. DELETE: puts it back at its position. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST', 'DELETE');
  const user = await context.services.auth.requireUser(request);
  const deleted = request.method !== 'DELETE';
  const known =
    isId('clp', params.clipId) &&
    (await context.services.projects.clips.setDeleted({ userId: user.id, clipId: params.clipId, deleted }));
  if (known === 'full') return Response.json({ outcome: 'film-full' }, { status: 409 });
  if (!known) return Response.json({ outcome: 'not-found' }, { status: 404 });
  return Response.json({ outcome: deleted ? 'removed' : 'restored' });
}
