import * as v from 'valibot';
import { adminAction, adminPostOnly } from '~/admin/admin-action';
import { reasonText } from '~/admin/people/people';
import { type RestLength, restLengths } from '~/admin/providers/providers';
import { flash } from '~/flash';

export const loader = adminPostOnly;

/** POST `provider`, `length`, `reason`: lets a provider rest, and leads back to the list. */
export const action = adminAction(
  {
    schema: v.object({
      provider: v.string(),
      length: v.picklist(Object.keys(restLengths) as RestLength[]),
      reason: reasonText,
    }),
    whenInvalid: () => flash('/admin/providers', 'rest-invalid'),
  },
  async ({ adminId, requestId, body, services: { admin } }) => {
    const outcome = await admin.providers.rest({ ...body, adminId, requestId });
    return outcome === 'not-found' ? null : flash('/admin/providers', outcome);
  },
);
