// fal's queue: a task is named by the path in fal's answer, and a failure shows only in the result.
import { readLimited } from '~/http';
import {
  type Answer,
  detailOf,
  type ErrorDetail,
  failed,
  failure,
  field,
  kindOfText,
  nameIn,
  parsed,
  pollOutcome,
  refusalFrom,
  textOf,
  unexplained,
} from './answers';
import type {
  CancelOutcome,
  FailureKind,
  ImageSources,
  Model,
  PollOutcome,
  ProviderFailure,
  VideoProvider,
} from './video-provider';
import { verdictOf, verifyFalWebhook } from './webhook-signatures';
import { createWire, imageUri, type ProviderOptions, priced } from './wire';

/** fal documents no limit for data URIs; this one is ours. */
const imageSources: ImageSources = { url: true, mostBytes: 4_000_000 };

/** The video takes the picture's ratio. Prices are estimates: fal tells them to holders of a key, and others report these. */
const kling = { durations: [5, 10], ratios: { '9:16': null, '16:9': null, '1:1': null }, maxPromptLength: 2000 };
const estimate = (centsPerSecond: number) => ({ costCents: priced(centsPerSecond), isPricePublished: false });
const models: readonly Model[] = [
  { id: 'fal-ai/kling-video/v2.5-turbo/pro/image-to-video', ...kling, ...estimate(7) },
  { id: 'fal-ai/kling-video/v2.1/standard/image-to-video', ...kling, ...estimate(5.6) },
];

const forgetting = { 'x-fal-object-lifecycle-preference': '{"expiration_duration_seconds":86400}' };

/** `baseUrl` is the queue's URL; `jwksUrl` has the keys that sign its webhooks. */
export function createFal({
  key,
  jwksUrl,
  ...rest
}: ProviderOptions & { key: string; jwksUrl: string }): VideoProvider {
  const { baseUrl, fetch } = rest;
  const wire = createWire({ ...rest, headers: { Authorization: `Key ${key}` }, errorDetailOf });

  /** The task's path below `baseUrl`, so that the key is never sent to another host. */
  function taskIdOf(body: unknown, modelId: string): string | null {
    const requestId = nameIn(body, ['request_id'], /^[\w-]{8,100}$/);
    if (!requestId) return null;
    const path = textOf(field(body, 'response_url'))?.replace(`${baseUrl}/`, '') ?? '';
    const isOwn = /^[\w.-]+\/[\w.-]+(\/[\w.-]+)*\/requests\/[\w-]+$/.test(path) && path.endsWith(`/${requestId}`);
    return isOwn && !path.includes('..') ? path : taskName(modelId, requestId);
  }

  /** Reads the result. `told` is the failure that the status named; the result's own error counts more. */
  async function result(taskId: string, told: ProviderFailure | null): Promise<PollOutcome> {
    const answer = await wire.call('GET', `/${taskId}`);
    const outputUrl = textOf(field(answer.body, 'video', 'url'));
    if (answer.status === 200 && outputUrl)
      return { outcome: 'state', state: { status: 'succeeded', outputUrl, costCents: null } };
    const detail = errorDetailOf(answer);
    // Only an error in fal's own form is about the task; a proxy's page or a refused key is not.
    const isOfTheTask =
      field(answer.body, 'detail') !== undefined && ![200, 401, 403, 404, 429].includes(answer.status);
    if (isOfTheTask) return ended(refusalFrom(answer, detail));
    const isJson = answer.problem === undefined;
    const isMissing = answer.status === 404 || (answer.status === 200 && isJson);
    return told && isMissing ? ended(told) : pollOutcome(answer, detail, null, isJson);
  }

  return {
    id: 'fal',
    models,
    imageSources,
    minPollSeconds: 5,
    // A running task is stopped by best effort only. fal bills no 5xx; of what it withholds it does not say.
    canStop: 'queued',
    charges: ['moderated'],
    webhook: {
      isPerTask: true,
      async verify(delivery) {
        const signed = await verifyFalWebhook({ ...delivery, fetchKeys: () => fetchKeys({ jwksUrl, fetch }) });
        const signedId = delivery.headers.get('X-Fal-Webhook-Request-Id') ?? '';
        return verdictOf(signed, delivery.body, (told) =>
          field(told, 'request_id') === signedId ? models.map((one) => taskName(one.id, signedId)) : [],
        );
      },
    },

    async submit({ model: modelId, image, prompt, durationSeconds, webhookUrl }) {
      const problem = wire.pictureProblem(image, imageSources);
      if (problem) return { outcome: 'refused', error: problem };
      const told = webhookUrl && wire.canReach(webhookUrl) ? `?fal_webhook=${encodeURIComponent(webhookUrl)}` : '';
      const input = { prompt, image_url: imageUri(image), duration: String(durationSeconds) };
      return wire.submit(`/${modelId}${told}`, input, (body) => taskIdOf(body, modelId), forgetting);
    },

    async poll(taskId) {
      const answer = await wire.call('GET', `/${taskId}/status?logs=0`);
      const status = answer.status === 200 || answer.status === 202 ? field(answer.body, 'status') : null;
      if (status === 'IN_QUEUE') return { outcome: 'state', state: { status: 'queued', throttled: false } };
      if (status === 'IN_PROGRESS') return { outcome: 'state', state: { status: 'running', progress: null } };
      if (status !== 'COMPLETED') return pollOutcome(answer, errorDetailOf(answer), null);
      const told = failureIn(answer.body);
      return told?.code && kindOfType.has(told.code) ? ended(told) : result(taskId, told);
    },

    async cancel(taskId) {
      const { status, body } = await wire.call('PUT', `/${taskId}/cancel`);
      if (status === 404) return 'gone';
      return cancelWords[String(field(body, 'status'))] ?? 'unreachable';
    },

    openOutput: (address) => wire.openOutput(address),
  };
}

const cancelWords: Readonly<Record<string, CancelOutcome>> = {
  OK: 'canceled',
  CANCELLATION_REQUESTED: 'requested',
  ALREADY_COMPLETED: 'too-late',
  NOT_FOUND: 'gone',
};

/** The path of a task: owner and alias of the endpoint, without the rest of its name. */
function taskName(modelId: string, requestId: string): string {
  return `${modelId.split('/').slice(0, 2).join('/')}/requests/${requestId}`;
}

/** The kind that each error type means without an HTTP status. */
const kindOfType: ReadonlyMap<string, FailureKind> = new Map([
  // A model without an output has mostly withheld it; sending the picture again would count against the account.
  ['content_policy_violation', 'moderated'],
  ['no_media_generated', 'moderated'],
  ['request_timeout', 'retryable'],
  ['startup_timeout', 'retryable'],
  ['runner_scheduling_failure', 'retryable'],
  ['runner_connection_timeout', 'retryable'],
  ['runner_disconnected', 'retryable'],
  ['runner_connection_refused', 'retryable'],
  ['runner_connection_error', 'retryable'],
  ['runner_incomplete_response', 'retryable'],
  ['runner_server_error', 'retryable'],
  ['internal_error', 'retryable'],
  ['bad_request', 'invalid-input'],
  ['client_disconnected', 'unknown'],
  ['client_cancelled', 'unknown'],
]);

/** The failure that a finished task's status may name, or null. */
function failureIn(status: unknown): ProviderFailure | null {
  const code = textOf(field(status, 'error_type'));
  const error = textOf(field(status, 'error'));
  if (code === null && error === null) return null;
  const message = error ?? unexplained;
  return failure(kindOfType.get(code ?? '') ?? kindOfText(message) ?? 'unknown', code, message);
}

function ended(error: ProviderFailure): PollOutcome {
  return { outcome: 'state', state: error.code === 'client_cancelled' ? { status: 'canceled' } : failed(error) };
}

/** Errors of models have a type, errors of the queue an `error_type`; sentences may change and are not used for these. */
function errorDetailOf({ status, headers, body }: Answer): ErrorDetail {
  const detail = detailOf(body);
  const code = textOf(field(body, 'error_type')) ?? headers.get('X-Fal-Error-Type') ?? detail.code;
  return { kind: kindOf({ status, headers, code, message: detail.message }), code, message: detail.message };
}

function kindOf({
  status,
  headers,
  code,
  message,
}: Pick<Answer, 'status' | 'headers'> & { code: string | null; message: string }): FailureKind | null {
  if (kindOfType.get(code ?? '') === 'moderated') return 'moderated';
  if (status >= 500 || headers.get('X-Fal-Retryable') === 'true') return 'retryable';
  const mayBeBroke = status === 400 || status === 403;
  return mayBeBroke && kindOfText(message) === 'out-of-funds' ? 'out-of-funds' : null;
}

async function fetchKeys({ jwksUrl, fetch }: { jwksUrl: string; fetch: typeof globalThis.fetch }): Promise<unknown> {
  // Cached at the edge for an hour (a day is allowed), so that many webhooks cause few requests.
  const response = await fetch(jwksUrl, {
    cf: { cacheTtl: 3600, cacheEverything: true },
    redirect: 'manual',
    signal: AbortSignal.timeout(5_000),
  } as RequestInit);
  const bytes = response.status === 200 ? await readLimited(response, 64 * 1024) : null;
  return bytes && field(parsed(new TextDecoder().decode(bytes)), 'keys');
}
