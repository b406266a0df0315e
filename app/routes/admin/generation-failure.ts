import * as v from 'valibot';
import { adminAction, adminPostOnly } from '~/admin/admin-action';
import { endingReasons } from '~/admin/generations/generations';
import { flash } from '~/flash';

export const loader = adminPostOnly;

/** POST `reason`: ends a generation and gives its credit back; the person reads the sentence of that reason. */
export const action = adminAction(
  {
    id: ['gen', 'generationId'],
    needsFreshSignIn: true,
    schema: v.object({ reason: v.picklist(endingReasons) }),
  },
  async ({ id: generationId, adminId, requestId, body: { reason }, services: { admin } }) => {
    const outcome = await admin.generationActions.fail({ adminId, generationId, requestId, reason });
    return flash(`/admin/generations/${generationId}`, outcome);
  },
);
