import { adminAction, adminPostOnly } from '~/admin/admin-action';
import { flash } from '~/flash';

export const loader = adminPostOnly;

/** POST: has the provider asked about this generation, as soon as its rate limit allows. */
export const action = adminAction(
  { id: ['gen', 'generationId'] },
  async ({ id: generationId, adminId, requestId, services: { admin } }) => {
    const outcome = await admin.generationActions.poll({ adminId, generationId, requestId });
    return flash(`/admin/generations/${generationId}`, outcome);
  },
);
