import type { ActionFunctionArgs } from '@remix-run/cloudflare';
import { redirect } from '@remix-run/cloudflare';
import * as v from 'valibot';
import { mostNoteLetters } from '~/admin/prompt/prompt';
import { fieldsOf, formPostOnly, numberField, personText, requireMethod } from '~/form-fields';

const fields = v.object({
  /** The count of the setting that the page was made from: whoever goes live says what they replace. */
  seenVersion: numberField(0, 999_999),
  reason: v.pipe(personText(mostNoteLetters), v.trim(), v.minLength(3)),
});

export const loader = formPostOnly;

/** POST `seenVersion` and `reason`: this version is live from now on, unless somebody was quicker. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  const { auth, admin } = context.services;
  const actor = await auth.requireFreshAdmin(request);
  requireMethod(request, 'POST');
  const sent = v.safeParse(fields, fieldsOf(await request.formData()));
  const version = /^\d{1,6}$/.test(params.version ?? '') ? Number(params.version) : 0;
  if (!sent.success) return redirect(`/admin/prompt/${version}?result=invalid`);
  const change = { version, ...sent.output, admin: actor, requestId: context.requestId };
  const { outcome } = await admin.prompt.live.goLive(change);
  if (outcome === 'not-found') throw new Response(null, { status: 404 });
  const isDone = outcome === 'changed' || outcome === 'unchanged';
  return redirect(`/admin/prompt${isDone ? '' : `/${version}`}?result=${outcome}`);
}
