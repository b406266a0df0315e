import type { ActionFunctionArgs } from '@remix-run/cloudflare';
import * as v from 'valibot';
import { isId } from '~/db/ids';
import { fieldsOf, formPostOnly, invalid, personText, requireMethod } from '~/form-fields';
import { requestKeySchema, startInit } from '~/generations/start';
import { maxWordsLength } from '~/settings/preset-choice';

const fields = v.object({
  requestKey: requestKeySchema,
  presetId: v.pipe(v.string(), v.maxLength(40)),
  words: v.optional(v.pipe(personText(maxWordsLength), v.trim()), ''),
});

export const loader = formPostOnly;

/** POST `requestKey`, `presetId`, `words`: one paid try at this clip. The same key again gives the first result. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const user = await context.services.auth.requireUser(request);
  const sent = v.safeParse(fields, fieldsOf(await request.formData()));
  if (!isId('clp', params.clipId)) return Response.json({ outcome: 'not-found' }, { status: 404 });
  if (!sent.success) return invalid(sent.issues);
  const { clipId } = params;
  const { requestId } = context;
  const { presets } = await context.services.settings.read();
  // Chosen on a page that is older than the list: nothing is paid for another way than the one that was chosen.
  if (!presets.some(({ id, on }) => on && id === sent.output.presetId))
    return Response.json({ outcome: 'way-gone', fields: ['presetId'] }, { status: 400 });
  const result = await context.services.generations.start({ userId: user.id, clipId, requestId, ...sent.output });
  return Response.json(result, startInit(result));
}
