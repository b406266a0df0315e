import { adminAction, adminPostOnly } from '~/admin/admin-action';
import { flash } from '~/flash';

export const loader = adminPostOnly;

/** POST: asks Stripe about one purchase now, books what it says, and leads back to the purchase with the answer. */
export const action = adminAction(
  { id: ['pur', 'purchaseId'], needsFreshSignIn: true },
  async ({ id: purchaseId, adminId, requestId, services: { admin } }) => {
    const answer = await admin.purchasePage.ask({ adminId, purchaseId, requestId });
    return answer && flash(`/admin/purchases/${purchaseId}`, `asked-${answer}`);
  },
);
