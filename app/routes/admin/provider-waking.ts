import * as v from 'valibot';
import { adminAction, adminPostOnly } from '~/admin/admin-action';
import { reasonText } from '~/admin/people/people';
import { flash } from '~/flash';

export const loader = adminPostOnly;

/** POST `provider`, `reason`: ends a provider's rest, and leads back to the list. */
export const action = adminAction(
  {
    schema: v.object({ provider: v.string(), reason: reasonText }),
    whenInvalid: () => flash('/admin/providers', 'rest-invalid'),
  },
  async ({ adminId, requestId, body, services: { admin } }) => {
    const outcome = await admin.providers.wake({ ...body, adminId, requestId });
    return outcome === 'not-found' ? null : flash('/admin/providers', outcome);
  },
);
