import { useEffect, useId, useRef, useState } from 'react';
import { Button, IconButton } from '~/components/button';
import { useAnnounce } from '~/components/live-region';
import type { Offer } from '~/generations/timeline';
import type { ClipView, GenerationView, ProjectView } from '~/projects/views';
import { offeredPreset, type PresetView } from '~/settings/preset-choice';
import { ClipGenerations, useClipGenerations } from './clip-generations';
import { Compare } from './compare';
import { FrameEditor } from './frame-editor';
import { blockedUntil } from './limits';
import { nextToReview } from './next-action';
import { NotePlace, type useNote } from './note';
import { Footer, PaidButton } from './panel-footer';
import { PanelFrame } from './panel-frame';
import { Failure, UnderWay } from './panel-news';
import { PhotoPrivacyLog } from './photo-privacy-log';
import { PresetPicker } from './preset-picker';
import { Timeline } from './timeline';
import { useDraft } from './use-draft';
import { useGenerationTimeline } from './use-generation-timeline';
import type { Studio } from './use-studio';
import { type Complaint, WhatIsWrong } from './what-is-wrong';
import { aboutText, complaintKeptText, refusalText, stoppedText } from './words';

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
  notes: ReturnType<typeof useNote>;
}

/** The panel of one clip: its frame, its draft, the open generation, the review, its history. */
export default function ClipPanel(props: ClipPanelProps) {
  const { clip, clips, onShow } = props;
  const at = clips.findIndex((one) => one.id === clip.id);
  const [before, after] = [clips[at - 1], clips[at + 1]];
  return (
    <PanelFrame title={`Clip ${at + 1} of ${clips.length}`} onClose={() => onShow(null)}>
      <Inside key={clip.id} {...props} />
      <div className="order-last flex items-center justify-between pb-4">
        <IconButton
          icon="arrow-left"
          label="Previous clip"
          disabled={!before}
          onClick={() => before && onShow(before.id)}
        />
        <Button kind="plain" size="small" icon="trash-2" onClick={() => props.onRemove(clip)}>
          Remove from film
        </Button>
        <IconButton icon="arrow-right" label="Next clip" disabled={!after} onClick={() => after && onShow(after.id)} />
      </div>
    </PanelFrame>
  );
}

function Inside({ clip, clips, project, balance, offer, presets, actions, onShow, notes }: ClipPanelProps) {
  const announce = useAnnounce();
  const preset = offeredPreset(presets, clip.presetId);
  // A generation is only paid with a preset that is on offer.
  const { draft, edit, settle } = useDraft({
    clip: preset ? { ...clip, presetId: preset.id } : clip,
    keep: actions.keep,
  });
  const { generations, isSecondFree } = useClipGenerations(clip);
  const [shownId, setShownId] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const askId = useId();
  const [isTimelineOpen, setTimelineOpen] = useState(false);

  const shown = generations.find((one) => one.id === shownId && one.state === 'ready') ?? clip.ready;
  const timeline = useGenerationTimeline(
    clip.status === 'ready' ? shown : clip.latest,
    isTimelineOpen || clip.status === 'generating',
  );
  const newest = clip.ready?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a clip that has just become ready is shown first
  useEffect(() => setShownId(null), [newest]);
  const top = useRef<HTMLDivElement>(null);
  const wasStatus = useRef(clip.status);
  useEffect(() => {
    // The picture of a changed status is at the top of the panel.
    if (wasStatus.current !== clip.status) top.current?.closest('dialog, aside')?.scrollTo({ top: 0 });
    wasStatus.current = clip.status;
  }, [clip.status]);

  const begin = async () => {
    setBusy(true);
    setProblem(null);
    const kept = await settle();
    const answer = kept.ok ? await actions.bringToLife(clip.id, draft) : kept;
    setBusy(false);
    if (answer.ok) announce('On its way. You can close this page.');
    else setProblem(refusalText(answer));
  };
  const stop = async (latest: GenerationView) => {
    setBusy(true);
    const answer = await actions.cancel(latest.id);
    setBusy(false);
    const sent = latest.state === 'queued' ? 0 : 1;
    if (answer.ok) notes.say(stoppedText({ canceled: 1, sent, tooLate: 0, credits: latest.cost }));
    else setProblem(refusalText(answer));
  };
  const complain = async (about: GenerationView, complaint: Complaint) => {
    setBusy(true);
    setProblem(null);
    const kept = await settle();
    const answer = kept.ok ? await actions.complain(about.id, complaint) : kept;
    setBusy(false);
    if (!answer.ok) return setProblem(refusalText(answer));
    setAsking(false);
    const { cost } = answer.value;
    if (cost === undefined) announce('Thank you. The second try is on its way, and it costs nothing.');
    else notes.say(complaintKeptText(cost));
  };
  const approve = async (one: GenerationView | null) => {
    setProblem(null);
    const previous = clip.approved;
    const next = one && clip.approved === null ? nextToReview(clips, clip.id) : null;
    const answered = actions.approve(clip.id, one);
    if (one) {
      notes.say(next ? 'Approved. Here is the next one.' : 'Approved.', () => void actions.approve(clip.id, previous));
      if (clip.approved === null) onShow(next?.id ?? null);
    } else announce('Taken back. The film shows the photo.');
    const answer = await answered;
    if (!answer.ok) setProblem(refusalText(answer));
  };

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
    <FrameEditor photo={clip.photo} frame={draft.frame} shape={project.shape} onChange={(frame) => edit({ frame })} />
  );
  const freeButton = `Try again · free${offer ? ` · ${aboutText(offer.expectedSeconds)}` : ''}`;
  const paid = { offer, balance, busy, problem, onPress: begin, onBuy: () => void settle() };
  return (
    <div
      ref={top}
      className="flex grow flex-col gap-4 transition duration-[240ms] starting:translate-x-6 starting:opacity-0"
    >
      {clip.status === 'generating' && clip.latest ? (
        <UnderWay clip={clip} latest={clip.latest} shape={project.shape} offer={offer} timeline={timeline} />
      ) : (
        <Failure clip={clip} />
      )}
      {clip.status === 'ready' && shown && <Compare clip={clip} shown={shown} shape={project.shape} />}
      {(clip.status === 'still' || clip.status === 'error') && editor}
      <ClipGenerations
        clip={clip}
        generations={generations}
        presets={presets}
        shape={project.shape}
        shownId={shown?.id ?? null}
        onShow={setShownId}
      />
      {clip.status === 'ready' && (
        <details className="border-y border-line">
          <summary className="min-h-12 py-3 font-medium">Change how it moves</summary>
          <div className="grid gap-4 pb-4">
            {moves}
            {editor}
          </div>
        </details>
      )}
      {(clip.status === 'still' || clip.status === 'error') && moves}
      <div>
        {(shown ?? clip.latest) && <Timeline timeline={timeline} onToggle={setTimelineOpen} />}
        <PhotoPrivacyLog clip={clip} />
      </div>
      <Footer>
        <NotePlace notes={notes} className="empty:hidden" />
        {clip.status === 'generating' && clip.latest ? (
          <Button kind="quiet" disabled={busy} onClick={() => clip.latest && stop(clip.latest)} className="w-full">
            Stop and get the credit back
          </Button>
        ) : clip.status === 'ready' && shown && asking ? (
          <WhatIsWrong
            button={freeButton}
            busy={busy}
            problem={problem}
            onSend={(complaint) => complain(shown, complaint)}
            onBack={() => {
              setAsking(false);
              // The focus goes back to the button that opened the form.
              requestAnimationFrame(() => document.getElementById(askId)?.focus());
            }}
          />
        ) : clip.status === 'ready' && shown ? (
          <>
            {shown.id === clip.approved?.id ? (
              <Button kind="quiet" icon="undo-2" onClick={() => approve(null)} className="w-full">
                Take the approval back
              </Button>
            ) : (
              <Button icon="check" onClick={() => approve(shown)} className="w-full">
                Approve
              </Button>
            )}
            {isSecondFree && offer && blockedUntil(offer) === null ? (
              <Button id={askId} kind="quiet" className="tabular w-full" onClick={() => setAsking(true)}>
                {freeButton}
              </Button>
            ) : (
              <PaidButton {...paid} kind="quiet" word="Try again" />
            )}
          </>
        ) : (
          <PaidButton {...paid} kind="primary" word="Bring to life" />
        )}
      </Footer>
    </div>
  );
}
