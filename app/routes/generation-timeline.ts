import type { LoaderFunctionArgs } from '@remix-run/cloudflare';
import { isId } from '~/db/ids';

/** GET: the timeline of a generation, with the credits that moved. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const user = await context.services.auth.requireUser(request);
  const { generationId } = params;
  const timeline = isId('gen', generationId)
    ? await context.services.generations.timeline({ userId: user.id, generationId })
    : null;
  return timeline ? Response.json(timeline) : Response.json({ outcome: 'not-found' }, { status: 404 });
}
