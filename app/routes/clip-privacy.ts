import type { LoaderFunctionArgs } from '@remix-run/cloudflare';
import { isId } from '~/db/ids';

/**
 * GET: the photo privacy log of a clip, newest first: which providers got its photo, when, and what became of their copy;
 * and each media access by an admin with its reason.
 */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const user = await context.services.auth.requireUser(request);
  const { clipId } = params;
  const log = isId('clp', clipId) ? await context.services.generations.privacy({ userId: user.id, clipId }) : null;
  return log ? Response.json(log) : Response.json({ outcome: 'not-found' }, { status: 404 });
}
