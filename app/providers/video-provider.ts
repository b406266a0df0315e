import type { Shape } from '~/photos/frame';

/** A model of a provider and what it can do. */
export interface Model {
  id: string;
  /** Lengths in seconds that may be asked for. */
  durations: readonly number[];
  /** Film shape to the provider's own ratio. */
  ratios: Readonly<Record<Shape, string>>;
  /** In UTF-16 code units. */
  maxPromptLength: number;
  /** What one generation costs us, in US cents. */
  costCents(durationSeconds: number): number;
}

export interface SubmitRequest {
  model: string;
  /** A framed, upright JPEG without metadata: as a short-lived https URL, or as bytes where no public URL exists. */
  image: { kind: 'url'; url: string } | { kind: 'bytes'; bytes: Uint8Array; contentType: string };
  prompt: string;
  durationSeconds: number;
  shape: Shape;
}

/** Where the provider's task stands. */
export type TaskState =
  | { status: 'queued'; throttled: boolean }
  | { status: 'running'; progress: number | null }
  | { status: 'succeeded'; outputUrl: string; costCents: number | null }
  | { status: 'failed'; error: ProviderFailure; costCents: number | null }
  | { status: 'canceled' };

/** Kinds of failure; each has a plain reason for the person in app/generations/failures.ts. */
export type FailureKind =
  | 'moderated'
  | 'invalid-input'
  | 'quota'
  | 'auth'
  | 'not-found'
  | 'retryable'
  | 'bad-output'
  | 'unknown';

export interface ProviderFailure {
  kind: FailureKind;
  /** The provider's own code, for logs and the owner. */
  code: string | null;
  /** For logs and the owner, never for the person. */
  message: string;
  httpStatus?: number;
  retryAfterSeconds?: number;
}

/** `unknown`: the request may have been accepted though no answer came; it is never simply sent again. */
export type SubmitOutcome =
  | { outcome: 'accepted'; taskId: string }
  | { outcome: 'refused'; error: ProviderFailure }
  | { outcome: 'unknown'; error: ProviderFailure };

/** `gone`: the provider knows no such task. `unreachable`: nothing learned, ask again later. */
export type PollOutcome =
  | { outcome: 'state'; state: TaskState }
  | { outcome: 'gone' }
  | { outcome: 'unreachable'; error: ProviderFailure };

/** One upstream that makes videos of pictures. Its words and wire stay inside its file. */
export interface VideoProvider {
  readonly id: string;
  readonly models: readonly Model[];
  /** Never ask about one task more often than this. */
  readonly minPollSeconds: number;
  /** Sends exactly one request; never retries by itself. */
  submit(request: SubmitRequest): Promise<SubmitOutcome>;
  poll(taskId: string): Promise<PollOutcome>;
  /** Asks the provider to stop, or to forget a finished task and its output. Best effort. */
  cancel(taskId: string): Promise<'canceled' | 'gone' | 'unreachable'>;
  /** Opens a finished video; refuses any address that is not the provider's own. */
  openOutput(
    url: string,
  ): Promise<{ outcome: 'open'; response: Response } | { outcome: 'refused'; error: ProviderFailure }>;
}
