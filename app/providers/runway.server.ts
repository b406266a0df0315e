// Runway over plain fetch: no SDK, since that sends a lost POST again by itself. What its words mean is in runway-wire.ts.
import {
  type Answer,
  failure,
  failureOf,
  field,
  imageOf,
  maxDataUriLength,
  mayHaveBeenTaken,
  parsed,
  refusalOf,
  runwayModels,
  runwayRatios,
  stateOf,
} from './runway-wire';
import type { PollOutcome, SubmitOutcome, SubmitRequest, VideoProvider } from './video-provider';

const version = '2024-11-06';
const requestMilliseconds = 30_000;
const outputMilliseconds = 300_000;

/** `outputHosts`: hosts with port that finished videos may be fetched from; every other address is refused. */
export function createRunway({
  baseUrl,
  secret,
  outputHosts,
  fetch,
}: {
  baseUrl: string;
  secret: string;
  outputHosts: readonly string[];
  fetch: typeof globalThis.fetch;
}): VideoProvider {
  const isLoopback = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(\/|$)/.test(baseUrl);

  async function call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answer> {
    try {
      const response = await fetch(`${baseUrl}${path}`, {
        method,
        headers: {
          Authorization: `Bearer ${secret}`,
          'X-Runway-Version': version,
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'manual',
        signal: AbortSignal.timeout(requestMilliseconds),
      });
      return { status: response.status, headers: response.headers, body: parsed(await response.text()) };
    } catch (error) {
      return { status: 0, headers: new Headers(), body: null, problem: String(error) };
    }
  }

  return {
    id: 'runway',
    models: runwayModels,
    minPollSeconds: 5,

    async submit(request: SubmitRequest): Promise<SubmitOutcome> {
      const promptImage = imageOf(request.image);
      if (promptImage.length > maxDataUriLength)
        return { outcome: 'refused', error: failure('invalid-input', 'picture-too-large', 'the picture is too large') };
      const answer = await call('POST', '/v1/image_to_video', {
        model: request.model,
        promptImage,
        promptText: request.prompt,
        ratio: runwayRatios[request.shape],
        duration: request.durationSeconds,
      });
      const id = field(answer.body, 'id');
      if (answer.status === 200 && typeof id === 'string' && /^[\w-]{8,100}$/.test(id))
        return { outcome: 'accepted', taskId: id };
      return mayHaveBeenTaken(answer.status)
        ? { outcome: 'unknown', error: failureOf(answer, 'retryable') }
        : { outcome: 'refused', error: refusalOf(answer) };
    },

    async poll(taskId: string): Promise<PollOutcome> {
      const answer = await call('GET', `/v1/tasks/${encodeURIComponent(taskId)}`);
      if (answer.status === 404) return { outcome: 'gone' };
      const state = answer.status === 200 ? stateOf(answer.body) : null;
      return state
        ? { outcome: 'state', state }
        : { outcome: 'unreachable', error: failureOf(answer, answer.status === 401 ? 'auth' : 'retryable') };
    },

    async cancel(taskId: string) {
      const { status } = await call('DELETE', `/v1/tasks/${encodeURIComponent(taskId)}`);
      if (status === 404) return 'gone';
      return status >= 200 && status < 300 ? 'canceled' : 'unreachable';
    },

    async openOutput(address: string) {
      const url = URL.parse(address);
      const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback);
      if (!url || !isSafe || !outputHosts.includes(url.host))
        return { outcome: 'refused', error: failure('bad-output', 'address', 'the video lies at a foreign address') };
      try {
        const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(outputMilliseconds) });
        if (response.status === 200) return { outcome: 'open', response };
        await response.body?.cancel();
        const kind = response.status >= 300 && response.status < 400 ? 'bad-output' : 'retryable';
        return { outcome: 'refused', error: { ...failure(kind, null, 'no video'), httpStatus: response.status } };
      } catch (error) {
        return { outcome: 'refused', error: failure('retryable', null, String(error)) };
      }
    },
  };
}
