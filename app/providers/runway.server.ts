// Runway. What its words mean is in runway-wire.ts.
import { field, pollOutcome, submitOutcome, textOf } from './answers';
import { complaintOf, runwayImageSources, runwayModels, runwayRatios, stateOf } from './runway-wire';
import type { VideoProvider } from './video-provider';
import { createWire, imageUri, type WireOptions } from './wire';

/** `secret` is the API secret; `outputHosts` are hosts with port that finished videos may be fetched from. */
export function createRunway({ secret, ...rest }: Omit<WireOptions, 'headers'> & { secret: string }): VideoProvider {
  const wire = createWire({
    ...rest,
    headers: { Authorization: `Bearer ${secret}`, 'X-Runway-Version': '2024-11-06' },
  });
  const at = (taskId: string) => `/v1/tasks/${encodeURIComponent(taskId)}`;

  return {
    id: 'runway',
    models: runwayModels,
    imageSources: runwayImageSources,
    minPollSeconds: 5,
    webhook: null,

    async submit({ model, image, prompt, shape, durationSeconds }) {
      const problem = wire.pictureProblem(image, runwayImageSources);
      if (problem) return { outcome: 'refused', error: problem };
      const answer = await wire.call('POST', '/v1/image_to_video', {
        model,
        promptImage: imageUri(image),
        promptText: prompt,
        ratio: runwayRatios[shape],
        duration: durationSeconds,
      });
      const id = textOf(field(answer.body, 'id'));
      return submitOutcome(answer, complaintOf(answer), id && /^[\w-]{8,100}$/.test(id) ? id : null);
    },

    async poll(taskId) {
      const answer = await wire.call('GET', at(taskId));
      return pollOutcome(answer, complaintOf(answer), stateOf(answer.body));
    },

    async cancel(taskId) {
      const { status } = await wire.call('DELETE', at(taskId));
      if (status === 404) return 'gone';
      return status >= 200 && status < 300 ? 'canceled' : 'unreachable';
    },

    openOutput: (address) => wire.openOutput(address),
  };
}
