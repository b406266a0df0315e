import { type ActionFunctionArgs, replace } from '@remix-run/cloudflare';
import { isId } from '~/db/ids';
import { wallPath } from '~/projects/wall';

/**
 * POST: takes a film away. DELETE, or a form's `deleted=false` (forms cannot say DELETE): brings it back.
 * Answers JSON to whoever asks for it, and leads everybody else back to the wall.
 */
export async function action({ request, params, context }: ActionFunctionArgs) {
  const user = await context.services.auth.requireUser(request);
  const form = request.method === 'POST' ? await request.formData() : null;
  const deleted = form !== null && form.get('deleted') !== 'false';
  const { projectId } = params;
  const known =
    isId('prj', projectId) && (await context.services.projects.setDeleted({ userId: user.id, projectId, deleted }));
  if (request.headers.get('Accept')?.includes('application/json'))
    return known
      ? Response.json({ outcome: deleted ? 'removed' : 'restored' })
      : Response.json({ outcome: 'not-found' }, { status: 404 });
  if (!known) throw new Response(null, { status: 404 });
  const before = form?.get('before');
  const page = isId('prj', before) ? before : null;
  return replace(wallPath({ before: page, deleted: deleted ? projectId : undefined }));
}
