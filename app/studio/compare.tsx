import { useEffect, useRef, useState } from 'react';
import { Button, IconButton } from '~/components/button';
import type { Shape } from '~/photos/frame';
import { FramedPhoto } from '~/photos/framed-photo';
import type { ClipView, GenerationView } from '~/projects/views';
import { widthOnScreen, widthWithin } from './frame-editor';

/**
 * A ready generation with its photo: side by side on a wide screen. A phone shows the video, and the photo exactly over it
 * while a finger holds it or the button is pressed.
 */
export function Compare({
  clip,
  shown,
  shape,
  onSeen,
}: {
  clip: ClipView;
  shown: GenerationView;
  shape: Shape;
  /** The first frame of the generation with this id is on the screen. */
  onSeen: (generationId: string) => void;
}) {
  const video = useRef<HTMLVideoElement>(null);
  const [held, setHeld] = useState(false);
  const [pinned, setPinned] = useState(false);
  const [playing, setPlaying] = useState(false);
  const [broken, setBroken] = useState(false);
  const asPhoto = held || pinned;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another generation starts from its beginning
  useEffect(() => {
    setBroken(false);
    setPinned(false);
    const element = video.current;
    // Without this method the first frame that is loaded counts (`onLoadedData`).
    element?.requestVideoFrameCallback?.(() => onSeen(shown.id));
    if (!element || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    // A phone that saves power refuses to play: the button starts the video.
    element.play().catch(() => setPlaying(false));
  }, [shown.id]);

  const photo = (className = '') => (
    <FramedPhoto
      url={clip.photo.url}
      size={clip.photo}
      frame={clip.frame}
      shape={shape}
      width={widthOnScreen(shape)}
      lazy={false}
      className={className}
    />
  );
  return (
    <div className="grid gap-2">
      <div className={`grid items-start gap-2 ${shape === '16:9' ? '' : 'md:grid-cols-2'}`}>
        <figure className="mx-auto" style={{ width: widthWithin(shape) }}>
          {/* biome-ignore lint/a11y/noStaticElementInteractions: holding is the finger's way; the button below does the same */}
          <div
            className="room relative overflow-hidden rounded-photo select-none"
            onPointerDown={() => setHeld(true)}
            onPointerUp={() => setHeld(false)}
            onPointerLeave={() => setHeld(false)}
            onPointerCancel={() => setHeld(false)}
            onContextMenu={(event) => event.preventDefault()}
          >
            {photo()}
            <video
              key={shown.id}
              ref={video}
              src={shown.videoUrl ?? undefined}
              muted
              loop
              playsInline
              disablePictureInPicture
              aria-label="The clip"
              preload="auto"
              onLoadedData={({ currentTarget }) => 'requestVideoFrameCallback' in currentTarget || onSeen(shown.id)}
              onPlay={() => setPlaying(true)}
              onPause={() => setPlaying(false)}
              onError={() => setBroken(true)}
              className={`absolute inset-0 size-full animate-develop object-cover transition-opacity ${asPhoto ? 'opacity-0' : ''}`}
            />
          </div>
          <figcaption className="hidden pt-1 text-center text-13 text-quiet md:block">The clip</figcaption>
        </figure>
        <figure className="mx-auto hidden md:block" style={{ width: widthWithin(shape) }}>
          {photo('rounded-photo')}
          <figcaption className="pt-1 text-center text-13 text-quiet">Your photo</figcaption>
        </figure>
      </div>
      {broken ? (
        <div role="alert" className="flex flex-wrap items-center justify-center gap-x-4 text-15">
          <p className="text-bad">This clip could not be loaded just now.</p>
          <Button
            kind="quiet"
            icon="refresh-cw"
            size="small"
            onClick={() => {
              setBroken(false);
              video.current?.load();
              void video.current?.play().catch(() => setPlaying(false));
            }}
          >
            Load it again
          </Button>
        </div>
      ) : (
        <div className="flex items-center justify-center gap-2">
          <IconButton
            icon={playing ? 'pause' : 'play'}
            label={playing ? 'Pause' : 'Play'}
            onClick={() => (playing ? video.current?.pause() : void video.current?.play())}
          />
          <Button
            kind="quiet"
            aria-pressed={pinned}
            onClick={() => setPinned(!pinned)}
            size="small"
            className="md:hidden"
          >
            {pinned ? 'Show the clip' : 'Compare with the photo'}
          </Button>
        </div>
      )}
    </div>
  );
}
