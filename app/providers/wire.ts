import { readLimited, within } from '~/http';
// The HTTP client of every provider: no retries, limits on time and size, outputs from the provider's own hosts only.
import { type Answer, type ErrorDetail, failure, parsed, pollOutcome, submitOutcome } from './answers';
import type {
  CancelOutcome,
  ImageSources,
  OutputOutcome,
  PollOutcome,
  ProviderFailure,
  SubmitOutcome,
  SubmitRequest,
  TaskState,
} from './video-provider';

const requestMilliseconds = 30_000;
const mostAnswerBytes = 4 * 1024 * 1024;

export interface WireOptions {
  /** Without a trailing slash. */
  baseUrl: string;
  /** Sent with every request to `baseUrl`. */
  headers: Readonly<Record<string, string>>;
  /** The only places that finished videos are fetched from: `host:port`, `*.domain` or `host/folder`. */
  outputHosts: readonly string[];
  /** Reads the error of an unsuccessful answer. */
  errorDetailOf(answer: Answer): ErrorDetail;
  fetch: typeof globalThis.fetch;
}

/** The options that every provider takes. */
export type ProviderOptions = Omit<WireOptions, 'headers' | 'errorDetailOf'>;

/** Plain `fetch` instead of an SDK, since SDKs retry a POST whose answer got lost. No request is sent twice here. */
export function createWire({ baseUrl, headers, outputHosts, errorDetailOf, fetch }: WireOptions) {
  const isOnThisMachine = isLoopback(baseUrl);
  const isAllowed = (url: URL | null) => url?.protocol === 'https:' || (url?.protocol === 'http:' && isOnThisMachine);
  const isOwn = (url: URL) => outputHosts.some((own) => isBelow(url, own));

  /** Opens an output's URL, following at most `hops` redirects; every URL must be on an allowed host. */
  async function open(address: string, hops: number, keyedHost: string | null): Promise<OutputOutcome> {
    const url = URL.parse(address);
    if (!url || !isAllowed(url) || !isOwn(url))
      return {
        outcome: 'refused',
        error: failure('bad-output', 'address', `the video is on a foreign host: ${placeOf(url)}`),
      };
    // The limit is for the response's headers; the reader of the body has its own.
    const response = await within(requestMilliseconds, (signal) =>
      fetch(url, { headers: url.host === keyedHost ? headers : {}, redirect: 'manual', signal }),
    );
    if (response.status === 200) return { outcome: 'open', response };
    await response.body?.cancel();
    const isRedirect = response.status >= 300 && response.status < 400;
    const next = isRedirect && hops > 0 ? URL.parse(response.headers.get('Location') ?? '', url.href) : null;
    if (next) return open(next.href, hops - 1, keyedHost);
    const error = failure(isRedirect ? 'bad-output' : 'retryable', null, 'no video');
    return { outcome: 'refused', error: { ...error, httpStatus: response.status } };
  }

  async function call(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const type: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' };
    try {
      return await within(requestMilliseconds, async (signal) => {
        const response = await fetch(`${baseUrl}${path}`, {
          method,
          headers: { ...headers, ...type, ...more },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          redirect: 'manual',
          signal,
        });
        const { status } = response;
        const bytes = await readLimited(response, mostAnswerBytes);
        if (!bytes) return { status, headers: response.headers, body: null, problem: 'the answer is too long' };
        const text = new TextDecoder().decode(bytes);
        const json = parsed(text);
        const problem = json === null ? { problem: `no JSON: ${text.slice(0, 100)}` } : {};
        return { status, headers: response.headers, body: json, ...problem };
      });
    } catch (error) {
      return { status: 0, headers: new Headers(), body: null, problem: String(error) };
    }
  }

  return {
    /** Whether a provider at this base could reach that address. */
    canReach: (address: string) => isAllowed(URL.parse(address)),

    call,

    /** Sends a submit once. `taskIdOf` finds the task's id in the answer. */
    async submit(
      path: string,
      body: object,
      taskIdOf: (body: unknown) => string | null,
      more: Readonly<Record<string, string>> = {},
    ): Promise<SubmitOutcome> {
      const answer = await call('POST', path, body, more);
      return submitOutcome(answer, errorDetailOf(answer), taskIdOf(answer.body));
    },

    /**
     * Polls a task. `stateOf` returns null for a body in an unknown form, which is polled again; `isFinished` tells if such a
     * body says that the task has succeeded.
     */
    async poll(
      path: string,
      stateOf: (body: unknown) => TaskState | null,
      isFinished: (body: unknown) => boolean = () => false,
    ): Promise<PollOutcome> {
      const answer = await call('GET', path);
      return pollOutcome(answer, errorDetailOf(answer), stateOf(answer.body), isFinished(answer.body));
    },

    /** Deletes a task's record; `outcome` is what that means at this provider. */
    async remove(path: string, outcome: CancelOutcome): Promise<CancelOutcome> {
      const { status } = await call('DELETE', path);
      if (status === 404) return 'gone';
      return status >= 200 && status < 300 ? outcome : 'unreachable';
    },

    /** Why this picture cannot be sent, or null. */
    pictureProblem(image: SubmitRequest['image'], { url, mostBytes }: ImageSources): ProviderFailure | null {
      if (image.kind === 'bytes' && image.bytes.byteLength > mostBytes)
        return failure('invalid-input', 'picture-too-large', `no more than ${mostBytes} bytes go with a request`);
      if (image.kind === 'url' && !(url && isAllowed(URL.parse(image.url))))
        return failure('invalid-input', 'picture-address', 'the provider cannot fetch this URL');
      return null;
    },

    /** Opens a finished video. `withKey`: the provider's own host needs the key and redirects to one of `outputHosts`. */
    async openOutput(address: string, { withKey = false } = {}): Promise<OutputOutcome> {
      try {
        return await open(address, withKey ? 3 : 0, withKey ? new URL(baseUrl).host : null);
      } catch (error) {
        return { outcome: 'refused', error: failure('retryable', null, String(error)) };
      }
    },
  };
}

/** Whether a URL is of one output host. Behind a slash stands the folder (a bucket) of a host that others share. */
function isBelow({ host, pathname }: URL, own: string): boolean {
  const [name = '', ...folder] = own.split('/');
  const isHost = name.startsWith('*.') ? host.endsWith(name.slice(1)) : host === name;
  return isHost && pathname.startsWith(`/${folder.map((part) => `${part}/`).join('')}`);
}

/** What the owner would have to allow: the host of a URL and its first folder. The rest may hold a signature. */
function placeOf(url: URL | null): string {
  return url ? `${url.protocol}//${url.host}/${url.pathname.split('/')[1]}` : 'no URL';
}

/** True for plain http to this machine. */
export function isLoopback(address: string): boolean {
  return /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(\/|$)/.test(address);
}

/** A picture as a string: its URL, or a data URI. */
export function imageUri(image: SubmitRequest['image']): string {
  if (image.kind === 'url') return image.url;
  return `data:${image.contentType};base64,${Buffer.from(image.bytes).toString('base64')}`;
}

/** Prices in US cents for a model with one price per second. */
export function priced(centsPerSecond: number): (durationSeconds: number) => number {
  return (durationSeconds) => durationSeconds * centsPerSecond;
}
