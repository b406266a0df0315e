import type { ActionFunctionArgs } from '@remix-run/cloudflare';
import * as v from 'valibot';
import { isId } from '~/db/ids';
import { fieldsOf, formPostOnly, invalid, requireMethod } from '~/form-fields';

const fields = v.object({
  /** Empty for none. */
  clipId: v.union([v.literal(''), v.custom<string>((value) => isId('clp', value))]),
});

export const loader = formPostOnly;

/** POST `clipId`: the clip whose photo a share's previews show; empty for none. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const user = await context.services.auth.requireUser(request);
  const { shareId } = params;
  const sent = v.safeParse(fields, fieldsOf(await request.formData()));
  if (!isId('shr', shareId)) return Response.json({ outcome: 'not-found' }, { status: 404 });
  if (!sent.success) return invalid(sent.issues);
  const clipId = sent.output.clipId || null;
  const chosen = await context.services.projects.shares.choosePreview({ userId: user.id, shareId, clipId });
  return Response.json(chosen, { status: chosen.outcome === 'chosen' ? 200 : 404 });
}
