import { aspectOf, cropOf, type Frame, type Shape, sizeFor, transformFor, turnedBy } from './frame';

/** A photo as its frame shows it in the film's shape: exactly the part that the clip is made from. */
export function FramedPhoto({
  url,
  size,
  frame,
  shape,
  alt = '',
  lazy = true,
  className = '',
}: {
  url: string;
  /** The upright photo, in pixels. */
  size: { width: number; height: number };
  frame: Frame;
  shape: Shape;
  alt?: string;
  lazy?: boolean;
  className?: string;
}) {
  const crop = cropOf({ size, shape, frame });
  const turned = turnedBy(frame, size);
  return (
    <div className={`relative overflow-hidden bg-line ${className}`} style={{ aspectRatio: aspectOf(shape) }}>
      <img
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
