import type { ActionFunctionArgs } from '@remix-run/cloudflare';
import * as v from 'valibot';
import { isId } from '~/db/ids';
import { findPreset, maxWordsLength } from '~/generations/presets';
import type { ClipChange } from '~/projects/clips.server';

const fraction = v.pipe(v.string(), v.nonEmpty(), v.transform(Number), v.number(), v.minValue(0), v.maxValue(1));
const zoom = v.pipe(v.string(), v.nonEmpty(), v.transform(Number), v.number(), v.minValue(1), v.maxValue(4));
const fields = v.object({
  frameX: v.optional(fraction),
  frameY: v.optional(fraction),
  frameZoom: v.optional(zoom),
  presetId: v.optional(
    v.pipe(
      v.string(),
      v.check((id) => findPreset(id) !== null),
    ),
  ),
  words: v.optional(v.pipe(v.string(), v.maxLength(maxWordsLength))),
});

/** POST: how the next try of a clip is to be: its frame (all three numbers), its way to move, the person's words. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  const user = await context.services.auth.requireUser(request);
  const read = v.safeParse(fields, Object.fromEntries(await request.formData()));
  if (!read.success || !isId('clp', params.clipId))
    return Response.json({ outcome: read.success ? 'not-found' : 'invalid' }, { status: read.success ? 404 : 400 });
  const clip = await context.services.clips.update({
    userId: user.id,
    clipId: params.clipId,
    change: toChange(read.output),
  });
  return clip ? Response.json({ outcome: 'saved', clip }) : Response.json({ outcome: 'not-found' }, { status: 404 });
}

function toChange({ frameX, frameY, frameZoom, presetId, words }: v.InferOutput<typeof fields>): ClipChange {
  const framed = frameX !== undefined && frameY !== undefined && frameZoom !== undefined;
  return {
    ...(framed && { frame: { x: frameX, y: frameY, zoom: frameZoom } }),
    ...(presetId !== undefined && { presetId }),
    ...(words !== undefined && { words }),
  };
}
