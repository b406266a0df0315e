import type { ActionFunctionArgs } from '@remix-run/cloudflare';
import * as v from 'valibot';
import { isId } from '~/db/ids';
import {
  fieldsOf,
  formPostOnly,
  invalid,
  numberField,
  personText,
  requireMethod,
  signedNumberField,
} from '~/form-fields';
import { frameBounds, frameOf } from '~/photos/frame';
import type { ClipChange } from '~/projects/clips.server';
import { maxWordsLength } from '~/settings/preset-choice';

const fields = v.pipe(
  v.object({
    frameX: v.optional(numberField(0, 1)),
    frameY: v.optional(numberField(0, 1)),
    frameZoom: v.optional(numberField(1, frameBounds.zoom)),
    frameTurn: v.optional(v.pipe(numberField(0, 3), v.integer())),
    frameTilt: v.optional(signedNumberField(-frameBounds.tilt, frameBounds.tilt)),
    proposed: v.optional(v.literal('true')),
    presetId: v.optional(v.pipe(v.string(), v.maxLength(40))),
    words: v.optional(personText(maxWordsLength)),
    leaveAsPhoto: v.optional(v.literal('true')),
  }),
  // A frame needs its point and zoom, a turn needs a frame, and a proposal is nothing but a frame. A page of an earlier
  // build knows of no turn.
  v.check(({ frameX, frameY, frameZoom, frameTurn, frameTilt, proposed, ...rest }) => {
    const given = [frameX, frameY, frameZoom].filter((part) => part !== undefined).length;
    const isTurned = frameTurn !== undefined || frameTilt !== undefined;
    const isAlone = Object.values(rest).every((value) => value === undefined);
    return proposed ? given === 3 && isAlone : given === 3 || (given === 0 && !isTurned);
  }),
  v.check((change) => Object.values(change).some((value) => value !== undefined)),
);

export const loader = formPostOnly;

/**
 * POST: saves a clip's draft: its frame (point and zoom, and how it is turned), preset and words; absent fields stay. `leaveAsPhoto=true`
 * leaves the clip as a photo after a failure. `proposed=true` proposes the frame: it never replaces one that a person set.
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
  const { clips } = context.services.projects;
  const owned = { userId: user.id, clipId: params.clipId };
  const change = toChange(read.output);
  const clip =
    read.output.proposed && change.frame
      ? await clips.propose({ ...owned, frame: change.frame })
      : await clips.update({ ...owned, change });
  return clip ? Response.json({ outcome: 'saved', clip }) : Response.json({ outcome: 'not-found' }, { status: 404 });
}

function toChange({ presetId, words, leaveAsPhoto, ...given }: v.InferOutput<typeof fields>): ClipChange {
  const { frameX = 0.5, frameY = 0.5, frameZoom = 1, frameTurn = 0, frameTilt = 0 } = given;
  return {
    ...(given.frameX !== undefined && { frame: frameOf({ frameX, frameY, frameZoom, frameTurn, frameTilt }) }),
    ...(presetId !== undefined && { presetId }),
    ...(words !== undefined && { words }),
    ...(leaveAsPhoto !== undefined && { leaveAsPhoto: true as const }),
  };
}
