// The effects of the machine: one closed union, which the runner and the fault simulator both perform.
import type { FailureReason } from '~/providers/failure-messages';
import type { CancelOutcome, FailureKind, PollOutcome, SubmitOutcome, SubmitRequest } from '~/providers/video-provider';
import type { CountedWait } from './polling';
import type { GenerationState } from './states';

/** What the machine reads of a generation's row. Times in ms since 1970. */
export interface GenerationRecord {
  provider: string;
  state: GenerationState;
  /** When the state began, or the open attempt to submit was written. */
  stateAt: number;
  createdAt: number;
  deadlineAt: number;
  /** Attempts that may have reached the provider. */
  submits: number;
  /** The nonce of the attempt that is not answered yet, or null. */
  submitNonce: string | null;
  providerTaskId: string | null;
  /** The last status: `queued`, `throttled`, `running`, `held-back`; null before the first. */
  providerStatus: string | null;
  progress: number | null;
  mediaKey: string | null;
  /** When its clean-up was done, or null. */
  cleanedAt: number | null;
  /** Until when its provider rests, and why; null or past where it does not. */
  restingUntil: number | null;
  restingReason: string | null;
  /** Until when one more task of it is beyond a budget of today; null where there is room. */
  budgetUntil: number | null;
}

/** What the object's storage keeps between runs. Losing it costs time or loses a task, never a credit. */
export interface Memo {
  /** The moment of the next poll. */
  nextPollAt?: number;
  /** The soonest moment that a webhook may bring the next poll forward to: what the provider allows. */
  earliestPollAt?: number;
  /** An accepted submit, kept until the database has it. */
  accepted?: { nonce: string; taskId: string };
  /** A refused submit, kept until the database has it, so that the same is not sent again. */
  refused?: { nonce: string; kind: FailureKind; message: string };
  /** The provider of `tasks`, needed if the generation's row is gone. */
  provider?: string;
  /** Tasks that the provider has not forgotten yet. */
  tasks?: readonly string[];
  /** Copies that failed so far, and how many of these because the output was no video. */
  copies?: number;
  badCopies?: number;
  /** Clean-ups so far, and the least that the provider promised in them. */
  cleanUps?: number;
  forgotten?: CancelOutcome;
}

/** The picture for the provider, or why there is none. */
export type PictureOutcome =
  | { outcome: 'ok'; image: SubmitRequest['image'] }
  | { outcome: 'missing' }
  | { outcome: 'unreadable' }
  /** The person's moderation limit is reached, so no picture is sent. */
  | { outcome: 'kept-back' };

/** `unreachable`: the transfer failed and may succeed with a fresh URL. `bad`: the output is no valid video. */
export type CopyOutcome =
  | { outcome: 'stored'; bytes: number }
  | { outcome: 'unreachable'; detail: string }
  | { outcome: 'bad'; detail: string };

/** What a task that has ended cost in US cents, as its provider told, or as it is known to charge; null where unknown. */
export interface KnownCost {
  costCents: number | null;
  isEstimate?: boolean | undefined;
}

/** Every effect with its data and its answer. A write answers with the row after it. */
interface Effects {
  /** Sets the alarm; the last one counts. */
  arm: [{ at: number }, undefined];
  /** `minPollSeconds` is the provider's limit; `record` is null if the row is gone. */
  read: [object, { record: GenerationRecord | null; memo: Memo; minPollSeconds: number }];
  remember: [{ memo: Memo }, undefined];
  /** queued → submitting, if the provider has a free slot, does not rest, and it is this generation's turn */
  begin: [object, GenerationRecord];
  /** Wakes the generations whose turn it is at this provider, as many as slots are free. */
  'wake-next': [object, undefined];
  /** Frames the photo. A picture at a URL belongs to this attempt, so that its fetch proves the submit's arrival. */
  picture: [{ nonce: string }, PictureOutcome];
  /**
   * Written before the submit. `free`: the last attempt was refused, so this one is not counted. `carried`: the request
   * holds the picture, so no fetch will prove its arrival. The previous attempt is given up: if its picture was fetched or
   * carried, it counts as lost.
   */
  'record-attempt': [{ nonce: string; previous: string | null; free: boolean; carried: boolean }, GenerationRecord];
  submit: [{ nonce: string; image: SubmitRequest['image'] }, SubmitOutcome];
  /** The provider refused the attempt for now. */
  'hold-back': [{ nonce: string; detail: string }, GenerationRecord];
  /** The submit has no clear answer: the task may exist. `answered`: an error came, as a 503, and not nothing at all. */
  'note-unknown': [{ nonce: string; detail: string; answered: boolean }, GenerationRecord];
  /** submitting → generating */
  bind: [{ nonce: string; taskId: string }, GenerationRecord];
  /** The measured times of like tasks at the provider. */
  waits: [object, readonly CountedWait[]];
  poll: [{ taskId: string }, PollOutcome];
  progress: [{ taskId: string; status: 'queued' | 'throttled' | 'running'; progress: number | null }, GenerationRecord];
  /** generating → submitting */
  retry: [{ taskId: string; detail: string } & KnownCost, GenerationRecord];
  /**
   * To the admission queue of the next provider in order that can make it, does not rest and has budget; unchanged where there
   * is none. `refused`: the nonce of the attempt that this provider refused, or null where none was sent.
   */
  move: [{ refused: string | null }, GenerationRecord];
  /** generating → copying */
  finish: [{ taskId: string; costCents: number | null }, GenerationRecord];
  copy: [{ url: string }, CopyOutcome];
  /** copying → ready */
  commit: [{ taskId: string; bytes: number }, GenerationRecord];
  /** any open state → failed; a trigger returns the credit in the same write. `refused`: the nonce of a refused attempt. */
  fail: [{ reason: FailureReason; detail: string | null; refused: string | null } & KnownCost, GenerationRecord];
  'cancel-task': [{ provider: string; taskId: string }, CancelOutcome];
  /** The size of the copied video, or null if none is stored. */
  'find-media': [object, { bytes: number } | null];
  /** Deletes the copied video, if one is stored. */
  'delete-media': [object, undefined];
  /** Deletes the picture that the provider fetched. */
  'delete-picture': [object, undefined];
  /** Publishes the clip to the open pages, and the balance too where credits moved. */
  publish: [{ balance: boolean }, undefined];
  /** Deletes the object's alarm and storage. */
  done: [object, undefined];
  /**
   * Writes `cleaned_at`. `forgotten`: the least that the provider promised about deleting its tasks, for the photo's
   * privacy log; null where it has no known task. `unanswered`: the nonce of an attempt that is still open and is given up.
   */
  cleaned: [{ forgotten: CancelOutcome | null; unanswered: string | null }, GenerationRecord];
}

export type EffectKind = keyof Effects;
export type EffectOf<Kind extends EffectKind> = { kind: Kind } & Effects[Kind][0];
export type Effect = { [Kind in EffectKind]: EffectOf<Kind> }[EffectKind];
export type AnswerTo<Kind extends EffectKind> = Effects[Kind][1];
