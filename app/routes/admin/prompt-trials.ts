import type { ActionFunctionArgs } from '@remix-run/cloudflare';
import { redirect } from '@remix-run/cloudflare';
import * as v from 'valibot';
import { fieldsOf, formPostOnly, invalid, requireMethod } from '~/form-fields';
import { requestKeySchema } from '~/generations/start';

// Each of the three tries has this key with a number behind it.
const fields = v.object({ requestKey: v.pipe(requestKeySchema, v.maxLength(60)) });

export const loader = formPostOnly;

/** POST `requestKey`: a try of each sample photo with this version, paid by the admin. The same key again starts none. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  const { auth, admin } = context.services;
  const { id: userId } = await auth.requireAdmin(request);
  requireMethod(request, 'POST');
  const sent = v.safeParse(fields, fieldsOf(await request.formData()));
  if (!sent.success) return invalid(sent.issues);
  const version = /^\d{1,6}$/.test(params.version ?? '') ? Number(params.version) : 0;
  const system = await admin.prompt.versions.find(version);
  if (!system) throw new Response(null, { status: 404 });
  const wish = { userId, system, requestId: context.requestId, ...sent.output };
  const { started, stopped } = await admin.prompt.trials.start(wish);
  const came = new URLSearchParams({ started: String(started), ...(stopped && { stopped: stopped.outcome }) });
  return redirect(`/admin/prompt/${version}?${came}`);
}
