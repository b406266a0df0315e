import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/cloudflare';
import * as v from 'valibot';
import { isId } from '~/db/ids';
import { fieldsOf, invalid, personText, requireMethod } from '~/form-fields';
import { requestKeySchema, startInit } from '~/generations/start';
import { maxWordsLength } from '~/settings/preset-choice';

const generationsPerPage = 24;

/** GET: a clip's generations, newest first, older than the id `before` if given, and whether its next one is free. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const user = await context.services.auth.requireUser(request);
  const before = new URL(request.url).searchParams.get('before');
  if (!isId('clp', params.clipId) || (before !== null && !isId('gen', before)))
    return Response.json({ outcome: 'not-found' }, { status: 404 });
  const owned = { userId: user.id, clipId: params.clipId };
  const [clip, generations, secondTry] = await Promise.all([
    context.services.projects.clips.find(owned),
    context.services.projects.clips.generations({
      ...owned,
      limit: generationsPerPage,
      ...(before !== null && { before }),
    }),
    context.services.generations.feedback.secondTry(owned),
  ]);
  if (!clip) return Response.json({ outcome: 'not-found' }, { status: 404 });
  return Response.json({ generations, more: generations.length === generationsPerPage, secondTry });
}

const fields = v.object({
  requestKey: requestKeySchema,
  presetId: v.pipe(v.string(), v.maxLength(40)),
  words: v.optional(v.pipe(personText(maxWordsLength), v.trim()), ''),
});

/** POST `requestKey`, `presetId`, `words`: one paid generation of this clip. A repeated key returns the first result. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const user = await context.services.auth.requireUser(request);
  const sent = v.safeParse(fields, fieldsOf(await request.formData()));
  if (!isId('clp', params.clipId)) return Response.json({ outcome: 'not-found' }, { status: 404 });
  if (!sent.success) return invalid(sent.issues);
  const { clipId } = params;
  const { requestId } = context;
  const { presets } = await context.services.settings.read();
  // A page may show presets that are off by now; no other preset takes the place of the picked one.
  if (!presets.some(({ id, on }) => on && id === sent.output.presetId))
    return Response.json({ outcome: 'way-gone', fields: ['presetId'] }, { status: 400 });
  const result = await context.services.generations.start({ userId: user.id, clipId, requestId, ...sent.output });
  return Response.json(result, startInit(result));
}
