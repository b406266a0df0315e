import { forwardRef } from 'react';
import type { Segment } from './timeline';

/** With more clips than this, a bar for each would be a hairline. */
const mostBars = 24;

/** How far the film has come: a bar for each clip, or one bar for a film of many. `drawBars` fills them. */
export const FilmBars = forwardRef<HTMLDivElement, { segments: readonly Segment[] }>(function FilmBars(
  { segments },
  ref,
) {
  const bars = segments.length > mostBars ? segments.slice(0, 1) : segments;
  return (
    <div ref={ref} className="film-bars" aria-hidden="true" data-clips={segments.length}>
      {bars.map((segment) => (
        <span key={segment.clipId}>
          <i />
        </span>
      ))}
    </div>
  );
});
