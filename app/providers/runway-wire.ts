// Runway's models, and the meaning of its statuses, errors and failure codes. Pure.
import { type Answer, type ErrorDetail, failure, field, refusalFrom, textOf, unexplained } from './answers';
import type { FailureKind, ImageSources, Model, ProviderFailure, TaskState } from './video-provider';
import { priced } from './wire';

export { mayHaveBeenTaken } from './answers';

/** Runway takes 5,242,880 characters of data URI, which hold three quarters of that in bytes. */
export const runwayImageSources: ImageSources = { url: true, mostBytes: 3_932_000 };

export const runwayRatios = { '9:16': '720:1280', '16:9': '1280:720', '1:1': '960:960' } as const;
const secondsFrom2To10 = [2, 3, 4, 5, 6, 7, 8, 9, 10] as const;

/** Prices are Runway's published credits per second; a credit is a cent. */
export const runwayModels = [model('gen4_turbo', 5), model('gen4.5', 12)] as const satisfies readonly Model[];

/** The failure of a request that Runway refused. */
export function refusalOf(answer: Answer): ProviderFailure {
  return refusalFrom(answer, errorDetailOf(answer));
}

export function errorDetailOf({ status, body }: Answer): ErrorDetail {
  const message = textOf(field(body, 'error')) ?? unexplained;
  if (status === 429) return { code: 'daily-quota', message };
  if (status === 400 && /enough credits/i.test(message)) return { kind: 'out-of-funds', code: 'credits', message };
  const issues = field(body, 'issues');
  const first = Array.isArray(issues) ? issues[0] : null;
  const path = field(first, 'path');
  const code = Array.isArray(path) ? `${String(field(first, 'code'))} ${path.join('.')}` : null;
  return { kind: status === 400 && /moderat|safety/i.test(message) ? 'moderated' : null, code, message };
}

/** The state of a Runway task; null for a body in an unknown form, which is polled again. */
export function stateOf(body: unknown): TaskState | null {
  const credits = field(body, 'cost', 'credits');
  const costCents = typeof credits === 'number' ? credits : null;
  switch (field(body, 'status')) {
    case 'PENDING':
      return { status: 'queued', throttled: false };
    case 'THROTTLED':
      return { status: 'queued', throttled: true };
    case 'RUNNING': {
      const progress = field(body, 'progress');
      const isShare = typeof progress === 'number' && progress >= 0 && progress <= 1;
      return { status: 'running', progress: isShare ? progress : null };
    }
    case 'SUCCEEDED': {
      const outputUrl = textOf(field(body, 'output', '0'));
      return outputUrl ? { status: 'succeeded', outputUrl, costCents } : null;
    }
    case 'FAILED': {
      const code = textOf(field(body, 'failureCode'));
      const message = textOf(field(body, 'failure')) ?? '';
      return { status: 'failed', error: failure(kindOf(code), code, message), costCents };
    }
    case 'CANCELLED':
      return { status: 'canceled' };
    default:
      return null;
  }
}

/** True if Runway says that the task has succeeded. */
export function isFinished(body: unknown): boolean {
  return field(body, 'status') === 'SUCCEEDED';
}

/** Credits used by the models of Echoes in all days of the answer; null for a body in an unknown form. */
export function centsUsed(body: unknown): number | null {
  const days = field(body, 'results');
  if (!Array.isArray(days)) return null;
  const used = days.flatMap((day) => {
    const ofDay = field(day, 'usedCredits');
    return Array.isArray(ofDay) ? ofDay : [null];
  });
  const amounts = used.map((one) => {
    const isOurs = runwayModels.some(({ id }) => id === field(one, 'model'));
    return isOurs || one === null ? field(one, 'amount') : 0;
  });
  return amounts.reduce<number | null>(
    (sum, amount) => (sum === null || typeof amount !== 'number' ? null : sum + amount),
    0,
  );
}

/** The account's balance, a credit being a cent; null for a body in an unknown form. */
export function centsLeft(body: unknown): number | null {
  const credits = field(body, 'creditBalance');
  return typeof credits === 'number' ? credits : null;
}

/** Runway's failure codes are an open set of dotted words; the beginning decides the kind. */
function kindOf(code: string | null): FailureKind {
  if (code === null) return 'retryable';
  if (/(^|\.)SAFETY(\.|$)/.test(code)) return 'moderated';
  if (/^INTERNAL\.BAD_OUTPUT(\.|$)/.test(code)) return 'bad-output';
  if (/^ASSET(\.|$)/.test(code)) return 'invalid-input';
  if (/^(INTERNAL|THIRD_PARTY|INPUT_PREPROCESSING\.INTERNAL)(\.|$)/.test(code)) return 'retryable';
  return 'unknown';
}

function model(id: string, centsPerSecond: number): Model {
  return {
    id,
    durations: secondsFrom2To10,
    ratios: runwayRatios,
    maxPromptLength: 1000,
    costCents: priced(centsPerSecond),
    isPricePublished: true,
  };
}
