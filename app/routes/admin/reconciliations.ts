import { type ActionFunctionArgs, redirect } from '@remix-run/cloudflare';
import { saidPath } from '~/admin/people/people';
import { formPostOnly, requireMethod } from '~/form-fields';

export const loader = formPostOnly;

/** POST: compares our books with Stripe's now, and leads back to the money. */
export async function action({ request, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const { auth, admin } = context.services;
  const { id: adminId } = await auth.requireFreshAdmin(request);
  return redirect(saidPath('/admin/money', await admin.money.compare({ adminId, requestId: context.requestId })));
}
