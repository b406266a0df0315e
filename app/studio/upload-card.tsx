import { memo, useEffect, useRef, useState } from 'react';
import { IconButton } from '~/components/button';
import { Icon } from '~/components/icon';
import { isolated } from '~/components/written';
import { aspectOf, type Shape } from '~/photos/frame';
import type { UploadItem } from '~/photos/upload-list';
import { uploadReasons } from '~/photos/upload-reasons';
import { useUpload } from '~/photos/use-uploads';
import { ProgressLine } from './clip-card';

/**
 * An unfinished upload as a card of a clip's size: its picture, its progress or problem, and how to cancel or retry. It
 * follows its upload by itself, so that the bytes of one photo draw one card.
 */
export const UploadCard = memo(function UploadCard({ id, shape }: { id: string; shape: Shape }) {
  const { item, device } = useUpload(id);
  const card = useRef<HTMLDivElement>(null);
  const hasPicture = item?.previewUrl !== null;
  useEffect(() => {
    if (!card.current || hasPicture) return;
    const watch = new IntersectionObserver(([entry]) => device.see(id, entry?.isIntersecting ?? false));
    watch.observe(card.current);
    return () => {
      watch.disconnect();
      device.see(id, false);
    };
  }, [device, id, hasPicture]);
  // A picked file may be no picture.
  const [unseen, setUnseen] = useState(false);
  if (!item) return null;
  const isHere = item.reason === 'already-here';
  const reason = item.reason ? uploadReasons[item.reason] : null;
  return (
    <div ref={card} className="grid gap-1" data-upload-state={item.state}>
      <div
        className="relative grid place-items-center overflow-hidden rounded-photo bg-line"
        style={{ aspectRatio: aspectOf(shape) }}
      >
        {item.previewUrl && !unseen ? (
          <img
            src={item.previewUrl}
            alt={item.name}
            onError={() => setUnseen(true)}
            className={`absolute inset-0 size-full object-cover ${reason ? 'opacity-30' : 'opacity-80'}`}
          />
        ) : (
          !reason && <Icon name="image" size={32} className="text-quiet" />
        )}
        {/* Without its transition, which would draw a frame in which fifty photos are laid out, sixty times a second. */}
        <ProgressLine value={reason ? null : item.progress} className="*:transition-none" />
        <IconButton
          icon="x"
          label={reason ? `Remove ${isolated(item.name)}` : `Cancel ${isolated(item.name)}`}
          onClick={() => device.cancel(id)}
          className="room absolute end-1.5 top-1.5 opacity-90"
        />
        {reason ? (
          <p role="alert" className="room absolute inset-x-1.5 bottom-1.5 rounded-control p-2 text-13">
            {reason.text}
          </p>
        ) : (
          <span className="room tabular absolute inset-x-1.5 bottom-1.5 grid min-h-7 place-items-center rounded-full px-2 text-13 font-medium">
            {stateText(item)}
          </span>
        )}
      </div>
      {reason?.retry && (
        <button
          type="button"
          onClick={() => device.retry(id)}
          aria-label={isHere ? `Keep both: ${isolated(item.name)}` : `Try ${isolated(item.name)} again`}
          className="inline-flex min-h-11 items-center justify-center gap-2 rounded-control text-15 font-medium transition hover:bg-line"
        >
          <Icon name={isHere ? 'plus' : 'refresh-cw'} />
          {isHere ? 'Keep both' : 'Try again'}
        </button>
      )}
    </div>
  );
});

function stateText({ state, isWaiting, progress }: UploadItem): string {
  if (state === 'done') return 'Arriving';
  return isWaiting ? 'Waiting for the connection' : `${Math.round(progress * 100)} %`;
}
