import { type ActionFunctionArgs, redirect } from '@remix-run/cloudflare';
import * as v from 'valibot';
import { isId } from '~/db/ids';
import { fieldsOf, formPostOnly, invalid, requireMethod } from '~/form-fields';
import { requestKeySchema } from '~/generations/start';

const fields = v.object({
  requestKey: requestKeySchema,
  maker: v.pipe(
    v.string(),
    v.maxLength(200),
    v.regex(/^\S+ \S+$/),
    v.transform((maker) => maker.split(' ') as [provider: string, model: string]),
  ),
});

export const loader = formPostOnly;

/** POST `requestKey`, `maker` (`provider model`): the same clip once more there, paid by the house; leads to the new try. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  const { auth, admin } = context.services;
  const { id: adminId } = await auth.requireFreshAdmin(request);
  requireMethod(request, 'POST');
  const { generationId } = params;
  if (!isId('gen', generationId)) throw new Response(null, { status: 404 });
  const sent = v.safeParse(fields, fieldsOf(await request.formData()));
  if (!sent.success) return invalid(sent.issues);
  const { requestId } = context;
  const [provider, model] = sent.output.maker;
  const { requestKey } = sent.output;
  const wish = { adminId, generationId, requestId, requestKey, provider, model };
  const { outcome, generationId: made = generationId } = await admin.generationActions.retry(wish);
  return redirect(`/admin/generations/${made}?told=${outcome}`);
}
