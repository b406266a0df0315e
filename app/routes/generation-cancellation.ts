import type { ActionFunctionArgs } from '@remix-run/cloudflare';
import { isId } from '~/db/ids';
import { formPostOnly, requireMethod } from '~/form-fields';

export const loader = formPostOnly;

/** POST: cancels an open generation and returns its credit; any other outcome where it has ended or cannot be stopped. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const user = await context.services.auth.requireUser(request);
  const { generationId } = params;
  if (!isId('gen', generationId)) return Response.json({ outcome: 'not-found' }, { status: 404 });
  const result = await context.services.generations.cancel({ userId: user.id, generationId });
  const status = { canceled: 200, 'not-found': 404 }[result.outcome as string] ?? 409;
  return Response.json(result, { status });
}
