import { within } from '~/http';
import type { VideoProvider } from '~/providers/video-provider';
import type { CopyOutcome } from './effects';
import { createMp4Walk } from './mp4-walk';

/** Larger videos are refused; ten seconds of 1280x720 are a tenth of this. */
const mostBytes = 200 * 1024 * 1024;
/** Without a Content-Length a video is held in memory, twice while its buffer grows and while R2 takes it. */
const mostBufferedMegabytes = 32;
const mostBufferedBytes = mostBufferedMegabytes * 1024 * 1024;
const firstBufferBytes = 4 * 1024 * 1024;
/** A slower transfer is given up and started again with a fresh URL. */
const mostMilliseconds = 300_000;

/**
 * Streams a finished video from its provider into R2. Only a complete MP4 of a permitted size from the provider's own host
 * is stored; R2 keeps nothing of a stream that breaks off. `unreachable` is a fault of the transfer or of R2: the video
 * itself may be valid.
 */
export async function copyOutput({
  bucket,
  provider,
  url,
  key,
  within: milliseconds = mostMilliseconds,
}: {
  bucket: R2Bucket;
  provider: Pick<VideoProvider, 'openOutput'>;
  url: string;
  key: string;
  within?: number;
}): Promise<CopyOutcome> {
  const opened = await provider.openOutput(url);
  if (opened.outcome === 'refused') {
    const { kind, message, httpStatus } = opened.error;
    const detail = httpStatus === undefined ? message : `${httpStatus} ${message}`;
    return { outcome: kind === 'retryable' ? 'unreachable' : 'bad', detail };
  }
  const { headers, body } = opened.response;
  const refuse = async (detail: string): Promise<CopyOutcome> => {
    await body?.cancel();
    return { outcome: 'bad', detail };
  };
  const type = headers.get('Content-Type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'video/mp4') return refuse(`content type ${type}`);
  if (!body) return { outcome: 'bad', detail: 'no body' };
  const contentLength = headers.has('Content-Encoding') ? null : headers.get('Content-Length');
  if (contentLength !== null && !(Number(contentLength) > 0 && Number(contentLength) <= mostBytes))
    return refuse(`${contentLength} bytes`);
  const length = contentLength === null ? null : Number(contentLength);
  const check = mp4Check({ length });
  try {
    const bytes = await within(milliseconds, (signal) => {
      signal.addEventListener('abort', () => check.stop(signal.reason));
      const checked = body.pipeThrough(check.stream);
      return length === null
        ? putWhole({ bucket, key, body: checked })
        : putStream({ bucket, key, body: checked, length });
    });
    return { outcome: 'stored', bytes };
  } catch (error) {
    const problem = check.problem();
    return problem === null ? { outcome: 'unreachable', detail: String(error) } : { outcome: 'bad', detail: problem };
  }
}

const options = { httpMetadata: { contentType: 'video/mp4' } };

async function putStream({
  bucket,
  key,
  body,
  length,
}: {
  bucket: R2Bucket;
  key: string;
  body: ReadableStream<Uint8Array>;
  length: number;
}): Promise<number> {
  const { readable, writable } = new FixedLengthStream(length);
  const [, stored] = await Promise.all([body.pipeTo(writable), bucket.put(key, readable, options)]);
  return stored.size;
}

async function putWhole({
  bucket,
  key,
  body,
}: {
  bucket: R2Bucket;
  key: string;
  body: ReadableStream<Uint8Array>;
}): Promise<number> {
  let buffer = new Uint8Array(firstBufferBytes);
  let size = 0;
  const reader = body.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const needed = size + read.value.byteLength;
    if (needed > buffer.byteLength) {
      const larger = new Uint8Array(Math.max(needed, Math.min(2 * buffer.byteLength, mostBufferedBytes)));
      larger.set(buffer.subarray(0, size));
      buffer = larger;
    }
    buffer.set(read.value, size);
    size = needed;
  }
  return (await bucket.put(key, buffer.subarray(0, size), options)).size;
}

/**
 * Passes bytes on and fails unless they are a complete MP4, of `length` bytes or, where that is null, few enough to be
 * buffered. `problem` says what is wrong with the video, or null.
 */
function mp4Check({ length }: { length: number | null }) {
  let problem: string | null = null;
  let size = 0;
  /** The last piece is held back until the check has ended, so that R2 never completes an invalid video. */
  let held: Uint8Array | null = null;
  let stop: (reason: unknown) => void = () => {};
  const walk = createMp4Walk();
  const refuse = (what: string | null) => {
    if (what === null) return;
    problem = what;
    throw new Error(what);
  };
  const stream = new TransformStream<Uint8Array, Uint8Array>({
    start(controller) {
      stop = (reason) => controller.error(reason);
    },
    transform(chunk, controller) {
      size += chunk.byteLength;
      if (length === null && size > mostBufferedBytes) refuse(`more than ${mostBufferedMegabytes} MB of untold length`);
      if (length !== null && size > length) refuse(`more than ${length} bytes`);
      refuse(walk.take(chunk));
      if (held) controller.enqueue(held);
      held = chunk;
    },
    flush(controller) {
      if (length !== null && size !== length) refuse(`${size} bytes of ${length}`);
      refuse(walk.end());
      if (held) controller.enqueue(held);
    },
  });
  return { stream, problem: () => problem, stop: (reason: unknown) => stop(reason) };
}
