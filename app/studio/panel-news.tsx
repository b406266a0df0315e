import { useEffect, useState } from 'react';
import { Button } from '~/components/button';
import { Icon } from '~/components/icon';
import type { Offer } from '~/generations/timeline';
import type { Shape } from '~/photos/frame';
import { FramedPhoto } from '~/photos/framed-photo';
import type { ClipView, GenerationView } from '~/projects/views';
import { failureText } from '~/providers/failure-messages';
import { ProgressLine } from './clip-card';
import { widthOnScreen, widthWithin } from './frame-editor';
import { ReplacePhoto } from './replace-photo';
import { backText, givenBackBy, stopWords } from './stop-words';
import type { TimelineRead } from './use-generation-timeline';
import { progressOf, stepSentence, waitText } from './words';

/** An open generation: its photo, its progress, and the button that stops it. */
export function UnderWay({
  clip,
  shape,
  latest,
  stopsLeft,
  busy,
  onStop,
}: {
  clip: ClipView;
  latest: GenerationView;
  /** How many generations this person may still stop today after they were submitted. */
  stopsLeft: number;
  shape: Shape;
  busy: boolean;
  onStop: () => void;
}) {
  const { canStop, button, note } = stopWords(latest, stopsLeft);
  return (
    <div className="grid justify-items-center gap-4">
      <div className="relative overflow-hidden rounded-photo" style={{ width: widthWithin(shape) }}>
        <FramedPhoto
          url={clip.photo.url}
          size={clip.photo}
          frame={clip.frame}
          shape={shape}
          width={widthOnScreen(shape)}
          lazy={false}
          className="brightness-75"
        />
        <ProgressLine value={progressOf(clip)} />
      </div>
      <div className="grid min-h-24 content-start justify-items-center gap-2">
        <Button kind="quiet" size="small" disabled={busy || !canStop} onClick={onStop}>
          {button}
        </Button>
        {note && <p className="max-w-[26rem] text-center text-15 text-balance text-quiet">{note}</p>}
      </div>
    </div>
  );
}

/** What happens to an open generation now, and how long it usually takes. */
export function useUnderWayWords({
  latest,
  offer,
  timeline: { answer, clockAhead },
}: {
  latest: GenerationView | null;
  /** The offer with the measured wait; null when it is not known. */
  offer: Offer | null;
  timeline: TimelineRead;
}): { step: string; wait: string } {
  const now = useNow() + clockAhead;
  const ahead = answer?.ok ? answer.value.ahead : null;
  if (!latest) return { step: '', wait: '' };
  const wait = offer && waitText({ ...latest, now, offer, ahead });
  return { step: stepSentence(latest, ahead), wait: `${wait ?? ''} You can close this page.`.trim() };
}

const tickMilliseconds = 5000;

/** The time on this page's clock (ms since 1970), updated every five seconds. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), tickMilliseconds);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** Why the newest generation failed or was canceled, and what can be done besides a retry; nothing for another state. */
export function Failure({
  clip: { latest, status },
  busy,
  onReplace,
  onLeave,
}: {
  clip: ClipView;
  busy: boolean;
  /** Brings another photo in place of this one. */
  onReplace: (files: readonly File[]) => void;
  onLeave: () => void;
}) {
  if (latest?.state === 'canceled')
    return <p className="text-15 text-quiet">You stopped the last try. {backText(givenBackBy(latest))}</p>;
  if (latest?.state !== 'failed' || status === 'still') return null;
  const { whatHappened, nextStep } = failureText(latest.failureReason ?? 'unknown');
  return (
    <div className="flex gap-3 rounded-control border border-line p-4">
      <Icon name="circle-alert" className="mt-0.5 text-bad" />
      <div className="grid gap-1">
        <p className="font-medium">{whatHappened}</p>
        <p>{backText(givenBackBy(latest))}</p>
        <p className="text-quiet">{nextStep}</p>
        {status === 'error' && (
          <div className="flex flex-wrap gap-2 pt-2">
            <ReplacePhoto onReplace={onReplace} />
            <Button kind="quiet" size="small" disabled={busy} onClick={onLeave}>
              Leave as a photo
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}
