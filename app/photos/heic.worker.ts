// HEIC photos are opened in a worker of their own: the decoder's memory only grows, and goes back when the worker ends.
import { prepareHeic } from './heic.client';
import { serve } from './worker-surface.client';

serve(({ file, surfaceOf }) => prepareHeic({ file, surfaceOf }));
