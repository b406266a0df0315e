import { aspectOf, cropOf, type Frame, type Shape, sizeFor, transformFor, turnedBy } from './frame';
import { photoSrcSet, sizesOf, timesAsWide } from './photo-sizes';

/** A photo as its frame shows it in the film's shape: exactly the part that the clip is made from. */
export function FramedPhoto({
  url,
  size,
  frame,
  shape,
  width,
  alt = '',
  lazy = true,
  className = '',
}: {
  url: string;
  /** The upright photo, in pixels, and its mean colour, which stands in its place while it loads. */
  size: { width: number; height: number; colour?: string | null };
  frame: Frame;
  shape: Shape;
  /** How wide the framed picture is on the screen, as CSS; without it the browser loads the photo in its full size. */
  width?: string;
  alt?: string;
  lazy?: boolean;
  className?: string;
}) {
  const crop = cropOf({ size, shape, frame });
  const turned = turnedBy(frame, size);
  return (
    <div
      className={`relative overflow-hidden bg-line ${className}`}
      style={{ aspectRatio: aspectOf(shape), backgroundColor: size.colour ?? undefined }}
    >
      <img
        srcSet={width && photoSrcSet(url, size)}
        sizes={width && sizesOf(width, Number(timesAsWide(sizeFor(crop, turned))))}
        src={url}
        alt={alt}
        width={size.width}
        height={size.height}
        loading={lazy ? 'lazy' : 'eager'}
        decoding="async"
        draggable={false}
        className="absolute top-0 left-0 max-w-none origin-top-left"
        style={{ ...sizeFor(crop, turned), transform: transformFor(crop, crop, turned) }}
      />
    </div>
  );
}
