// Luma Dream Machine: takes pictures by URL only, reports no progress, and signs no webhook.
import { failed, failure, field, kindOfText, nameIn, sentenceDetailOf, textOf, toldAmount } from './answers';
import type { ImageSources, Model, TaskState, VideoProvider } from './video-provider';
import { verdictOf } from './webhook-signatures';
import { createWire, type ProviderOptions, priced } from './wire';

const imageSources: ImageSources = { url: true, mostBytes: 0 };

/**
 * Luma's API description has no prices, so these are estimates for 720p: others report 8 to 14.2 US cents a second for ray-2 and
 * 3.7 to 4.8 for ray-flash-2, and the highest is taken, so that a budget holds. Luma publishes no limit of the prompt; this
 * one is ours.
 */
const models: readonly Model[] = [
  { id: 'ray-2', centsPerSecond: 14.2 },
  { id: 'ray-flash-2', centsPerSecond: 4.8 },
].map(({ id, centsPerSecond }) => ({
  id,
  durations: [5, 9],
  ratios: { '9:16': '9:16', '16:9': '16:9', '1:1': '1:1' },
  maxPromptLength: 1000,
  costCents: priced(centsPerSecond),
  isPricePublished: false,
}));

/** `key` is the API key (`luma-…`). */
export function createLuma({ key, ...rest }: ProviderOptions & { key: string }): VideoProvider {
  const wire = createWire({
    ...rest,
    headers: { Authorization: `Bearer ${key}` },
    // Luma has no error codes: a 400 may be about the picture, the prompt or an empty account.
    errorDetailOf: (answer) => sentenceDetailOf(answer, [400, 403]),
  });
  const at = (taskId: string) => `/generations/${encodeURIComponent(taskId)}`;

  return {
    id: 'luma',
    models,
    imageSources,
    minPollSeconds: 5,
    // Deleting the record is not documented to stop the work.
    canStop: 'never',
    // Luma does not say what it charges; an estimate is rather too high than too low.
    charges: ['moderated'],
    webhook: {
      isPerTask: true,
      // Unsigned: the secret URL is the only proof, so only the task's id is read.
      verify: async ({ body }) => verdictOf('ok', body, (told) => [taskIdOf(told)]),
    },

    async submit({ model, image, prompt, shape, durationSeconds, webhookUrl }) {
      const problem = wire.pictureProblem(image, imageSources);
      if (problem || image.kind !== 'url')
        return { outcome: 'refused', error: problem ?? failure('invalid-input', 'picture-address', 'an address only') };
      const requestBody = {
        generation_type: 'video',
        model,
        prompt,
        aspect_ratio: shape,
        duration: `${durationSeconds}s`,
        resolution: '720p',
        keyframes: { frame0: { type: 'image', url: image.url } },
        ...(webhookUrl && wire.canReach(webhookUrl) ? { callback_url: webhookUrl } : {}),
      };
      return wire.submit('/generations/video', requestBody, taskIdOf);
    },

    poll: (taskId) => wire.poll(at(taskId), stateOf, isFinished),
    // Luma does not document that deleting the record stops the work.
    cancel: (taskId) => wire.remove(at(taskId), 'forgotten'),
    openOutput: (address) => wire.openOutput(address),

    async balance() {
      const answer = await wire.call('GET', '/credits');
      const cents = field(answer.body, 'credit_balance');
      return toldAmount(answer, sentenceDetailOf(answer, []), typeof cents === 'number' ? cents : null);
    },
  };
}

const taskIdOf = (body: unknown) => nameIn(body, ['id'], /^[\w-]{8,100}$/);

const isFinished = (body: unknown) => field(body, 'state') === 'completed';

function stateOf(body: unknown): TaskState | null {
  switch (field(body, 'state')) {
    case 'queued':
      return { status: 'queued', throttled: false };
    case 'dreaming':
      return { status: 'running', progress: null };
    case 'completed': {
      const outputUrl = textOf(field(body, 'assets', 'video'));
      return outputUrl ? { status: 'succeeded', outputUrl, costCents: null } : null;
    }
    case 'failed': {
      const reason = textOf(field(body, 'failure_reason')) ?? '';
      return failed(failure(kindOfText(reason) ?? 'unknown', null, reason));
    }
    default:
      return null;
  }
}
