import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/cloudflare';
import { isId } from '~/db/ids';
import { requireMethod } from '~/form-fields';

/** GET: the data of the sheet for sharing a film. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const user = await context.services.auth.requireUser(request);
  const { projectId } = params;
  const sheet =
    isId('prj', projectId) && (await context.services.projects.shares.sheet({ userId: user.id, projectId }));
  return sheet ? Response.json(sheet) : Response.json({ outcome: 'not-found' }, { status: 404 });
}

/** POST: the project's open share, made now if there is none. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const user = await context.services.auth.requireUser(request);
  const { projectId } = params;
  if (!isId('prj', projectId)) return Response.json({ outcome: 'not-found' }, { status: 404 });
  const made = await context.services.projects.shares.create({ userId: user.id, projectId, request });
  const status = { shared: 200, empty: 409, 'not-found': 404 }[made.outcome];
  return Response.json(made, { status });
}
