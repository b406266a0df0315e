import * as v from 'valibot';
import { adminAction, adminPostOnly } from '~/admin/admin-action';
import { flash } from '~/flash';

export const loader = adminPostOnly;

/** POST `answer`, `from`: another admin's yes or no to a refund, or `again` to ask Stripe once more; leads back to the page. */
export const action = adminAction(
  {
    id: ['rfd', 'refundRequestId'],
    needsFreshSignIn: true,
    schema: v.object({ answer: v.picklist(['yes', 'no', 'again']), from: v.picklist(['money', 'purchase']) }),
  },
  async ({ id: refundRequestId, adminId, requestId, body: { answer, from }, services: { admin } }) => {
    const decided = await admin.refunds.decide({ adminId, refundRequestId, answer, requestId });
    const path = from === 'money' ? '/admin/money' : `/admin/purchases/${decided?.purchaseId}`;
    return decided && flash(path, `refund-${decided.outcome}`);
  },
);
