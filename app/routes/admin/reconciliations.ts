import { adminAction, adminPostOnly } from '~/admin/admin-action';
import { flash } from '~/flash';

export const loader = adminPostOnly;

/** POST: compares our books with Stripe's now, and leads back to the money. */
export const action = adminAction({ needsFreshSignIn: true }, async ({ adminId, requestId, services: { admin } }) =>
  flash('/admin/money', await admin.money.compare({ adminId, requestId })),
);
