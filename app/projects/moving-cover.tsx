import { type ComponentProps, useEffect, useRef, useState } from 'react';
import { FramedPhoto } from '~/photos/framed-photo';

/** A framed photo with its silent clip over it while it is on the screen; the photo alone under reduced motion. */
export function MovingCover({ videoUrl, ...photo }: ComponentProps<typeof FramedPhoto> & { videoUrl: string | null }) {
  const place = useRef<HTMLDivElement>(null);
  const [moving, setMoving] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (!element || !videoUrl || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const seen = new IntersectionObserver(([entry]) => setMoving(entry?.isIntersecting ?? false), { threshold: 0.4 });
    seen.observe(element);
    return () => seen.disconnect();
  }, [videoUrl]);
  return (
    <div ref={place} className="relative">
      <FramedPhoto {...photo} />
      {moving && videoUrl && (
        <video
          src={videoUrl}
          muted
          loop
          autoPlay
          playsInline
          disablePictureInPicture
          aria-hidden="true"
          tabIndex={-1}
          className={`absolute inset-0 size-full animate-develop object-cover ${photo.className ?? ''}`}
        />
      )}
    </div>
  );
}
