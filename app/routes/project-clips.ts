import type { ActionFunctionArgs } from '@remix-run/cloudflare';
import * as v from 'valibot';
import { isId } from '~/db/ids';
import { fieldsOf, formPostOnly, invalid, requireMethod } from '~/form-fields';
import { uploadLimits } from '~/photos/upload-limits';

const clipIds = v.pipe(
  v.array(v.custom<string>((value) => isId('clp', value))),
  v.minLength(1),
  v.maxLength(uploadLimits.clipsInProject),
);
const fields = v.variant('kind', [
  v.object({ clipIds, kind: v.picklist(['remove', 'restore', 'keep-apart', 'stack']) }),
  v.object({ clipIds, kind: v.literal('preset'), presetId: v.pipe(v.string(), v.maxLength(40)) }),
]);

export const loader = formPostOnly;

/** POST `clipIds` and `kind`, for `preset` also `presetId`: changes these clips of a project at once. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const user = await context.services.auth.requireUser(request);
  const form = await request.formData();
  const sent = v.safeParse(fields, { ...fieldsOf(form), clipIds: form.getAll('clipIds') });
  if (!isId('prj', params.projectId)) return Response.json({ outcome: 'not-found' }, { status: 404 });
  if (!sent.success) return invalid(sent.issues);
  const { clipIds: chosen, ...act } = sent.output;
  if (act.kind === 'preset') {
    const { presets } = await context.services.settings.read();
    if (!presets.some(({ id }) => id === act.presetId))
      return Response.json({ outcome: 'invalid', fields: ['presetId'] }, { status: 400 });
  }
  const { clips } = context.services.projects;
  const result = await clips.changeMany({ userId: user.id, projectId: params.projectId, clipIds: chosen, act });
  const status = { changed: 200, 'not-found': 404, 'film-full': 409 }[result.outcome];
  return Response.json(result, { status });
}
