import type { ActionFunctionArgs } from '@remix-run/cloudflare';
import { formPostOnly, requireMethod } from '~/form-fields';

export const loader = formPostOnly;

/** POST: an open page still listens to the log. The role is read each time: whoever lost it hears no more soon. */
export async function action({ request, context }: ActionFunctionArgs) {
  const { auth, logbook } = context.services;
  await auth.requireAdmin(request);
  requireMethod(request, 'POST');
  const session = await auth.findSession(request);
  if (session) await logbook.beat(session.idHash);
  return Response.json({ outcome: 'listening' });
}
