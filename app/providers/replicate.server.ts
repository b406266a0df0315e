// Replicate: outputs expire after an hour, data URIs are limited, webhooks are signed as Standard Webhooks.
import { failed, failure, field, kindOfText, nameIn, sentenceDetailOf, textOf } from './answers';
import type { ImageSources, Model, TaskState, VideoProvider } from './video-provider';
import { verdictOf, verifyStandardWebhook } from './webhook-signatures';
import { createWire, imageUri, type ProviderOptions, priced } from './wire';

/** A data URI may have 256 KB, which hold three quarters of that in bytes. */
const imageSources: ImageSources = { url: true, mostBytes: 196_000 };

/**
 * The video takes the picture's ratio. Replicate's API description has no prices, so this is an estimate for the
 * model's standard mode, which could not be checked against Replicate's own text.
 */
const models: readonly Model[] = [
  {
    id: 'kwaivgi/kling-v2.1',
    durations: [5, 10],
    ratios: { '9:16': null, '16:9': null, '1:1': null },
    maxPromptLength: 1000,
    costCents: priced(5),
    isPricePublished: false,
  },
];

/** `token` is the API token (`r8_…`); without `webhookSecret` (`whsec_…`) submits ask for no webhook. */
export function createReplicate({
  token,
  webhookSecret,
  ...rest
}: ProviderOptions & { token: string; webhookSecret?: string | undefined }): VideoProvider {
  const wire = createWire({
    ...rest,
    headers: { Authorization: `Bearer ${token}` },
    errorDetailOf: (answer) => ({ ...sentenceDetailOf(answer, [400, 422]), retryAfterSeconds: secondsIn(answer.body) }),
  });
  const at = (taskId: string) => `/predictions/${encodeURIComponent(taskId)}`;

  return {
    id: 'replicate',
    models,
    imageSources,
    minPollSeconds: 5,
    canStop: 'always',
    // A model with a price per video bills results; what it withholds may count as one.
    charges: ['moderated'],
    webhook: webhookSecret
      ? {
          isPerTask: true,
          verify: async (delivery) =>
            verdictOf(await verifyStandardWebhook({ ...delivery, secret: webhookSecret }), delivery.body, (told) => [
              taskIdOf(told),
            ]),
        }
      : null,

    async submit({ model, image, prompt, durationSeconds, webhookUrl }) {
      const problem = wire.pictureProblem(image, imageSources);
      if (problem) return { outcome: 'refused', error: problem };
      const isTold = webhookSecret && webhookUrl && wire.canReach(webhookUrl);
      const requestBody = {
        input: { mode: 'standard', prompt, start_image: imageUri(image), duration: durationSeconds },
        ...(isTold ? { webhook: webhookUrl, webhook_events_filter: ['completed'] } : {}),
      };
      return wire.submit(`/models/${model}/predictions`, requestBody, taskIdOf);
    },

    poll: (taskId) => wire.poll(at(taskId), stateOf, isFinished),

    async cancel(taskId) {
      const { status, body } = await wire.call('POST', `${at(taskId)}/cancel`);
      if (status === 404) return 'gone';
      if (status !== 200) return 'unreachable';
      const now = stateOf(body)?.status;
      if (now === 'canceled') return 'canceled';
      return now === 'succeeded' || now === 'failed' ? 'too-late' : 'requested';
    },

    openOutput: (address) => wire.openOutput(address),
  };
}

const taskIdOf = (body: unknown) => nameIn(body, ['id'], /^[a-z0-9]{8,64}$/);

/** Replicate says in the body when it takes the next request. */
function secondsIn(body: unknown): number | null {
  const seconds = field(body, 'retry_after');
  return typeof seconds === 'number' ? seconds : null;
}

const isFinished = (body: unknown) => field(body, 'status') === 'succeeded';

function stateOf(body: unknown): TaskState | null {
  switch (field(body, 'status')) {
    case 'starting':
      return { status: 'queued', throttled: false };
    case 'processing':
      return { status: 'running', progress: null };
    case 'succeeded': {
      const output = field(body, 'output');
      const outputUrl = textOf(Array.isArray(output) ? output[0] : output);
      if (outputUrl) return { status: 'succeeded', outputUrl, costCents: null };
      const isRemoved = field(body, 'data_removed') === true;
      return isRemoved ? failed(failure('not-found', 'data_removed', 'the film was removed after an hour')) : null;
    }
    case 'failed': {
      const message = textOf(field(body, 'error')) ?? '';
      return failed(failure(kindOfText(message) ?? 'unknown', null, message));
    }
    // `aborted`: ended before it began.
    case 'canceled':
    case 'aborted':
      return { status: 'canceled' };
    default:
      return null;
  }
}
