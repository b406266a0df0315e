import * as v from 'valibot';
import { adminAction, adminPostOnly } from '~/admin/admin-action';
import { flash } from '~/flash';

export const loader = adminPostOnly;

/** POST `answer`: another admin's yes or no to a change of a guarded setting; leads back to the settings. */
export const action = adminAction(
  {
    id: ['chg', 'changeId'],
    needsFreshSignIn: true,
    schema: v.object({ answer: v.picklist(['yes', 'no']) }),
  },
  async ({ id: changeId, adminId, requestId, body: { answer }, services: { admin } }) => {
    const outcome = await admin.settings.guarded.decide({ adminId, changeId, isYes: answer === 'yes', requestId });
    return outcome === 'not-found' ? null : flash('/admin/settings', `setting-${outcome}`);
  },
);
