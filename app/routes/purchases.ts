import { type ActionFunctionArgs, redirect } from '@remix-run/cloudflare';
import * as v from 'valibot';
import { safePath } from '~/auth/safe-path';
import { pathToBuy, withoutBuying } from '~/billing/return-url';
import { fieldsOf, formPostOnly, invalid, requireMethod } from '~/form-fields';
import { packs } from '~/settings/packs';

const fields = v.object({
  packId: v.picklist(packs.map(({ id }) => id)),
  requestKey: v.pipe(v.string(), v.regex(/^[\w-]{8,48}$/)),
  returnTo: v.optional(v.string(), '/credits'),
});

export const loader = formPostOnly;

/**
 * POST `packId`, `requestKey`, `returnTo`: begins the purchase of a pack and redirects to its checkout. The same key and
 * pack again is the same purchase.
 */
export async function action({ request, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const { auth, billing } = context.services;
  const user = await auth.requireUser(request);
  const sent = v.safeParse(fields, fieldsOf(await request.formData()));
  if (!sent.success) return invalid(sent.issues);
  const { packId } = sent.output;
  const returnTo = returnPath(sent.output.returnTo);
  // Another pack from the same page is another purchase.
  const requestKey = `${sent.output.requestKey}-${packId}`;
  const answer = await billing.checkout({ userId: user.id, email: user.email, packId, requestKey, returnTo });
  switch (answer.outcome) {
    case 'redirect':
      return redirect(answer.url);
    case 'paid':
      return redirect(`/purchases/${answer.purchaseId}`);
    case 'unavailable':
      return redirect(pathToBuy(returnTo, { packId, ended: 'unavailable' }));
    case 'not-on-sale':
      return redirect(pathToBuy(returnTo, { ended: 'not-on-sale' }));
    case 'maintenance':
      return redirect(pathToBuy(returnTo, { packId, ended: 'maintenance' }));
    case 'unknown-pack':
      return Response.json({ outcome: 'not-found' }, { status: 404 });
    default:
      return answer satisfies never;
  }
}

/** The path of the page to return to: of this origin, without the query keys of buying, and no purchase itself. */
function returnPath(wanted: string): string {
  const path = safePath(withoutBuying(wanted));
  return path.startsWith('/purchases') ? '/credits' : path;
}
