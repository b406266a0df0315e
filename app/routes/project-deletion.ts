import { type ActionFunctionArgs, data, type LoaderFunctionArgs, replace } from '@remix-run/cloudflare';
import * as v from 'valibot';
import { isId } from '~/db/ids';
import { fieldsOf, invalid, requireMethod } from '~/form-fields';
import { tooManyProjects, wantsJson } from '~/problem';
import { projectsPath } from '~/projects/projects-page';

const fields = v.object({ deleted: v.optional(v.picklist(['true', 'false']), 'true') });

/** The address only takes form posts. */
export function loader({ request }: LoaderFunctionArgs) {
  requireMethod(request, 'POST', 'DELETE');
  return null;
}

/**
 * POST: deletes a project. DELETE, or a form's `deleted=false` since forms cannot send DELETE: restores it.
 * Answers JSON to clients that accept it, and redirects others to the projects page.
 */
export async function action({ request, params, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST', 'DELETE');
  const user = await context.services.auth.requireUser(request);
  const form = fieldsOf(request.method === 'POST' ? await request.formData() : new FormData());
  const sent = v.safeParse(fields, form);
  if (!sent.success) throw invalid(sent.issues);
  const deleted = request.method === 'POST' && sent.output.deleted === 'true';
  const { projectId } = params;
  const known =
    isId('prj', projectId) && (await context.services.projects.setDeleted({ userId: user.id, projectId, deleted }));
  if (known === 'full') {
    if (wantsJson(request.headers)) return Response.json({ outcome: 'too-many-projects' }, { status: 409 });
    throw data(tooManyProjects, { status: tooManyProjects.status });
  }
  if (request.headers.get('Accept')?.includes('application/json'))
    return known
      ? Response.json({ outcome: deleted ? 'removed' : 'restored' })
      : Response.json({ outcome: 'not-found' }, { status: 404 });
  if (!known) throw new Response(null, { status: 404 });
  const page = isId('prj', form.before) ? form.before : null;
  return replace(projectsPath({ before: page, deleted: deleted ? projectId : undefined }));
}
