import { adminPostOnly } from '~/admin/admin-action';
import { clusterAction } from '~/admin/sign-ups/cluster-action';

export const loader = adminPostOnly;

/** POST `cluster`, `reason`: takes the suspension of a cluster back. */
export const action = clusterAction(({ admin }, act) => admin.signUps.liftAll(act));
