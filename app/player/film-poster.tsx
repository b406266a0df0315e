import { aspectOf, type Shape, sizeFor, transformFor } from '~/photos/frame';
import { photoSrcSet, timesAsWide } from '~/photos/photo-sizes';
import type { FilmClip } from '~/projects/share-views';
import type { Segment } from './timeline';

/** The film's first picture, framed exactly as the player begins, so that nothing jumps. `isSmall`: in a page, not over it. */
export function FilmPoster({
  segment,
  clip,
  shape,
  isSmall = false,
}: {
  segment: Segment | undefined;
  clip: FilmClip | undefined;
  shape: Shape;
  isSmall?: boolean;
}) {
  if (!segment || !clip) return null;
  const base = segment.motion.from;
  const crop = segment.kind === 'still' ? base : segment.crop;
  const height = aspectOf(shape) * (isSmall ? 44 : 100);
  return (
    <img
      className="film-poster"
      srcSet={photoSrcSet(segment.photoUrl, clip.photo)}
      sizes={`calc(min(100vw, ${height.toFixed(1)}vh) * ${timesAsWide(sizeFor(crop, segment.turned))})`}
      src={segment.photoUrl}
      alt=""
      width={clip.photo.width}
      height={clip.photo.height}
      draggable={false}
      // React 18 passes only the lower-case attribute on.
      {...{ fetchpriority: 'high' }}
      style={{
        ...sizeFor(base, segment.turned),
        transform: transformFor(crop, base, segment.turned),
        backgroundColor: clip.photo.colour ?? undefined,
      }}
    />
  );
}
