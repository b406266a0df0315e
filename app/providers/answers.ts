// Answers of providers, which may be anything: what they hold, and what their statuses mean. Pure.
import type { FailureKind, PollOutcome, ProviderFailure, SubmitOutcome, TaskState } from './video-provider';

/** Status 0: no answer came. `problem` says why there is no JSON. */
export type Answer = { status: number; headers: Headers; body: unknown; problem?: string };

/** What a provider says in an answer that is no success. */
export interface Complaint {
  /** Where it is clearer than the status. */
  kind?: FailureKind | null;
  code: string | null;
  message: string;
  /** Waiting does not help, though the status says "too many". */
  isFinal?: boolean;
  /** When it may be asked again, where the body says it and no header does. */
  retryAfterSeconds?: number | null;
}

/** Only an answer that refuses clearly is a refusal; after anything else the task may exist. */
export function mayHaveBeenTaken(status: number): boolean {
  const isUnclear = status === 0 || status === 408 || status === 409 || status === 499;
  return isUnclear || (status >= 200 && status < 300) || status >= 500;
}

/** What came of a request for a film. `taskId` is the one in the answer, if there is one. */
export function submitOutcome(answer: Answer, complaint: Complaint, taskId: string | null): SubmitOutcome {
  const isAccepted = answer.status >= 200 && answer.status < 300 && taskId !== null;
  if (isAccepted) return { outcome: 'accepted', taskId };
  return mayHaveBeenTaken(answer.status)
    ? { outcome: 'unknown', error: failureOf(answer, complaint, 'retryable') }
    : { outcome: 'refused', error: refusalFrom(answer, complaint) };
}

/**
 * What came of a question about a task. `state` is null for a form we do not know, which is then asked for again; where
 * it says all the same that the task has ended well (`isFinished`), the film is missing, which asking on may not mend.
 */
export function pollOutcome(
  answer: Answer,
  complaint: Complaint,
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
  return { outcome: 'unreachable', error: failureOf(answer, complaint, isLockedOut ? 'auth' : 'retryable') };
}

/** A refusal in our words. What was too much, or came at a bad moment, may come again, where nothing says otherwise. */
export function refusalFrom(answer: Answer, complaint: Complaint): ProviderFailure {
  const error = failureOf(answer, complaint, complaint.kind ?? kindOfStatus(answer.status));
  const mayComeAgain = (answer.status === 429 || error.kind === 'retryable') && !complaint.isFinal;
  return mayComeAgain ? { retryAfterSeconds: 60, ...error } : error;
}

function kindOfStatus(status: number): FailureKind {
  if (status === 401 || status === 403) return 'auth';
  if (status === 402 || status === 429) return 'quota';
  if (status === 404 || status === 405) return 'not-found';
  if (status === 400 || status === 413 || status === 415 || status === 422) return 'invalid-input';
  return 'unknown';
}

function failureOf(
  answer: Answer,
  { code, message, retryAfterSeconds }: Complaint,
  kind: FailureKind,
): ProviderFailure {
  const seconds = Number(answer.headers.get('Retry-After') ?? retryAfterSeconds ?? Number.NaN);
  return {
    ...failure(kind, code, answer.problem ?? message),
    ...(answer.status > 0 ? { httpStatus: answer.status } : {}),
    ...(Number.isFinite(seconds) && seconds >= 0 ? { retryAfterSeconds: Math.min(seconds, 3600) } : {}),
  };
}

/** A failure that we found ourselves, or that a task ended with. */
export function failure(kind: FailureKind, code: string | null, message: string): ProviderFailure {
  return { kind, code, message: message.slice(0, 500) };
}

/** A task that ended in failure, at a price that is not told. */
export function failed(error: ProviderFailure): TaskState {
  return { status: 'failed', error, costCents: null };
}

/** What providers without codes mean, as far as their sentences tell; null where they do not. */
export function kindOfText(text: string): FailureKind | null {
  if (/moderat|safety|nsfw|sensitive|flagged|policy|prohibited|\bE005\b/i.test(text)) return 'moderated';
  if (/credit|balance|billing|\bspend|quota|exhausted|payment/i.test(text)) return 'quota';
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

/** `detail` of an error body: a sentence, or a list of what is wrong with which field. */
export function detailOf(body: unknown): { code: string | null; message: string } {
  const detail = field(body, 'detail');
  const first = Array.isArray(detail) ? detail[0] : null;
  const path = field(first, 'loc');
  const message = textOf(field(first, 'msg')) ?? textOf(detail) ?? textOf(field(body, 'title')) ?? unexplained;
  const type = textOf(field(first, 'type'));
  return { code: type, message: Array.isArray(path) ? `${path.join('.')}: ${message}` : message };
}

/** A complaint made of sentences. At `vagueStatuses`, which may mean anything, the sentence decides what it is. */
export function sentenceOf({ status, body }: Answer, vagueStatuses: readonly number[]): Complaint {
  const { code, message } = detailOf(body);
  return { kind: vagueStatuses.includes(status) ? kindOfText(message) : null, code, message };
}

/** A task's name at this place of a body, if it has the form that names have. */
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
