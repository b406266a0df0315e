import { useEffect, useState } from 'react';
import { Icon } from '~/components/icon';
import type { PhotoLog } from '~/generations/privacy';
import { FramedPhoto } from '~/photos/framed-photo';
import type { ClipView } from '~/projects/views';
import { type Answer, get } from './post';
import { dayAndTime } from './words';

const askAgainMilliseconds = 5000;

/**
 * The photo privacy log of a clip: which providers got its photo, when, and what became of their copies; and each media
 * access by an admin. Read when opened.
 */
export function PhotoPrivacyLog({ clip }: { clip: ClipView }) {
  const [open, setOpen] = useState(false);
  const [answer, setAnswer] = useState<Answer<PhotoLog> | null>(null);
  const moved = `${clip.id} ${clip.latest?.id} ${clip.latest?.state}`;
  // Polled while a provider's copy is open: its deletion is known only after the clip is ready.
  const isOpenEnd = answer?.ok === true && answer.value.handovers.some(({ end }) => end === 'open');
  // biome-ignore lint/correctness/useExhaustiveDependencies: `moved` changes with the clip's generations
  useEffect(() => {
    if (!open) return;
    let left = false;
    const read = async () => {
      const next = await get<PhotoLog>(`/clips/${clip.id}/privacy`);
      if (!left) setAnswer(next);
    };
    void read();
    const timer = isOpenEnd ? setInterval(read, askAgainMilliseconds) : undefined;
    return () => {
      left = true;
      clearInterval(timer);
    };
  }, [open, moved, isOpenEnd]);

  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)} className="text-15">
      <summary className="min-h-11 py-2.5 text-quiet">Where this photo went</summary>
      {answer?.ok === false && <p className="text-bad">This could not be read just now. Close it and open it again.</p>}
      {answer?.ok && answer.value.handovers.length === 0 && (
        <p className="flex gap-3 pb-2">
          <Icon name="lock" className="mt-0.5 text-quiet" />
          {answer.value.openings.length === 0
            ? 'Nowhere. Echoes keeps it, and nobody but you has opened it.'
            : 'To no film service. Echoes keeps it.'}
        </p>
      )}
      {answer?.ok && answer.value.openings.length > 0 && (
        <ol className="grid gap-3 pb-2">
          {answer.value.openings.map(({ at, what, reason }) => (
            <li key={`${at} ${what}`} className="flex gap-3">
              <Icon name="eye" className="mt-0.5 text-quiet" />
              <div className="min-w-0">
                <p>
                  We looked at the {what}. <Moment at={at} />
                </p>
                <p className="wrap-anywhere">Why: {reason}</p>
              </div>
            </li>
          ))}
        </ol>
      )}
      {answer?.ok && answer.value.handovers.length > 0 && (
        <ol className="grid gap-3 pb-2">
          {answer.value.handovers.map((one) => (
            <li key={`${one.generationId} ${one.service}`} className="flex gap-3">
              <Icon name={icons[one.end]} className={`mt-0.5 ${one.end === 'deleted' ? 'text-good' : 'text-quiet'}`} />
              <div className="min-w-0 grow">
                <p>
                  {one.end === 'never'
                    ? `${one.service} was asked for a clip.`
                    : `Sent to ${one.service} to make a clip.`}{' '}
                  <Moment at={one.sentAt} />
                </p>
                <p>
                  {one.text} {one.end === 'deleted' && one.endedAt !== null && <Moment at={one.endedAt} />}
                </p>
              </div>
              <div className="w-12 shrink-0 overflow-hidden rounded-control">
                <FramedPhoto
                  url={clip.photo.url}
                  size={clip.photo}
                  {...one.framed}
                  alt={one.end === 'never' ? 'The part that was meant for it' : 'The part that was sent'}
                />
              </div>
            </li>
          ))}
        </ol>
      )}
    </details>
  );
}

const icons = { open: 'clock', deleted: 'shield-check', kept: 'clock', never: 'lock' } as const;

function Moment({ at }: { at: number }) {
  return (
    <span className="tabular whitespace-nowrap text-quiet">
      <time dateTime={new Date(at).toISOString()}>{dayAndTime(at)}</time>
    </span>
  );
}
