// Everything the machine may ask for: one closed union, which the object's runner and the fault simulator both answer.

import type { FailureReason } from '~/providers/failure-messages';
import type { CancelOutcome, FailureKind, PollOutcome, SubmitOutcome, SubmitRequest } from '~/providers/video-provider';
import type { CountedWait } from './polling';
import type { GenerationState } from './states';

/** What the machine knows of a generation: the truth, read from the database. Times in ms since 1970. */
export interface GenerationRecord {
  provider: string;
  state: GenerationState;
  /** When the state began, or the open attempt to submit was written. */
  stateAt: number;
  createdAt: number;
  deadlineAt: number;
  /** Attempts to submit that may have reached the provider. */
  submits: number;
  /** The attempt whose answer is not known yet, or null. */
  submitNonce: string | null;
  providerTaskId: string | null;
  /** The last thing the provider said: `queued`, `throttled`, `running`, `held-back`; null when nothing yet. */
  providerStatus: string | null;
  progress: number | null;
  mediaKey: string | null;
  /** When nothing was left of it outside the database, or null. */
  cleanedAt: number | null;
  /** Its provider takes nothing new before this moment; null, or past, where it does not rest. */
  restingUntil: number | null;
}

/** What the runner remembers between runs, beside the truth. To lose it costs time or a lost task, never money. */
export interface Memo {
  /** The provider is not asked again before this moment. */
  nextPollAt?: number;
  /** The soonest that a webhook may bring that moment forward to: what the provider allows. */
  earliestPollAt?: number;
  /** An accepted submit, kept so that a failed write of the database does not lose the task. */
  accepted?: { nonce: string; taskId: string };
  /** A refused submit, kept so that a failed write of the database does not send the same once more. */
  refused?: { nonce: string; kind: FailureKind; message: string };
  /** Whose tasks these are, should the generation's own row be gone. */
  provider?: string;
  /** Tasks that may still live at the provider, until it has forgotten them. */
  tasks?: readonly string[];
  /** Copies that failed so far, and how many of them because what came was no video. */
  copies?: number;
  badCopies?: number;
  /** Tries to have the provider forget its tasks, and the least that came of them. */
  cleanUps?: number;
  forgotten?: CancelOutcome;
}

/** The picture the provider gets, or why there is none. */
export type PictureOutcome =
  | { outcome: 'ok'; image: SubmitRequest['image'] }
  | { outcome: 'missing' }
  | { outcome: 'unreadable' }
  /** So many of this person's pictures were declined today that no more of them leave. */
  | { outcome: 'kept-back' };

/** `unreachable`: something on the way failed; try again with a fresh address. `bad`: what came is no video to keep. */
export type CopyOutcome =
  | { outcome: 'stored'; bytes: number }
  | { outcome: 'unreachable'; detail: string }
  | { outcome: 'bad'; detail: string };

/** Every effect with what it needs and what it answers. A write answers with the row as it is afterwards. */
interface Effects {
  /** Wakes the machine again at that moment; the last one counts. */
  arm: [{ at: number }, undefined];
  /** `minPollSeconds` is the limit of the generation's provider; `record` is null where the row is gone. */
  read: [object, { record: GenerationRecord | null; memo: Memo; minPollSeconds: number }];
  remember: [{ memo: Memo }, undefined];
  /** queued → submitting, if the provider has a free place, does not rest, and it is this one's turn */
  begin: [object, GenerationRecord];
  /** Wakes whoever has their turn at this one's provider, if there is a free place. */
  'wake-next': [object, undefined];
  /** The picture, framed; where it is fetched, the fetch tells of this attempt. */
  picture: [{ nonce: string }, PictureOutcome];
  /**
   * Written before the request leaves. `free`: the last attempt was surely not taken, so this one is not counted.
   * `carried`: the picture travels with the request, so no fetch will tell that it arrived. The previous attempt is given
   * up: if its picture is fetched or was carried, it counts as lost.
   */
  'record-attempt': [{ nonce: string; previous: string | null; free: boolean; carried: boolean }, GenerationRecord];
  submit: [{ nonce: string; image: SubmitRequest['image'] }, SubmitOutcome];
  /** The attempt was surely not taken and may be made again later. */
  'hold-back': [{ nonce: string; detail: string }, GenerationRecord];
  /** No answer came: it may run, it may not. */
  'note-unknown': [{ nonce: string; detail: string }, GenerationRecord];
  /** submitting → generating */
  bind: [{ nonce: string; taskId: string }, GenerationRecord];
  /** How long the provider has worked on others like it. */
  waits: [object, readonly CountedWait[]];
  poll: [{ taskId: string }, PollOutcome];
  progress: [{ taskId: string; status: 'queued' | 'throttled' | 'running'; progress: number | null }, GenerationRecord];
  /** generating → submitting */
  retry: [{ taskId: string; detail: string }, GenerationRecord];
  /** generating → copying */
  finish: [{ taskId: string; costCents: number | null }, GenerationRecord];
  copy: [{ url: string }, CopyOutcome];
  /** copying → ready */
  commit: [{ taskId: string; bytes: number }, GenerationRecord];
  /** any open state → failed; the credit comes back in the same write. `refused`: the attempt that was surely not taken. */
  fail: [
    { reason: FailureReason; detail: string | null; costCents: number | null; refused: string | null },
    GenerationRecord,
  ];
  'cancel-task': [{ provider: string; taskId: string }, CancelOutcome];
  /** The copied video, if one was stored: of that many bytes. */
  'find-media': [object, { bytes: number } | null];
  /** Removes the copied video, if one was stored. */
  'delete-media': [object, undefined];
  /** Removes the picture that was laid out for the provider. */
  'delete-picture': [object, undefined];
  /** Tells the open pages about the clip, and about the balance where credits moved. */
  publish: [{ balance: boolean }, undefined];
  /** Nothing is left to do: no alarm, no memory. */
  done: [object, undefined];
  /**
   * Ended and cleaned up: nobody has to look after it any more. `forgotten`: the least that came of asking the provider
   * to delete what it was given, for the photo's privacy log; null where it never took anything that we know of.
   * `unanswered`: an attempt that is still open, and is given up.
   */
  cleaned: [{ forgotten: CancelOutcome | null; unanswered: string | null }, GenerationRecord];
}

export type EffectKind = keyof Effects;
export type EffectOf<Kind extends EffectKind> = { kind: Kind } & Effects[Kind][0];
export type Effect = { [Kind in EffectKind]: EffectOf<Kind> }[EffectKind];
export type AnswerTo<Kind extends EffectKind> = Effects[Kind][1];
