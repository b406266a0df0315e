import { adminPostOnly } from '~/admin/admin-action';
import { clusterAction } from '~/admin/sign-ups/cluster-action';

export const loader = adminPostOnly;

/** POST `cluster`, `reason`: suspends everybody of a cluster. */
export const action = clusterAction(({ admin }, act) => admin.signUps.suspendAll(act));
