import { aspectOf, cropOf, type Frame, type Shape } from './frame';

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
  const percent = (fraction: number) => `${fraction * 100}%`;
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
        className="absolute max-w-none"
        style={{
          width: percent(1 / crop.width),
          height: percent(1 / crop.height),
          left: percent(-crop.left / crop.width),
          top: percent(-crop.top / crop.height),
        }}
      />
    </div>
  );
}
