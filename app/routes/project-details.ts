import { type ActionFunctionArgs, replace } from '@remix-run/cloudflare';
import * as v from 'valibot';
import { isId } from '~/db/ids';
import { atMost, fieldsOf, formPostOnly, invalid, numberField, requireMethod } from '~/form-fields';
import { shapes } from '~/photos/frame';
import { findTrack } from '~/player/tracks';
import { maxTitleLength, projectsPath } from '~/projects/projects-page';

const fields = v.object({
  title: v.optional(
    v.pipe(
      v.string(),
      v.transform((title) => title.replace(/\p{Cc}+/gu, ' ')),
      v.trim(),
      v.nonEmpty(),
      atMost(maxTitleLength),
    ),
  ),
  shape: v.optional(v.picklist(shapes)),
  clipSeconds: v.optional(v.pipe(numberField(2, 10), v.integer())),
  // An empty `trackId` is a film without music.
  trackId: v.optional(
    v.pipe(
      v.string(),
      v.transform((id) => id || null),
      v.check((id) => id === null || findTrack(id) !== null),
    ),
  ),
});

export const loader = formPostOnly;

/**
 * POST: changes a project's title, shape, length of new clips and music; absent fields stay.
 * Answers JSON to clients that accept it, and redirects others to the projects page.
 */
export async function action({ request, params, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const user = await context.services.auth.requireUser(request);
  const form = await request.formData();
  const read = v.safeParse(fields, fieldsOf(form));
  if (!read.success) throw invalid(read.issues);
  const { projectId } = params;
  const project = isId('prj', projectId)
    ? await context.services.projects.update({ userId: user.id, projectId, change: read.output })
    : null;
  if (!project) throw Response.json({ outcome: 'not-found' }, { status: 404 });
  if (request.headers.get('Accept')?.includes('application/json')) return Response.json({ outcome: 'saved', project });
  const before = form.get('before');
  return replace(projectsPath({ before: isId('prj', before) ? before : null }));
}
