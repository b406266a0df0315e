import type { VideoProvider } from '~/providers/video-provider';
import type { CopyOutcome } from './effects';

/** Larger videos are refused: ten seconds of 1280x720 are a tenth of this. */
const mostBytes = 200 * 1024 * 1024;
/** A video whose length is not told must fit into memory. */
const mostUntoldBytes = 48 * 1024 * 1024;

/**
 * Copies a finished video from its provider into R2, in a stream. Nothing is stored unless it is a whole MP4 of a
 * permitted size from the provider's own address; R2 keeps no part of a stream that was cut.
 */
export async function copyOutput({
  bucket,
  provider,
  url,
  key,
}: {
  bucket: R2Bucket;
  provider: VideoProvider;
  url: string;
  key: string;
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
  try {
    const bytes =
      told === null
        ? await putWhole({ bucket, key, body })
        : await putStream({ bucket, key, body, length: Number(told) });
    return { outcome: 'stored', bytes };
  } catch (error) {
    return { outcome: 'bad', detail: String(error) };
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
  const [, stored] = await Promise.all([
    body.pipeThrough(mp4Check()).pipeTo(writable),
    bucket.put(key, readable, options),
  ]);
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
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body.pipeThrough(mp4Check()).getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    size += read.value.byteLength;
    if (size > mostUntoldBytes) {
      await reader.cancel();
      throw new Error('too large for a length that was not told');
    }
    chunks.push(read.value);
  }
  return (await bucket.put(key, await new Blob(chunks as BlobPart[]).arrayBuffer(), options)).size;
}

/** Passes bytes on, and fails unless an MP4 begins here: `ftyp` at byte 4. */
function mp4Check(): TransformStream<Uint8Array, Uint8Array> {
  let head: Uint8Array<ArrayBufferLike> = new Uint8Array();
  let isChecked = false;
  return new TransformStream({
    transform(chunk, controller) {
      if (isChecked) return controller.enqueue(chunk);
      const joined = new Uint8Array(head.byteLength + chunk.byteLength);
      joined.set(head);
      joined.set(chunk, head.byteLength);
      head = joined;
      if (head.byteLength < 8) return;
      if (new TextDecoder('latin1').decode(head.subarray(4, 8)) !== 'ftyp') throw new Error('not an MP4');
      isChecked = true;
      controller.enqueue(head);
    },
    flush() {
      if (!isChecked) throw new Error('not an MP4: too short');
    },
  });
}
