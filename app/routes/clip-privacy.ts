import type { LoaderFunctionArgs } from '@remix-run/cloudflare';
import { isId } from '~/db/ids';

/**
 * GET: the film services that got the photo of this clip, when, and what became of their copy; and who at Echoes opened it,
 * when and why; newest first.
 */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const user = await context.services.auth.requireUser(request);
  const { clipId } = params;
  const log = isId('clp', clipId) ? await context.services.generations.privacy({ userId: user.id, clipId }) : null;
  return log ? Response.json(log) : Response.json({ outcome: 'not-found' }, { status: 404 });
}
