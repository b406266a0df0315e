// Photos are read, scaled and written in a worker, so that the page never stands still.
import { preparePhoto } from './prepare-photo.client';
import { serve } from './worker-surface.client';

serve(({ file, surfaceOf }) => preparePhoto({ file, surfaceOf }));
