import type { ActionFunctionArgs } from '@remix-run/cloudflare';
import * as v from 'valibot';
import { isId } from '~/db/ids';
import { fieldsOf, formPostOnly, invalid, numberField, personText, requireMethod } from '~/form-fields';
import type { ClipChange } from '~/projects/clips.server';
import { maxWordsLength } from '~/settings/preset-choice';

const fields = v.pipe(
  v.object({
    frameX: v.optional(numberField(0, 1)),
    frameY: v.optional(numberField(0, 1)),
    frameZoom: v.optional(numberField(1, 4)),
    presetId: v.optional(v.pipe(v.string(), v.maxLength(40))),
    words: v.optional(personText(maxWordsLength)),
    leaveAsPhoto: v.optional(v.literal('true')),
  }),
  // A frame needs all three numbers.
  v.check(({ frameX, frameY, frameZoom }) => {
    const given = [frameX, frameY, frameZoom].filter((part) => part !== undefined).length;
    return given === 0 || given === 3;
  }),
  v.check((change) => Object.values(change).some((value) => value !== undefined)),
);

export const loader = formPostOnly;

/**
 * POST: saves a clip's draft: its frame (all three numbers), preset and words; absent fields stay. `leaveAsPhoto=true`
 * leaves the clip as a photo after a failure.
 */
export async function action({ request, params, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const user = await context.services.auth.requireUser(request);
  const read = v.safeParse(fields, fieldsOf(await request.formData()));
  if (!isId('clp', params.clipId)) return Response.json({ outcome: 'not-found' }, { status: 404 });
  if (!read.success) return invalid(read.issues);
  const { presetId } = read.output;
  if (presetId !== undefined) {
    const { presets } = await context.services.settings.read();
    if (!presets.some(({ id }) => id === presetId))
      return Response.json({ outcome: 'invalid', fields: ['presetId'] }, { status: 400 });
  }
  const clip = await context.services.projects.clips.update({
    userId: user.id,
    clipId: params.clipId,
    change: toChange(read.output),
  });
  return clip ? Response.json({ outcome: 'saved', clip }) : Response.json({ outcome: 'not-found' }, { status: 404 });
}

function toChange({
  frameX,
  frameY,
  frameZoom,
  presetId,
  words,
  leaveAsPhoto,
}: v.InferOutput<typeof fields>): ClipChange {
  const framed = frameX !== undefined && frameY !== undefined && frameZoom !== undefined;
  return {
    ...(framed && { frame: { x: frameX, y: frameY, zoom: frameZoom } }),
    ...(presetId !== undefined && { presetId }),
    ...(words !== undefined && { words }),
    ...(leaveAsPhoto !== undefined && { leaveAsPhoto: true as const }),
  };
}
