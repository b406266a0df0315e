import { useState } from 'react';
import { useAnnounce } from '~/components/live-region';
import type { ClipView, GenerationView } from '~/projects/views';
import { nextToReview } from './next-action';
import type { useNote } from './note';
import { givenBackBy, stoppedText } from './stop-words';
import type { useDraft } from './use-draft';
import type { Studio } from './use-studio';
import type { Complaint } from './what-is-wrong';
import { complaintKeptText, refusalText } from './words';

/**
 * What the panel of a clip can do to it. `busy` while an answer is awaited; `problem` is the sentence about the last act
 * that was refused.
 */
export function useClipActs({
  clip,
  clips,
  draft,
  settle,
  actions,
  onShow,
  onComplained,
  notes,
}: {
  clip: ClipView;
  clips: readonly ClipView[];
  draft: ReturnType<typeof useDraft>['draft'];
  settle: ReturnType<typeof useDraft>['settle'];
  actions: Studio['actions'];
  /** Shows another clip, or closes the panel. */
  onShow: (clipId: string | null) => void;
  onComplained: () => void;
  notes: ReturnType<typeof useNote>;
}) {
  const announce = useAnnounce();
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

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
    const sent = latest.stopping === 'free' ? 0 : 1;
    if (answer.ok) notes.say(stoppedText({ canceled: 1, sent, goesOn: 0, tooLate: 0, ...givenBackBy(latest) }));
    else setProblem(refusalText(answer));
  };
  const complain = async (about: GenerationView, complaint: Complaint) => {
    setBusy(true);
    setProblem(null);
    const kept = await settle();
    const answer = kept.ok ? await actions.complain(about.id, complaint) : kept;
    setBusy(false);
    if (!answer.ok) return setProblem(refusalText(answer));
    onComplained();
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
  const leaveAsPhoto = async () => {
    setBusy(true);
    setProblem(null);
    const answer = await actions.leaveAsPhoto(clip.id);
    setBusy(false);
    if (answer.ok) notes.say('It stays a photo. You can bring it to life at any time.');
    else setProblem(refusalText(answer));
  };

  return { busy, problem, begin, stop, complain, approve, leaveAsPhoto };
}
