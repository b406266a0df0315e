import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/cloudflare';
import { isId } from '~/db/ids';
import { requireMethod } from '~/form-fields';

/** GET: how a film is shared, for the sheet in which that is done. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const user = await context.services.auth.requireUser(request);
  const { projectId } = params;
  const sheet =
    isId('prj', projectId) && (await context.services.projects.shares.sheet({ userId: user.id, projectId }));
  return sheet ? Response.json(sheet) : Response.json({ outcome: 'not-found' }, { status: 404 });
}

/** POST: the film's link, made now if none is open. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const user = await context.services.auth.requireUser(request);
  const { projectId } = params;
  if (!isId('prj', projectId)) return Response.json({ outcome: 'not-found' }, { status: 404 });
  const made = await context.services.projects.shares.create({ userId: user.id, projectId, request });
  const status = { shared: 200, empty: 409, 'not-found': 404 }[made.outcome];
  return Response.json(made, { status });
}
