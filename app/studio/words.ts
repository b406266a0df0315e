import { creditsInWords } from '~/components/balance';
import type { ClipView, GenerationView } from '~/projects/views';
import { isRefusalOutcome, refusalSentences } from '~/refusals';
import type { NextAction } from './next-action';
import type { Refusal } from './post';

/** A wait as a person says it: "about 40 s", "about 2 min". Seconds are rounded up to tens. */
export function aboutText(seconds: number): string {
  if (seconds < 90) return `about ${Math.max(10, Math.ceil(seconds / 10) * 10)} s`;
  return `about ${Math.round(seconds / 60)} min`;
}

/** What stands on the one button. `seconds` is the measured wait for all clips of the action. */
export function actionText(action: NextAction, seconds: number): string {
  switch (action.kind) {
    case 'add-photos':
      return 'Add photos';
    case 'wait-for-photos':
      return 'Your photos are on their way';
    case 'review':
      return `Review ${action.clipIds.length}`;
    case 'bring-to-life':
      return `Bring ${action.clipIds.length} to life · ${creditsInWords(action.credits)} · ${aboutText(seconds)}`;
    case 'look-at-failures':
      return action.clipIds.length === 1 ? 'See what went wrong' : `See what went wrong with ${action.clipIds.length}`;
    case 'play':
      return 'Play film';
    default:
      return action satisfies never;
  }
}

/** A clip's state in a word or two, for its card. */
export function clipWord(clip: ClipView): string {
  const { status, latest } = clip;
  if (status === 'generating' && latest) {
    if (latest.heldBack) return 'Held back for now';
    switch (latest.state) {
      case 'queued':
        return 'Waiting';
      case 'submitting':
        return 'Sending';
      case 'copying':
        return 'Fetching';
      default:
        return latest.progress === null ? 'Being made' : `${Math.round(latest.progress * 100)} %`;
    }
  }
  if (status === 'error') return 'Did not work';
  if (status === 'ready') {
    if (clip.approved === null) return 'To review';
    return clip.ready && clip.ready.id > clip.approved.id ? 'New try ready' : 'Approved';
  }
  return 'Still photo';
}

/** What happens to a try at this moment, as a sentence. */
export function stepSentence({ state, heldBack, progress }: GenerationView): string {
  if (heldBack) return 'Many films are being made right now. Yours is next in line.';
  switch (state) {
    case 'queued':
      return 'Waiting for its turn.';
    case 'submitting':
      return 'Your photo is being sent.';
    case 'copying':
      return 'It is made. Fetching it.';
    default:
      return progress === null ? 'It is being made.' : `It is being made: ${Math.round(progress * 100)} %.`;
  }
}

/** How far a try has come, 0..1, from what is known and from nothing else; null when nothing is on its way. */
export function progressOf(clip: ClipView): number | null {
  if (clip.status !== 'generating' || !clip.latest) return null;
  switch (clip.latest.state) {
    case 'queued':
      return 0.02;
    case 'submitting':
      return 0.05;
    case 'generating':
      return 0.08 + 0.82 * (clip.latest.progress ?? 0);
    case 'copying':
      return 0.94;
    default:
      return 1;
  }
}

/** What to tell a person when a request was refused, calmly and with what they can do. */
export function refusalText(refusal: Refusal): string {
  const quote = refusal.requestId ? ` (${refusal.requestId})` : '';
  if (refusal.status === 0) return 'No connection. Nothing was lost; try again when you are back online.';
  if (refusal.outcome === 'not-found')
    return 'This clip is not here any more. It may have been removed on another device.';
  if (isRefusalOutcome(refusal.outcome)) return refusalSentences[refusal.outcome];
  if (refusal.status === 401) return 'You have been signed out. Sign in again to go on.';
  if (refusal.status === 404) return 'This is not here any more. It may have been removed on another device.';
  if (refusal.status === 429) return 'That was a lot at once. Wait a moment, then try again.';
  return `Echoes could not do this just now. Nothing was spent. Try again in a moment${quote}.`;
}

/** A moment of today as a person's clock shows it, with seconds. */
export function clockTime(at: number): string {
  return new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}
