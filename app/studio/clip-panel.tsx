import { useEffect, useId, useRef, useState } from 'react';
import { Button, IconButton, Parts } from '~/components/button';
import { usePressGuard } from '~/components/use-press-guard';
import type { ComplaintReason } from '~/generations/feedback';
import type { Offer } from '~/generations/timeline';
import type { Shape } from '~/photos/frame';
import type { ClipView, ProjectView } from '~/projects/views';
import { offeredPreset, type PresetView } from '~/settings/preset-choice';
import { ClipFrame } from './clip-frame';
import { ClipGenerations, useClipGenerations } from './clip-generations';
import { Compare } from './compare';
import { blockedUntil, limitText } from './limits';
import { NotePlace, type useNote } from './note';
import { balanceWords, FooterProblem, FooterStory, FooterWords, PaidButton, PanelFooter } from './panel-footer';
import { PanelFrame } from './panel-frame';
import { Failure, UnderWay, useUnderWayWords } from './panel-news';
import { PhotoPrivacyLog } from './photo-privacy-log';
import { PresetPicker } from './preset-picker';
import { Timeline } from './timeline';
import { useClipActs } from './use-clip-acts';
import { useDraft } from './use-draft';
import { useGenerationTimeline } from './use-generation-timeline';
import type { LooksOfPage } from './use-looks';
import type { Studio } from './use-studio';
import { WhatIsWrong } from './what-is-wrong';
import { aboutText } from './words';

/** The studio's data and actions for the panel of one clip. */
export interface ClipPanelProps {
  clip: ClipView;
  clips: readonly ClipView[];
  project: ProjectView;
  balance: number;
  offer: Offer | null;
  /** Every preset, those that are off too. */
  presets: readonly PresetView[];
  actions: Studio['actions'];
  /** Shows another clip, or closes the panel. */
  onShow: (clipId: string | null) => void;
  onRemove: (clip: ClipView) => void;
  /** Takes the clip out of the film, and these photos into it. */
  onReplace: (clip: ClipView, files: readonly File[]) => void;
  notes: ReturnType<typeof useNote>;
  looks: LooksOfPage;
  /** Changes the film's shape. */
  onShape: (shape: Shape) => void;
}

/** The panel of one clip: its frame, its draft, the open generation, the review, its history. */
export default function ClipPanel(props: ClipPanelProps) {
  const { clip, clips, onShow } = props;
  const at = clips.findIndex((one) => one.id === clip.id);
  const [before, after] = [clips[at - 1], clips[at + 1]];
  const steps = (
    <>
      <IconButton
        icon="arrow-left"
        label="Previous clip"
        disabled={!before}
        onClick={() => before && onShow(before.id)}
      />
      <IconButton icon="arrow-right" label="Next clip" disabled={!after} onClick={() => after && onShow(after.id)} />
    </>
  );
  return (
    <PanelFrame title={`Clip ${at + 1} of ${clips.length}`} actions={steps} onClose={() => onShow(null)}>
      <Inside key={clip.id} {...props} />
    </PanelFrame>
  );
}

function Inside({
  clip,
  clips,
  project,
  balance,
  offer,
  presets,
  actions,
  onShow,
  onRemove,
  onReplace,
  notes,
  looks,
  onShape,
}: ClipPanelProps) {
  const preset = offeredPreset(presets, clip.presetId);
  // A generation is only paid with a preset that is on offer.
  const { draft, edit, settle } = useDraft({
    clip: preset ? { ...clip, presetId: preset.id } : clip,
    keep: actions.keep,
  });
  const { generations, isSecondFree } = useClipGenerations(clip);
  const [shownId, setShownId] = useState<string | null>(null);
  const [seenId, setSeenId] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  // A photo whose clip is being reviewed is not looked at: the clip needs the device.
  const [isChanging, setChanging] = useState(false);
  const [reason, setReason] = useState<ComplaintReason | null>(null);
  const [askId, formId] = [useId(), useId()];
  const [isTimelineOpen, setTimelineOpen] = useState(false);

  const shown = generations.find((one) => one.id === shownId && one.state === 'ready') ?? clip.ready;
  const timeline = useGenerationTimeline(
    clip.status === 'ready' ? shown : clip.latest,
    isTimelineOpen || clip.status === 'generating',
  );
  const underWay = useUnderWayWords({ latest: clip.latest, offer, timeline });
  const newest = clip.ready?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a clip that has just become ready is shown first
  useEffect(() => setShownId(null), [newest]);
  const top = useRef<HTMLDivElement>(null);
  const wasStatus = useRef(clip.status);
  useEffect(() => {
    // The picture of a changed status is at the top of the panel.
    if (wasStatus.current !== clip.status) top.current?.scrollIntoView({ block: 'start' });
    wasStatus.current = clip.status;
  }, [clip.status]);
  const guard = usePressGuard([clip.id, clip.status, clip.approved?.id, shown?.id, asking].join(), {
    fromStart: true,
  });

  const { busy, problem, begin, stop, complain, approve, leaveAsPhoto } = useClipActs({
    ...{ clip, clips, draft, settle, actions, onShow, notes },
    onComplained: () => setAsking(false),
  });
  const moves = (
    <PresetPicker
      presets={presets}
      kept={clip.presetId}
      presetId={draft.presetId}
      words={draft.words}
      onChange={edit}
    />
  );
  const editor = (
    <ClipFrame
      {...{ clip, shape: project.shape, edited: draft.frame, looks, onShape }}
      onFrame={(frame) => edit({ frame })}
      onReplace={(files) => files.length > 0 && onReplace(clip, files)}
    />
  );
  const isDraft = clip.status === 'still' || clip.status === 'error';
  const isReview = clip.status === 'ready' && shown !== null;
  const isUnderWay = clip.status === 'generating' && clip.latest !== null;
  const isFree = isSecondFree && offer !== null && blockedUntil(offer) === null;
  const limit = offer && limitText(offer);
  const freeWords = `Try again · free${offer ? ` · ${aboutText(offer.expectedSeconds)}` : ''}`;
  const paid = { offer, balance, busy, onPress: begin, onBuy: () => void settle() };
  const first = isUnderWay ? (
    <FooterStory {...underWay} />
  ) : !isReview ? (
    <FooterWords>{balanceWords({ offer, balance })}</FooterWords>
  ) : asking ? (
    <FooterWords>The second try costs nothing.</FooterWords>
  ) : shown.id === clip.approved?.id ? (
    <Button kind="quiet" onClick={() => approve(null)}>
      Take the approval back
    </Button>
  ) : (
    // No verdict on a clip that has not been on the screen.
    <Button icon="check" disabled={seenId !== shown.id} onClick={() => approve(shown)}>
      Approve
    </Button>
  );
  const second = isUnderWay ? null : !isReview ? (
    <PaidButton {...paid} kind="primary" word="Bring to life" />
  ) : asking ? (
    <Button key="send" type="submit" form={formId} className="tabular" disabled={busy || reason === null}>
      <Parts>{busy ? 'One moment' : freeWords}</Parts>
    </Button>
  ) : isFree ? (
    <Button key="ask" id={askId} kind="quiet" className="tabular" onClick={() => setAsking(true)}>
      <Parts>{freeWords}</Parts>
    </Button>
  ) : (
    <PaidButton {...paid} kind="quiet" word="Try again" />
  );
  return (
    <div
      ref={top}
      {...guard}
      className="flex grow scroll-mt-2 flex-col gap-4 transition duration-[240ms] starting:translate-x-6 starting:opacity-0"
    >
      {clip.status === 'generating' && clip.latest ? (
        <UnderWay
          {...{ clip, latest: clip.latest, shape: project.shape, busy }}
          // Without an offer the number is not known, and the server decides.
          stopsLeft={offer?.stopsLeft ?? 1}
          onStop={() => clip.latest && stop(clip.latest)}
        />
      ) : (
        <Failure
          clip={clip}
          busy={busy}
          onReplace={(files) => files.length > 0 && onReplace(clip, files)}
          onLeave={leaveAsPhoto}
        />
      )}
      {limit && <p className="text-15 text-quiet">{limit}</p>}
      {isReview && asking && (
        <WhatIsWrong
          formId={formId}
          reason={reason}
          onReason={setReason}
          onSend={(complaint) => complain(shown, complaint)}
          onBack={() => {
            setAsking(false);
            // The focus goes back to the button that opened the form.
            requestAnimationFrame(() => document.getElementById(askId)?.focus());
          }}
        />
      )}
      {isReview && !asking && <Compare clip={clip} shown={shown} shape={project.shape} onSeen={setSeenId} />}
      {isDraft && editor}
      <ClipGenerations
        clip={clip}
        generations={generations}
        presets={presets}
        shape={project.shape}
        shownId={shown?.id ?? null}
        onShow={setShownId}
      />
      {clip.status === 'ready' && !asking && (
        <details className="border-y border-line" onToggle={(event) => setChanging(event.currentTarget.open)}>
          <summary className="min-h-12 py-3 font-medium">Change how it moves</summary>
          <div className="grid gap-4 pb-4">
            {moves}
            {isChanging && editor}
          </div>
        </details>
      )}
      {isDraft && moves}
      <div>
        {(shown ?? clip.latest) && <Timeline timeline={timeline} onToggle={setTimelineOpen} />}
        <PhotoPrivacyLog clip={clip} />
        <Button kind="plain" size="small" icon="trash-2" className="mt-6 mb-12 -ms-4" onClick={() => onRemove(clip)}>
          Remove from film
        </Button>
      </div>
      <PanelFooter
        first={first}
        second={second}
        floating={
          <>
            {problem && <FooterProblem>{problem}</FooterProblem>}
            <NotePlace notes={notes} className="empty:hidden" />
          </>
        }
      />
    </div>
  );
}
