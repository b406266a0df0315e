import * as v from 'valibot';
import { adminAction, adminPostOnly } from '~/admin/admin-action';
import { reasonText } from '~/admin/people/people';
import { flash } from '~/flash';

const schema = v.object({
  /** As an admin writes it, "4.50" or "4,50"; in the smallest unit after this. */
  amount: v.pipe(
    v.string(),
    v.trim(),
    v.regex(/^\d{1,6}([.,]\d{1,2})?$/),
    v.transform((text) => Math.round(Number(text.replace(',', '.')) * 100)),
    v.minValue(1),
  ),
  reason: reasonText,
  requestKey: v.pipe(v.string(), v.minLength(8), v.maxLength(64)),
});

export const loader = adminPostOnly;

/** POST: refunds a purchase, in whole or in part, or asks for another admin's yes, and leads back to the purchase. */
export const action = adminAction(
  {
    id: ['pur', 'purchaseId'],
    needsFreshSignIn: true,
    schema,
    whenInvalid: ({ id }) => flash(`/admin/purchases/${id}`, 'refund-invalid'),
  },
  async ({ id: purchaseId, adminId, requestId, body, services: { admin } }) => {
    const outcome = await admin.refunds.ask({ adminId, purchaseId, requestId, ...body });
    return outcome && flash(`/admin/purchases/${purchaseId}`, `refund-${outcome}`);
  },
);
