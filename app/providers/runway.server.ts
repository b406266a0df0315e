// Runway; runway-wire.ts maps its answers.
import { nameIn, toldAmount } from './answers';
import {
  centsLeft,
  centsUsed,
  errorDetailOf,
  isFinished,
  runwayImageSources,
  runwayModels,
  runwayRatios,
  stateOf,
} from './runway-wire';
import type { VideoProvider } from './video-provider';
import { createWire, imageUri, type ProviderOptions } from './wire';

/** `secret` is the API secret; `outputHosts` are the hosts, with port, that finished videos are fetched from. */
export function createRunway({ secret, ...rest }: ProviderOptions & { secret: string }): VideoProvider {
  const wire = createWire({
    ...rest,
    errorDetailOf,
    headers: { Authorization: `Bearer ${secret}`, 'X-Runway-Version': '2024-11-06' },
  });
  const at = (taskId: string) => `/v1/tasks/${encodeURIComponent(taskId)}`;

  return {
    id: 'runway',
    models: runwayModels,
    imageSources: runwayImageSources,
    minPollSeconds: 5,
    canStop: 'always',
    // Runway tells the cost of each task that has ended; moderated ones cost as much as films.
    charges: ['moderated'],
    webhook: null,

    async submit({ model, image, prompt, shape, durationSeconds }) {
      const problem = wire.pictureProblem(image, runwayImageSources);
      if (problem) return { outcome: 'refused', error: problem };
      const requestBody = {
        model,
        promptImage: imageUri(image),
        promptText: prompt,
        ratio: runwayRatios[shape],
        duration: durationSeconds,
      };
      return wire.submit('/v1/image_to_video', requestBody, (body) => nameIn(body, ['id'], /^[\w-]{8,100}$/));
    },

    poll: (taskId) => wire.poll(at(taskId), stateOf, isFinished),
    cancel: (taskId) => wire.remove(at(taskId), 'canceled'),
    openOutput: (address) => wire.openOutput(address),

    async charged({ from, before }) {
      const answer = await wire.call('POST', '/v1/organization/usage', { startDate: from, beforeDate: before });
      return toldAmount(answer, errorDetailOf(answer), centsUsed(answer.body));
    },

    async balance() {
      const answer = await wire.call('GET', '/v1/organization');
      return toldAmount(answer, errorDetailOf(answer), centsLeft(answer.body));
    },
  };
}
