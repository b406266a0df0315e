import { useEffect, useState } from 'react';
import { Icon } from '~/components/icon';
import type { Offer } from '~/generations/timeline';
import type { Shape } from '~/photos/frame';
import { FramedPhoto } from '~/photos/framed-photo';
import type { ClipView, GenerationView } from '~/projects/views';
import { failureText } from '~/providers/failure-messages';
import { ProgressLine } from './clip-card';
import { widthWithin } from './frame-editor';
import type { TimelineRead } from './use-generation-timeline';
import { progressOf, stepSentence, waitText } from './words';

/** An open generation: its photo, its progress, and that the page may be closed. */
export function UnderWay({
  clip,
  latest,
  shape,
  offer,
  timeline: { answer, clockAhead },
}: {
  clip: ClipView;
  latest: GenerationView;
  shape: Shape;
  /** The offer with the measured wait; null when it is not known. */
  offer: Offer | null;
  timeline: TimelineRead;
}) {
  const now = useNow() + clockAhead;
  const ahead = answer?.ok ? answer.value.ahead : null;
  return (
    <div className="grid gap-3">
      <div className="relative mx-auto overflow-hidden rounded-photo" style={{ width: widthWithin(shape) }}>
        <FramedPhoto
          url={clip.photo.url}
          size={clip.photo}
          frame={clip.frame}
          shape={shape}
          lazy={false}
          className="brightness-75"
        />
        <ProgressLine value={progressOf(clip)} />
      </div>
      <div className="text-center">
        <p className="tabular font-medium">{stepSentence(latest, ahead)}</p>
        <p className="mx-auto max-w-[26rem] text-15 text-balance text-quiet">
          {offer && waitText({ createdAt: latest.createdAt, now, offer, ahead })} You can close this page.
        </p>
      </div>
    </div>
  );
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

/** Why the newest generation failed or was canceled; nothing for another state. */
export function Failure({ clip: { latest } }: { clip: ClipView }) {
  if (latest?.state === 'canceled')
    return <p className="text-15 text-quiet">You stopped the last try. Your credit is back.</p>;
  if (latest?.state !== 'failed') return null;
  const { whatHappened, nextStep } = failureText(latest.failureReason ?? 'unknown');
  return (
    <div className="flex gap-3 rounded-control border border-line p-4">
      <Icon name="circle-alert" className="mt-0.5 text-bad" />
      <div className="grid gap-1">
        <p className="font-medium">{whatHappened}</p>
        <p>{latest.cost === 1 ? 'Your credit is back.' : `Your ${latest.cost} credits are back.`}</p>
        <p className="text-quiet">{nextStep}</p>
      </div>
    </div>
  );
}
