// Photos are looked at in a worker of their own, so that neither the page nor what is on its way waits for it.
import { serve } from '../worker-surface.client';
import { lookAt } from './look-at.client';

serve(({ file, surfaceOf }) => lookAt({ file, surfaceOf }));
