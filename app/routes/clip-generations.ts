import type { ActionFunctionArgs } from '@remix-run/cloudflare';
import * as v from 'valibot';
import { isId } from '~/db/ids';
import { maxWordsLength, presets } from '~/generations/presets';
import { requestKeySchema, startStatus } from '~/generations/start';

const fields = v.object({
  requestKey: requestKeySchema,
  presetId: v.picklist(presets.map(({ id }) => id)),
  words: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(maxWordsLength)), ''),
});

/** POST `requestKey`, `presetId`, `words`: one paid try at this clip. The same key again gives the first result. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  const user = await context.services.auth.requireUser(request);
  const sent = v.safeParse(fields, Object.fromEntries(await request.formData()));
  if (!isId('clp', params.clipId)) return Response.json({ outcome: 'not-found' }, { status: 404 });
  if (!sent.success) return Response.json({ outcome: 'invalid' }, { status: 400 });
  const { clipId } = params;
  const result = await context.services.generations.start({ userId: user.id, clipId, ...sent.output });
  return Response.json(result, { status: startStatus[result.outcome] });
}
