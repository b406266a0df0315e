import { type ActionFunctionArgs, replace } from '@remix-run/cloudflare';
import * as v from 'valibot';
import { isId } from '~/db/ids';
import { shapes } from '~/photos/frame';
import { maxTitleLength, wallPath } from '~/projects/wall';

const fields = v.object({
  title: v.optional(v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(maxTitleLength))),
  shape: v.optional(v.picklist(shapes)),
  clipSeconds: v.optional(v.pipe(v.string(), v.digits(), v.transform(Number), v.minValue(2), v.maxValue(10))),
  // An empty choice is the film without music.
  trackId: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(60),
      v.transform((id) => id || null),
    ),
  ),
});

/**
 * POST: a film's title, shape, length of new clips and music; what is absent stays.
 * Answers JSON to whoever asks for it, and leads everybody else back to the wall.
 */
export async function action({ request, params, context }: ActionFunctionArgs) {
  const user = await context.services.auth.requireUser(request);
  const form = await request.formData();
  const read = v.safeParse(fields, Object.fromEntries(form));
  const wantsJson = request.headers.get('Accept')?.includes('application/json');
  if (!read.success) {
    if (wantsJson) return Response.json({ outcome: 'invalid' }, { status: 400 });
    throw new Response(null, { status: 400 });
  }
  const { projectId } = params;
  const project = isId('prj', projectId)
    ? await context.services.projects.update({ userId: user.id, projectId, change: read.output })
    : null;
  if (wantsJson)
    return project
      ? Response.json({ outcome: 'saved', project })
      : Response.json({ outcome: 'not-found' }, { status: 404 });
  if (!project) throw new Response(null, { status: 404 });
  const before = form.get('before');
  return replace(wallPath({ before: isId('prj', before) ? before : null }));
}
