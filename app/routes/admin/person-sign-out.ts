import { adminPostOnly } from '~/admin/admin-action';
import { personAction } from '~/admin/people/person-action';

export const loader = adminPostOnly;

/** POST: signs a person out on every device and leads back to them. */
export const action = personAction(({ admin }, order) => admin.suspension.signOut(order));
