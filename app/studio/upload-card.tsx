import { useState } from 'react';
import { IconButton } from '~/components/button';
import { Icon } from '~/components/icon';
import { aspectOf, type Shape } from '~/photos/frame';
import type { UploadItem } from '~/photos/upload-queue.client';
import { uploadReasons } from '~/photos/upload-reasons';
import { ProgressLine } from './clip-card';

/** An unfinished upload as a card of a clip's size: its picture, its progress or problem, and how to cancel or retry. */
export function UploadCard({
  item,
  shape,
  onCancel,
  onRetry,
}: {
  item: UploadItem;
  shape: Shape;
  onCancel: () => void;
  onRetry: () => void;
}) {
  const reason = item.reason ? uploadReasons[item.reason] : null;
  // A picked file may be no picture.
  const [unseen, setUnseen] = useState(false);
  return (
    <div className="grid gap-1" data-upload-state={item.state} data-upload-kept={item.isKept}>
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
        <ProgressLine value={reason ? null : item.progress} />
        <IconButton
          icon="x"
          label={reason ? `Remove ${item.name}` : `Cancel ${item.name}`}
          onClick={onCancel}
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
          onClick={onRetry}
          aria-label={`Try ${item.name} again`}
          className="inline-flex min-h-11 items-center justify-center gap-2 rounded-control text-15 font-medium transition hover:bg-line"
        >
          <Icon name="refresh-cw" />
          Try again
        </button>
      )}
    </div>
  );
}

function stateText({ state, isWaiting, progress }: UploadItem): string {
  if (state === 'done') return 'Arriving';
  return isWaiting ? 'Waiting for the connection' : `${Math.round(progress * 100)} %`;
}
