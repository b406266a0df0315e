import type { ActionFunctionArgs } from '@remix-run/cloudflare';
import { isId } from '~/db/ids';
import { formPostOnly, requireMethod } from '~/form-fields';

export const loader = formPostOnly;

/** POST: cancels all open generations of a project and returns their credits, with how many and how many were sent. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const user = await context.services.auth.requireUser(request);
  const { projectId } = params;
  if (!isId('prj', projectId)) return Response.json({ outcome: 'not-found' }, { status: 404 });
  const stopped = await context.services.generations.cancelProject({ userId: user.id, projectId });
  return Response.json(stopped, { status: stopped.outcome === 'not-found' ? 404 : 200 });
}
