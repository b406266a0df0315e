import type { ActionFunctionArgs } from '@remix-run/cloudflare';
import { isId } from '~/db/ids';
import { formPostOnly, requireMethod } from '~/form-fields';

export const loader = formPostOnly;

/** POST: the owner has played the film to its end; completes the project if nothing in it is left to do. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const user = await context.services.auth.requireUser(request);
  const { projectId } = params;
  const known = isId('prj', projectId) && (await context.services.projects.find({ userId: user.id, projectId }));
  if (!known || !projectId) return Response.json({ outcome: 'not-found' }, { status: 404 });
  return Response.json(await context.services.projects.completion.played({ userId: user.id, projectId }));
}
