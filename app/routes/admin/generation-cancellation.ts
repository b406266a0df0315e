import { adminAction, adminPostOnly } from '~/admin/admin-action';
import { flash } from '~/flash';

export const loader = adminPostOnly;

/** POST: stops a generation as its person could, and gives its credit back. */
export const action = adminAction(
  { id: ['gen', 'generationId'], needsFreshSignIn: true },
  async ({ id: generationId, adminId, requestId, services: { admin } }) => {
    const outcome = await admin.generationActions.cancel({ adminId, generationId, requestId });
    return flash(`/admin/generations/${generationId}`, outcome);
  },
);
