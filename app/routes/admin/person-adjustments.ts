import * as v from 'valibot';
import { adminAction, adminPostOnly } from '~/admin/admin-action';
import { mostAdjusted } from '~/admin/people/adjustments';
import { reasonText } from '~/admin/people/people';
import { flash } from '~/flash';
import { numberField } from '~/form-fields';

const schema = v.object({
  way: v.picklist(['give', 'take']),
  credits: v.pipe(numberField(1, mostAdjusted), v.integer()),
  reason: reasonText,
  requestKey: v.pipe(v.string(), v.minLength(8), v.maxLength(64)),
});

export const loader = adminPostOnly;

/** POST: gives or takes credits, or asks for another admin's yes, and leads back to the person. */
export const action = adminAction(
  {
    id: ['usr', 'userId'],
    needsFreshSignIn: true,
    schema,
    whenInvalid: ({ id }) => flash(`/admin/people/${id}`, 'adjustment-invalid'),
  },
  async ({ id: userId, adminId, requestId, body: { way, credits, ...rest }, services: { admin } }) => {
    const asked = { adminId, userId, requestId, credits: way === 'give' ? credits : -credits, ...rest };
    const { outcome } = await admin.adjustments.ask(asked);
    if (outcome === 'not-found' || outcome === 'not-an-admin') return null;
    return flash(`/admin/people/${userId}`, `adjustment-${outcome}`);
  },
);
