// Reads providers' HTTP answers, whose bodies may be anything, and maps them to outcomes. Pure.
import type { FailureKind, PollOutcome, ProviderFailure, SubmitOutcome, TaskState, ToldAmount } from './video-provider';

/** An HTTP answer. Status 0: none came. `problem` says why `body` is no JSON. */
export type Answer = { status: number; headers: Headers; body: unknown; problem?: string };

/** The error that an unsuccessful answer holds. */
export interface ErrorDetail {
  /** Set where the body is clearer than the status. */
  kind?: FailureKind | null;
  code: string | null;
  message: string;
  /** A later request would be refused too, although the status is 429. */
  isFinal?: boolean;
  /** The body's own Retry-After, used where no header has one. */
  retryAfterSeconds?: number | null;
}

/** True unless the answer is a clear refusal: the task may exist. */
export function mayHaveBeenTaken(status: number): boolean {
  const isUnclear = status === 0 || status === 408 || status === 409 || status === 499;
  return isUnclear || (status >= 200 && status < 300) || status >= 500;
}

/** The outcome of a submit. `taskId` is the one in the answer, or null. */
export function submitOutcome(answer: Answer, detail: ErrorDetail, taskId: string | null): SubmitOutcome {
  const isAccepted = answer.status >= 200 && answer.status < 300 && taskId !== null;
  if (isAccepted) return { outcome: 'accepted', taskId };
  return mayHaveBeenTaken(answer.status)
    ? { outcome: 'unknown', error: failureOf(answer, detail, 'retryable') }
    : { outcome: 'refused', error: refusalFrom(answer, detail) };
}

/**
 * The outcome of a poll. `state` is null for a body in an unknown form, which is polled again. `isFinished`: such a body
 * says that the task has succeeded, so only the video is missing.
 */
export function pollOutcome(
  answer: Answer,
  detail: ErrorDetail,
  state: TaskState | null,
  isFinished = false,
): PollOutcome {
  if (answer.status === 404) return { outcome: 'gone' };
  if (answer.status === 200 && state) return { outcome: 'state', state };
  if (answer.status === 200 && isFinished) {
    const error = failureOf(answer, { code: 'no-film', message: 'the task has ended without a film' }, 'bad-output');
    return { outcome: 'unreachable', error };
  }
  const isLockedOut = answer.status === 401 || answer.status === 403;
  return { outcome: 'unreachable', error: failureOf(answer, detail, isLockedOut ? 'auth' : 'retryable') };
}

/** The failure of a refused request. A 429 or a temporary fault may be retried after a minute if the answer names no time. */
export function refusalFrom(answer: Answer, detail: ErrorDetail): ProviderFailure {
  const error = failureOf(answer, detail, detail.kind ?? kindOfStatus(answer.status));
  const mayComeAgain = (answer.status === 429 || error.kind === 'retryable') && !detail.isFinal;
  return mayComeAgain ? { retryAfterSeconds: 60, ...error } : error;
}

/** The outcome of asking for an amount. `cents` is the one in the answer, or null. */
export function toldAmount(answer: Answer, detail: ErrorDetail, cents: number | null): ToldAmount {
  return answer.status === 200 && cents !== null
    ? { outcome: 'told', cents }
    : { outcome: 'unreachable', error: refusalFrom(answer, detail) };
}

function kindOfStatus(status: number): FailureKind {
  if (status === 401 || status === 403) return 'auth';
  if (status === 402) return 'out-of-funds';
  if (status === 429) return 'quota';
  if (status === 404 || status === 405) return 'not-found';
  if (status === 400 || status === 413 || status === 415 || status === 422) return 'invalid-input';
  return 'unknown';
}

function failureOf(
  answer: Answer,
  { code, message, retryAfterSeconds }: ErrorDetail,
  kind: FailureKind,
): ProviderFailure {
  const seconds = Number(answer.headers.get('Retry-After') ?? retryAfterSeconds ?? Number.NaN);
  return {
    ...failure(kind, code, answer.problem ?? message),
    ...(answer.status > 0 ? { httpStatus: answer.status } : {}),
    ...(Number.isFinite(seconds) && seconds >= 0 ? { retryAfterSeconds: Math.min(seconds, 3600) } : {}),
  };
}

/** A failure found by Echoes, or the one that a task ended with. */
export function failure(kind: FailureKind, code: string | null, message: string): ProviderFailure {
  return { kind, code, message: message.slice(0, 500) };
}

/** A failed task whose price is unknown. */
export function failed(error: ProviderFailure): TaskState {
  return { status: 'failed', error, costCents: null };
}

/** The kind of failure that an error sentence means, for providers without codes; null where it is unclear. */
export function kindOfText(text: string): FailureKind | null {
  if (/moderat|safety|nsfw|sensitive|flagged|policy|prohibited|\bE005\b/i.test(text)) return 'moderated';
  if (/credit|balance|billing|\bspend|payment|top.?up/i.test(text)) return 'out-of-funds';
  if (/quota|exhausted/i.test(text)) return 'quota';
  if (/api key|unauthori[sz]ed|unauthenticated|permission/i.test(text)) return 'auth';
  if (
    /invalid|unsupported|(could not|failed to) (read|load|fetch|download|access)|inaccessible|too (large|small)/i.test(
      text,
    )
  )
    return 'invalid-input';
  if (/interrupted|timed? ?out|timeout|internal|out of memory|unavailable|overloaded|dispatch|try again/i.test(text))
    return 'retryable';
  return null;
}

/** The `detail` of an error body, which is a sentence or a list of invalid fields. */
export function detailOf(body: unknown): { code: string | null; message: string } {
  const detail = field(body, 'detail');
  const first = Array.isArray(detail) ? detail[0] : null;
  const path = field(first, 'loc');
  const message = textOf(field(first, 'msg')) ?? textOf(detail) ?? textOf(field(body, 'title')) ?? unexplained;
  const type = textOf(field(first, 'type'));
  return { code: type, message: Array.isArray(path) ? `${path.join('.')}: ${message}` : message };
}

/** The error of a body without codes. At `vagueStatuses` its sentence decides the kind. */
export function sentenceDetailOf({ status, body }: Answer, vagueStatuses: readonly number[]): ErrorDetail {
  const { code, message } = detailOf(body);
  return { kind: vagueStatuses.includes(status) ? kindOfText(message) : null, code, message };
}

/** The task's id at this path of a body, or null if it has not this form. */
export function nameIn(body: unknown, path: readonly string[], form: RegExp): string | null {
  const name = textOf(field(body, ...path));
  return name && form.test(name) ? name : null;
}

export const unexplained = 'an answer that is not understood';

export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

export function field(body: unknown, ...path: readonly string[]): unknown {
  let value = body;
  for (const name of path)
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return value;
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
