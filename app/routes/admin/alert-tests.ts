import { adminAction, adminPostOnly } from '~/admin/admin-action';
import { flash } from '~/flash';

export const loader = adminPostOnly;

/** POST: sends one message to the owner's address, and leads back to the page that says whether it was accepted. */
export const action = adminAction({}, async ({ adminId, requestId, services: { admin } }) => {
  const { outcome } = await admin.alerts.test({ adminId, requestId });
  return flash('/admin/health', `alert-${outcome}`);
});
