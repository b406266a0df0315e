// Luma Dream Machine. Takes pictures by address only, tells no progress, and signs no callback.
import {
  type Answer,
  type Complaint,
  detailOf,
  failed,
  failure,
  field,
  kindOfText,
  parsed,
  pollOutcome,
  submitOutcome,
  textOf,
} from './answers';
import type { ImageSources, Model, TaskState, VideoProvider } from './video-provider';
import { createWire, priced, type WireOptions } from './wire';

const imageSources: ImageSources = { url: true, mostBytes: 0 };

/** Luma publishes neither prices nor a limit of words in its interface; the limit is ours. */
const models: readonly Model[] = ['ray-2', 'ray-flash-2'].map((id) => ({
  id,
  durations: [5, 9],
  ratios: { '9:16': '9:16', '16:9': '16:9', '1:1': '1:1' },
  maxPromptLength: 1000,
  costCents: priced(null),
}));

/** `key` is the API key (`luma-…`). */
export function createLuma({ key, ...rest }: Omit<WireOptions, 'headers'> & { key: string }): VideoProvider {
  const wire = createWire({ ...rest, headers: { Authorization: `Bearer ${key}` } });
  const at = (taskId: string) => `/generations/${encodeURIComponent(taskId)}`;

  return {
    id: 'luma',
    models,
    imageSources,
    minPollSeconds: 5,
    webhook: {
      isPerTask: true,
      // Unsigned: the address, which nobody else knows, is all the proof there is. So nothing but the name is read.
      async verify({ body }) {
        const id = taskIdOf(parsed(new TextDecoder().decode(body)));
        return id ? { outcome: 'hint', taskIds: [id] } : { outcome: 'refused', reason: 'malformed' };
      },
    },

    async submit({ model, image, prompt, shape, durationSeconds, webhookUrl }) {
      const problem = wire.pictureProblem(image, imageSources);
      if (problem || image.kind !== 'url')
        return { outcome: 'refused', error: problem ?? failure('invalid-input', 'picture-address', 'an address only') };
      const answer = await wire.call('POST', '/generations/video', {
        generation_type: 'video',
        model,
        prompt,
        aspect_ratio: shape,
        duration: `${durationSeconds}s`,
        resolution: '720p',
        keyframes: { frame0: { type: 'image', url: image.url } },
        ...(webhookUrl && wire.canReach(webhookUrl) ? { callback_url: webhookUrl } : {}),
      });
      return submitOutcome(answer, complaintOf(answer), taskIdOf(answer.body));
    },

    async poll(taskId) {
      const answer = await wire.call('GET', at(taskId));
      return pollOutcome(answer, complaintOf(answer), stateOf(answer.body));
    },

    // Deletes the record. Luma does not say that this stops the work.
    async cancel(taskId) {
      const { status } = await wire.call('DELETE', at(taskId));
      if (status === 404) return 'gone';
      return status >= 200 && status < 300 ? 'forgotten' : 'unreachable';
    },

    openOutput: (address) => wire.openOutput(address),
  };
}

function taskIdOf(body: unknown): string | null {
  const id = textOf(field(body, 'id'));
  return id && /^[\w-]{8,100}$/.test(id) ? id : null;
}

function complaintOf({ status, body }: Answer): Complaint {
  const { code, message } = detailOf(body);
  // Codes of Luma's own are not published: a bad request may be the picture, the words, or an empty account.
  return { kind: status === 400 || status === 403 ? kindOfText(message) : null, code, message };
}

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
