import { adminPostOnly } from '~/admin/admin-action';
import { personActionWithReason } from '~/admin/people/person-action';

export const loader = adminPostOnly;

/** POST `reason`: lifts a person's suspension and leads back to them. */
export const action = personActionWithReason(({ admin }, order) => admin.suspension.lift(order));
