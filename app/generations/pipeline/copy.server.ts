import { within } from '~/http';
import type { VideoProvider } from '~/providers/video-provider';
import type { CopyOutcome } from './effects';
import { createMp4Walk } from './mp4-walk';

/** Larger videos are refused: ten seconds of 1280x720 are a tenth of this. */
const mostBytes = 200 * 1024 * 1024;
/** A video whose length is not told must fit into memory, twice while its room grows and while R2 takes it. */
const mostUntoldMegabytes = 32;
const mostUntoldBytes = mostUntoldMegabytes * 1024 * 1024;
const firstRoomBytes = 4 * 1024 * 1024;
/** A video that takes longer to come is opened again, at an address of its own. */
const mostMilliseconds = 300_000;

/**
 * Copies a finished video from its provider into R2, in a stream. Nothing is stored unless it is a whole MP4 of a
 * permitted size from the provider's own address; R2 keeps no part of a stream that was cut. What breaks on the way, a
 * stream or R2 itself, is `unreachable`: the video may be good all the same.
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
  const told = headers.has('Content-Encoding') ? null : headers.get('Content-Length');
  if (told !== null && !(Number(told) > 0 && Number(told) <= mostBytes)) return refuse(`${told} bytes`);
  const length = told === null ? null : Number(told);
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
    const offence = check.offence();
    return offence === null ? { outcome: 'unreachable', detail: String(error) } : { outcome: 'bad', detail: offence };
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
  let room = new Uint8Array(firstRoomBytes);
  let size = 0;
  const reader = body.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const needed = size + read.value.byteLength;
    if (needed > room.byteLength) {
      const larger = new Uint8Array(Math.max(needed, Math.min(2 * room.byteLength, mostUntoldBytes)));
      larger.set(room.subarray(0, size));
      room = larger;
    }
    room.set(read.value, size);
    size = needed;
  }
  return (await bucket.put(key, room.subarray(0, size), options)).size;
}

/**
 * Passes bytes on and fails unless a whole MP4 goes through, of as many bytes as were told, or a bearable number where
 * none was. `offence` says what was wrong with the video, or null.
 */
function mp4Check({ length }: { length: number | null }) {
  let offence: string | null = null;
  let size = 0;
  /** R2 sees the last piece only when all is well, and so keeps nothing that is not. */
  let held: Uint8Array | null = null;
  let stop: (reason: unknown) => void = () => {};
  const walk = createMp4Walk();
  const refuse = (what: string | null) => {
    if (what === null) return;
    offence = what;
    throw new Error(what);
  };
  const stream = new TransformStream<Uint8Array, Uint8Array>({
    start(controller) {
      stop = (reason) => controller.error(reason);
    },
    transform(chunk, controller) {
      size += chunk.byteLength;
      if (length === null && size > mostUntoldBytes) refuse(`more than ${mostUntoldMegabytes} MB of untold length`);
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
  return { stream, offence: () => offence, stop: (reason: unknown) => stop(reason) };
}
