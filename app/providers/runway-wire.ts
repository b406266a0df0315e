// Runway's words in ours: its models, and what each status, error and failure code means. Pure.
import type { FailureKind, Model, ProviderFailure, SubmitRequest, TaskState } from './video-provider';

/** Runway's own limit for a picture that travels inside the request, counted in characters of the whole string. */
export const maxDataUriLength = 5_242_880;

export const runwayRatios = { '9:16': '720:1280', '16:9': '1280:720', '1:1': '960:960' } as const;
const secondsFrom2To10 = [2, 3, 4, 5, 6, 7, 8, 9, 10] as const;

/** Prices are Runway's published credits for each second, a cent a credit. */
export const runwayModels = [model('gen4_turbo', 5), model('gen4.5', 12)] as const satisfies readonly Model[];

/** Status 0: no answer came. */
export type Answer = { status: number; headers: Headers; body: unknown; problem?: string };

/** Only an answer that refuses clearly is a refusal; after anything else the task may exist. */
export function mayHaveBeenTaken(status: number): boolean {
  return status === 0 || (status >= 200 && status < 300) || status === 408 || status === 409 || status >= 500;
}

export function refusalOf(answer: Answer): ProviderFailure {
  const text = String(field(answer.body, 'error') ?? '');
  switch (answer.status) {
    case 400:
      if (/enough credits/i.test(text)) return { ...failureOf(answer, 'quota'), code: 'credits' };
      return failureOf(answer, /moderat|safety/i.test(text) ? 'moderated' : 'invalid-input');
    case 401:
    case 403:
      return failureOf(answer, 'auth');
    case 404:
    case 405:
      return failureOf(answer, 'not-found');
    case 413:
    case 422:
      return failureOf(answer, 'invalid-input');
    case 429:
      return { ...failureOf(answer, 'quota'), code: 'daily-quota', retryAfterSeconds: retryAfter(answer) ?? 60 };
    default:
      return failureOf(answer, 'unknown');
  }
}

export function failureOf(answer: Answer, kind: FailureKind): ProviderFailure {
  const issues = field(answer.body, 'issues');
  const first = Array.isArray(issues) ? issues[0] : null;
  const path = field(first, 'path');
  const text = answer.problem ?? field(answer.body, 'error') ?? 'an answer that is not understood';
  const retryAfterSeconds = retryAfter(answer);
  return {
    kind,
    code: Array.isArray(path) ? `${String(field(first, 'code'))} ${path.join('.')}` : null,
    message: String(text).slice(0, 500),
    ...(answer.status > 0 ? { httpStatus: answer.status } : {}),
    ...(retryAfterSeconds === null ? {} : { retryAfterSeconds }),
  };
}

function retryAfter({ headers }: Answer): number | null {
  const seconds = Number(headers.get('Retry-After') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 3600) : null;
}

/** Runway's task in our words; null for a form we do not know, which is then asked for again. */
export function stateOf(body: unknown): TaskState | null {
  const credits = field(field(body, 'cost'), 'credits');
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
      const output = field(body, 'output');
      const outputUrl = Array.isArray(output) ? output[0] : null;
      return typeof outputUrl === 'string' ? { status: 'succeeded', outputUrl, costCents } : null;
    }
    case 'FAILED': {
      const given = field(body, 'failureCode');
      const code = typeof given === 'string' ? given : null;
      const message = String(field(body, 'failure') ?? '').slice(0, 500);
      return { status: 'failed', error: { kind: kindOf(code), code, message }, costCents };
    }
    case 'CANCELLED':
      return { status: 'canceled' };
    default:
      return null;
  }
}

/** Runway's failure codes are an open set of dotted words; what begins alike means alike. */
function kindOf(code: string | null): FailureKind {
  if (code === null) return 'retryable';
  if (/(^|\.)SAFETY(\.|$)/.test(code)) return 'moderated';
  if (/^INTERNAL\.BAD_OUTPUT(\.|$)/.test(code)) return 'bad-output';
  if (/^ASSET(\.|$)/.test(code)) return 'invalid-input';
  if (/^(INTERNAL|THIRD_PARTY|INPUT_PREPROCESSING\.INTERNAL)(\.|$)/.test(code)) return 'retryable';
  return 'unknown';
}

function model(id: string, centsPerSecond: number): Model {
  const costCents = (durationSeconds: number) => durationSeconds * centsPerSecond;
  return { id, durations: secondsFrom2To10, ratios: runwayRatios, maxPromptLength: 1000, costCents };
}

export function imageOf(image: SubmitRequest['image']): string {
  if (image.kind === 'url') return image.url;
  return `data:${image.contentType};base64,${Buffer.from(image.bytes).toString('base64')}`;
}

export function field(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A failure we found ourselves. */
export function failure(kind: FailureKind, code: string | null, message: string): ProviderFailure {
  return { kind, code, message: message.slice(0, 500) };
}
