import { adminPostOnly } from '~/admin/admin-action';
import { personActionWithReason } from '~/admin/people/person-action';

export const loader = adminPostOnly;

/** POST `reason`: suspends a person and leads back to them. */
export const action = personActionWithReason(({ admin }, order) => admin.suspension.suspend(order));
