// Photos are looked at in a worker of their own, so that neither the page nor what is on its way waits for it.
import { serve } from '../worker-surface.client';
import { lookAt, takeFingerprint } from './look-at.client';

serve(({ file, task, surfaceOf }) => (task === 'fingerprint' ? takeFingerprint : lookAt)({ file, surfaceOf }));
