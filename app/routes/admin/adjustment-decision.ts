import * as v from 'valibot';
import { adminAction, adminPostOnly } from '~/admin/admin-action';
import { flash } from '~/flash';

export const loader = adminPostOnly;

/** POST `answer`, `from`: another admin's yes or no to an adjustment; leads back to the page it was answered on. */
export const action = adminAction(
  {
    id: ['adj', 'adjustmentId'],
    needsFreshSignIn: true,
    schema: v.object({ answer: v.picklist(['yes', 'no']), from: v.picklist(['money', 'person']) }),
  },
  async ({ id: adjustmentId, adminId, requestId, body: { answer, from }, services: { admin } }) => {
    const decided = await admin.adjustments.decide({ adminId, adjustmentId, isYes: answer === 'yes', requestId });
    if (decided.outcome === 'not-found') return null;
    const path = from === 'money' ? '/admin/money' : `/admin/people/${decided.userId}`;
    return flash(path, `adjustment-${decided.outcome}`);
  },
);
