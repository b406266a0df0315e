import type { ActionFunctionArgs } from '@remix-run/cloudflare';
import { isId } from '~/db/ids';
import { formPostOnly, requireMethod } from '~/form-fields';

export const loader = formPostOnly;

/** POST: revokes a share at once. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const user = await context.services.auth.requireUser(request);
  const { shareId } = params;
  const known = isId('shr', shareId) && (await context.services.projects.shares.revoke({ userId: user.id, shareId }));
  return known ? Response.json({ outcome: 'ended' }) : Response.json({ outcome: 'not-found' }, { status: 404 });
}
