import type { Shape } from '~/photos/frame';

/** A model of a provider and what it can do. */
export interface Model {
  id: string;
  /** The clip lengths in seconds that it makes. */
  durations: readonly number[];
  /** The provider's ratio for each shape it makes; null where the video takes the picture's ratio. */
  ratios: Readonly<Partial<Record<Shape, string | null>>>;
  /** In UTF-16 code units. */
  maxPromptLength: number;
  /** The list price of one task in US cents. */
  costCents(durationSeconds: number): number;
  /** False where the price is an estimate, because no price of the provider's own could be checked. The desk says so. */
  isPricePublished: boolean;
}

/** The clip that is wanted. */
export interface Wanted {
  durationSeconds: number;
  shape: Shape;
}

/** True if this model makes clips of this length and shape. */
export function canMake(model: Model, { durationSeconds, shape }: Wanted): boolean {
  return model.durations.includes(durationSeconds) && model.ratios[shape] !== undefined;
}

/** How a picture may reach a provider: by a URL that it fetches, or as bytes in the request. */
export interface ImageSources {
  url: boolean;
  /** Most bytes in a request; 0 where it takes URLs only. */
  mostBytes: number;
}

export interface SubmitRequest {
  model: string;
  /** A framed, upright JPEG without metadata: at a short-lived https URL, or as bytes where no public URL exists. */
  image: { kind: 'url'; url: string } | { kind: 'bytes'; bytes: Uint8Array; contentType: string };
  prompt: string;
  durationSeconds: number;
  shape: Shape;
  /** The URL for the provider's webhook; left out where it has none or cannot reach Echoes. */
  webhookUrl?: string;
}

/** The state of a provider's task. */
export type TaskState =
  | { status: 'queued'; throttled: boolean }
  | { status: 'running'; progress: number | null }
  | { status: 'succeeded'; outputUrl: string; costCents: number | null }
  | { status: 'failed'; error: ProviderFailure; costCents: number | null; isEstimate?: boolean }
  | { status: 'canceled' };

/** Kinds of failure; each has a plain reason for the person in app/providers/failure-messages.ts. */
export type FailureKind =
  | 'moderated'
  | 'invalid-input'
  | 'quota'
  /** The account of Echoes at the provider is empty, or its bill unpaid. */
  | 'out-of-funds'
  | 'auth'
  | 'not-found'
  | 'retryable'
  | 'bad-output'
  | 'unknown';

export interface ProviderFailure {
  kind: FailureKind;
  /** The provider's own code, for logs and admins. */
  code: string | null;
  /** For logs and admins, never for a person. */
  message: string;
  httpStatus?: number;
  /** The provider took nothing, and a request after this time may succeed. */
  retryAfterSeconds?: number;
}

/** `unknown`: the task may exist although no clear answer came, so the submit is not simply repeated. */
export type SubmitOutcome =
  | { outcome: 'accepted'; taskId: string }
  | { outcome: 'refused'; error: ProviderFailure }
  | { outcome: 'unknown'; error: ProviderFailure };

/**
 * `gone`: the provider knows no such task. `unreachable`: the poll had no result; the error is `bad-output` if the task has
 * succeeded and its video is missing.
 */
export type PollOutcome =
  | { outcome: 'state'; state: TaskState }
  | { outcome: 'gone' }
  | { outcome: 'unreachable'; error: ProviderFailure };

/**
 * The outcome of asking a provider to stop and delete a task. `canceled`: stopped, or its output is deleted. `requested`:
 * it will stop if it still can. `forgotten`: the record is deleted, the work may go on. `too-late`: it has ended and stays
 * until it expires. `unsupported`: the provider has no such request. `gone`: it knows no such task. `unreachable`: no
 * answer.
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

/** A webhook as it was received: `body` byte for byte, `now` in ms. */
export interface WebhookDelivery {
  headers: Headers;
  body: Uint8Array;
  now: number;
}

/** A genuine webhook is only a hint to poll. `taskIds` are the ids under which its task may be stored. */
export type WebhookVerdict =
  | { outcome: 'hint'; taskIds: readonly string[] }
  | { outcome: 'refused'; reason: 'unsigned' | 'stale' | 'forged' | 'malformed' | 'no-key' };

interface Webhook {
  /** True where every task has its own URL, which a webhook must then use. */
  isPerTask: boolean;
  verify(delivery: WebhookDelivery): Promise<WebhookVerdict>;
}

/** Days in UTC, as `2026-11-25`; `before` is exclusive. */
export interface Days {
  from: string;
  before: string;
}

/** An amount that a provider tells, in US cents. */
export type ToldAmount = { outcome: 'told'; cents: number } | { outcome: 'unreachable'; error: ProviderFailure };

/**
 * Whether a task can be stopped before its end. `queued`: only while it waits at the provider. `never`: what was sent goes on,
 * and is charged.
 */
export type CanStop = 'always' | 'queued' | 'never';

/** A film service behind one interface; the words of its own API stay inside its file. */
export interface VideoProvider {
  readonly id: string;
  readonly models: readonly Model[];
  readonly imageSources: ImageSources;
  /** The shortest time between two polls of one task. */
  readonly minPollSeconds: number;
  readonly canStop: CanStop;
  /** The kinds of failed tasks that it charges, where its answer does not tell the cost. */
  readonly charges: readonly FailureKind[];
  /** Null where the provider has no webhooks, or its secret is not set. */
  readonly webhook: Webhook | null;
  /** Sends exactly one request and never retries. */
  submit(request: SubmitRequest): Promise<SubmitOutcome>;
  poll(taskId: string): Promise<PollOutcome>;
  /** Asks the provider to stop a task, or to delete a finished one with its output. */
  cancel(taskId: string): Promise<CancelOutcome>;
  /** Opens a finished video; refuses a URL outside the provider's own hosts. */
  openOutput(url: string): Promise<OutputOutcome>;
  /** What it charged in these days; left out where its API does not say. */
  charged?(days: Days): Promise<ToldAmount>;
  /** What the account holds now; left out where its API does not say. */
  balance?(): Promise<ToldAmount>;
}
