import type { Shape } from '~/photos/frame';

/** A model of a provider and what it can do. */
export interface Model {
  id: string;
  /** Lengths in seconds that may be asked for. */
  durations: readonly number[];
  /** Film shape to the provider's own ratio; null where the film takes the picture's own, absent where it cannot. */
  ratios: Readonly<Partial<Record<Shape, string | null>>>;
  /** In UTF-16 code units. */
  maxPromptLength: number;
  /** What one generation costs us, in US cents; null where no price is published. */
  costCents(durationSeconds: number): number | null;
}

/** A film as it is asked for. */
export interface Wanted {
  durationSeconds: number;
  shape: Shape;
}

/** True when this model makes films of this length and shape. */
export function canMake(model: Model, { durationSeconds, shape }: Wanted): boolean {
  return model.durations.includes(durationSeconds) && model.ratios[shape] !== undefined;
}

/** How a picture may reach a provider: by an address it fetches, and inside the request up to so many bytes. */
export interface ImageSources {
  url: boolean;
  /** 0: never inside the request. */
  mostBytes: number;
}

export interface SubmitRequest {
  model: string;
  /** A framed, upright JPEG without metadata: as a short-lived https URL, or as bytes where no public URL exists. */
  image: { kind: 'url'; url: string } | { kind: 'bytes'; bytes: Uint8Array; contentType: string };
  prompt: string;
  durationSeconds: number;
  shape: Shape;
  /** Where the provider may tell that something has changed. Left out where it has no webhooks or cannot reach us. */
  webhookUrl?: string;
}

/** Where the provider's task stands. */
export type TaskState =
  | { status: 'queued'; throttled: boolean }
  | { status: 'running'; progress: number | null }
  | { status: 'succeeded'; outputUrl: string; costCents: number | null }
  | { status: 'failed'; error: ProviderFailure; costCents: number | null }
  | { status: 'canceled' };

/** Kinds of failure; each has a plain reason for the person in app/providers/failure-messages.ts. */
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
  /** Nothing was taken, and asking again after so long may work. */
  retryAfterSeconds?: number;
}

/** `unknown`: the request may have been accepted though no answer came; it is never simply sent again. */
export type SubmitOutcome =
  | { outcome: 'accepted'; taskId: string }
  | { outcome: 'refused'; error: ProviderFailure }
  | { outcome: 'unknown'; error: ProviderFailure };

/**
 * `gone`: the provider knows no such task. `unreachable`: nothing learned, ask again later; its error is of the kind
 * `bad-output` where the task has ended well and the film is missing.
 */
export type PollOutcome =
  | { outcome: 'state'; state: TaskState }
  | { outcome: 'gone' }
  | { outcome: 'unreachable'; error: ProviderFailure };

/**
 * What came of asking a provider to stop. `canceled`: it stopped, or has deleted what was finished. `requested`: it will
 * if it still can. `forgotten`: the record is deleted, the work may go on. `too-late`: it had ended and stays there until
 * it expires. `unsupported`: the provider cannot be asked. `gone`: it knows no such task. `unreachable`: ask again.
 */
export type CancelOutcome =
  | 'canceled'
  | 'requested'
  | 'forgotten'
  | 'too-late'
  | 'unsupported'
  | 'gone'
  | 'unreachable';

export type OutputOutcome = { outcome: 'open'; response: Response } | { outcome: 'refused'; error: ProviderFailure };

/** A webhook as it came: `body` byte for byte, `now` in ms. */
export interface WebhookDelivery {
  headers: Headers;
  body: Uint8Array;
  now: number;
}

/** A webhook is never believed, only a reason to poll: `taskIds` are the names its task may have with us. */
export type WebhookVerdict =
  | { outcome: 'hint'; taskIds: readonly string[] }
  | { outcome: 'refused'; reason: 'unsigned' | 'stale' | 'forged' | 'malformed' | 'no-key' };

interface Webhook {
  /** True where every task gets an address of its own, which then must be the one that is called. */
  isPerTask: boolean;
  verify(delivery: WebhookDelivery): Promise<WebhookVerdict>;
}

/** Days in UTC, as `2026-11-25`; `before` is the first that is not meant. */
export interface Days {
  from: string;
  before: string;
}

/** What a provider says that it charged for its models here, in US cents. */
export type Charged = { outcome: 'told'; cents: number } | { outcome: 'unreachable'; error: ProviderFailure };

/** One upstream that makes videos of pictures. Its words and wire stay inside its file. */
export interface VideoProvider {
  readonly id: string;
  readonly models: readonly Model[];
  readonly imageSources: ImageSources;
  /** Never ask about one task more often than this. */
  readonly minPollSeconds: number;
  /** Null where the provider has none, or its secret is not set. */
  readonly webhook: Webhook | null;
  /** Sends exactly one request; never retries by itself. */
  submit(request: SubmitRequest): Promise<SubmitOutcome>;
  poll(taskId: string): Promise<PollOutcome>;
  /** Asks the provider to stop, or to forget a finished task and its output. Best effort. */
  cancel(taskId: string): Promise<CancelOutcome>;
  /** Opens a finished video; refuses any address that is not the provider's own. */
  openOutput(url: string): Promise<OutputOutcome>;
  /** What it charged in these days; left out where it cannot be asked. */
  charged?(days: Days): Promise<Charged>;
}
