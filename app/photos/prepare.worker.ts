// Photos are read, scaled and written in a worker, so that the page never stands still.
import { preparePhoto } from './prepare-photo.client';
import { drawThumbnail } from './thumbnail.client';
import { serve } from './worker-surface.client';

serve(({ file, task, surfaceOf }) =>
  task === 'thumbnail' ? drawThumbnail({ file, surfaceOf }) : preparePhoto({ file, surfaceOf }),
);
