import { sizeFor, transformFor } from '~/photos/frame';
import type { FilmClip } from '~/projects/share-views';
import type { Segment } from './timeline';

/** The film's first picture, framed exactly as the player begins, so that nothing jumps. */
export function FilmPoster({ segment, clip }: { segment: Segment | undefined; clip: FilmClip | undefined }) {
  if (!segment || !clip) return null;
  const base = segment.motion.from;
  const crop = segment.kind === 'still' ? base : segment.crop;
  return (
    <img
      className="film-poster"
      src={segment.photoUrl}
      alt=""
      width={clip.photo.width}
      height={clip.photo.height}
      draggable={false}
      // React 18 passes only the lower-case attribute on.
      {...{ fetchpriority: 'high' }}
      style={{ ...sizeFor(base, segment.turned), transform: transformFor(crop, base, segment.turned) }}
    />
  );
}
