import { creditsInWords } from '~/components/balance';
import { isLate, type Wait, waitSeconds } from '~/generations/timeline';
import { isOutcome, outcomeMessage } from '~/outcome-messages';
import type { ClipView, GenerationView } from '~/projects/views';
import type { NextAction, Retry } from './next-action';
import type { Refusal } from './post';

/** A wait in words: "about 40 s", "about 2 min". Seconds are rounded up to tens. */
export function aboutText(seconds: number): string {
  if (seconds < 90) return `about ${Math.max(10, Math.ceil(seconds / 10) * 10)} s`;
  return `about ${Math.round(seconds / 60)} min`;
}

/** The text of the next action's button. `seconds` is the measured wait for all its clips. */
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
    case 'play':
      return 'Play film';
    default:
      return action satisfies never;
  }
}

/** The text of the button that retries failed clips. */
export function retryText({ clipIds, credits }: Retry, seconds: number): string {
  return `Retry ${clipIds.length} failed · ${creditsInWords(credits)} · ${aboutText(seconds)}`;
}

/** The sentence after several generations were started: how many, and why not all. */
export function startedText({ started, stopped }: { started: number; stopped: Refusal | null }): string {
  if (!stopped) return `${started} on the way. You can close this page.`;
  if (started === 0) return refusalText(stopped);
  return `${started === 1 ? 'One is' : `${started} are`} on the way; the rest are not. ${refusalText(stopped)}`;
}

/** The sentence about a generation's expected wait, or about its lateness. Times in ms since 1970. */
export function waitText({
  createdAt,
  now,
  offer,
  ahead,
  paidBy = 'credits',
}: {
  createdAt: number;
  now: number;
  offer: Wait;
  ahead: number | null;
  paidBy?: GenerationView['paidBy'];
}): string {
  if (isLate({ createdAt, now, offer }))
    return `This one takes longer than usual. ${paidBy === 'admin' ? 'It costs you nothing.' : `If it does not come, your ${paidBy === 'gift' ? 'free try' : 'credit'} is back by itself.`}`;
  const before = ahead === null ? 0 : ahead;
  return `Usually ready in ${aboutText(waitSeconds(offer, before + 1))}.`;
}

/** The sentence for a complaint about a clip whose free second try was used before; `cost` of the next, in credits. */
export function complaintKeptText(cost: number): string {
  return `Thank you, we keep that. The free try of this clip is used; the next one costs ${creditsInWords(cost)}.`;
}

/** The sentence for a queue position; null while it is unknown. */
export function queueText(ahead: number | null): string {
  if (ahead === null) return 'Waiting for its turn.';
  if (ahead === 0) return 'Yours is next in line.';
  return `In line: ${ahead} before yours.`;
}

/** Above this progress a figure would seem to stand still. */
const almost = 0.9;
const almostThere = 'Almost there';

/** A clip's status in a word or two, for its card. */
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
        return almostThere;
      default:
        if (latest.progress === null) return 'Being made';
        return latest.progress > almost ? almostThere : `${Math.round(latest.progress * 100)} %`;
    }
  }
  if (status === 'error') return 'Did not work';
  if (status === 'ready') {
    if (clip.approved === null) return 'To review';
    return clip.ready && clip.ready.id > clip.approved.id ? 'New try ready' : 'Approved';
  }
  return 'Still photo';
}

/** The sentence for what happens to an open generation at this moment. */
export function stepSentence({ state, heldBack, progress }: GenerationView, ahead: number | null = null): string {
  if (heldBack) return 'Many films are being made right now. Yours keeps its place in line.';
  switch (state) {
    case 'queued':
      return queueText(ahead);
    case 'submitting':
      return 'Your photo is being sent.';
    case 'copying':
      return `${almostThere}: it is made, and on its way here.`;
    default:
      if (progress === null) return 'It is being made.';
      return progress > almost ? `${almostThere}.` : `It is being made: ${Math.round(progress * 100)} %.`;
  }
}

/** The progress of a clip's open generation, 0..1, by its state and the provider's own figure; null without one. */
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

/** The sentence for a refused request, with what the person can do. */
export function refusalText(refusal: Refusal): string {
  const quote = refusal.requestId ? ` (${refusal.requestId})` : '';
  if (refusal.status === 0)
    return 'No connection. What has arrived shows here by itself, and nothing is paid twice. Try again when you are back online.';
  if (refusal.outcome === 'not-found')
    return 'This clip is not here any more. It may have been removed on another device.';
  if (refusal.outcome === 'way-gone') return 'This way to move is no longer offered. Nothing was paid; choose another.';
  if (isOutcome(refusal.outcome))
    return `${refusal.notice ? `${refusal.notice} ` : ''}${outcomeMessage(refusal.outcome, refusal.until)}`;
  if (refusal.status === 401) return 'You have been signed out. Sign in again to go on.';
  if (refusal.status === 404) return 'This is not here any more. It may have been removed on another device.';
  if (refusal.status === 429) return 'That was a lot at once. Wait a moment, then try again.';
  return `Echoes could not do this just now. Nothing was spent. Try again in a moment${quote}.`;
}

/** A moment as the time of day, with seconds, in the person's time zone. */
export function clockTime(at: number): string {
  return new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

/** A moment as day and time in the person's time zone: "22 Nov, 14:03". */
export function dayAndTime(at: number): string {
  return new Date(at).toLocaleString([], { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
}
