import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { videoBytes } from '~/testing/provider';
import { copyOutput } from './copy.server';

it('a stalled transfer is given up and leaves nothing in R2', async () => {
  const stalled = new ReadableStream({ start: (controller) => controller.enqueue(videoBytes(400)) });
  const headers = { 'Content-Type': 'video/mp4', 'Content-Length': '2000' };
  const openOutput = async () => ({ outcome: 'open' as const, response: new Response(stalled, { headers }) });
  const copied = await copyOutput({
    bucket: env.MEDIA,
    provider: { openOutput },
    url: 'https://output.test/a.mp4',
    key: 'u/someone/g/stalled.mp4',
    within: 20,
  });
  expect(copied).toEqual({ outcome: 'unreachable', detail: 'Error: it took too long' });
  expect(await env.MEDIA.head('u/someone/g/stalled.mp4')).toBeNull();
});

const megabyte = 1024 * 1024;

/** Copies an MP4 of this size that comes in pieces without a Content-Length. */
async function copyUntold(bytes: number, key: string) {
  const whole = new Uint8Array(megabyte);
  whole.set(videoBytes(400).subarray(0, 32));
  // `mdat` is the last box of the file.
  whole.set(new TextEncoder().encode('mdat'), 36);
  let sent = 0;
  const body = new ReadableStream({
    pull(controller) {
      const piece = sent === 0 ? whole.slice() : new Uint8Array(megabyte).fill(sent / megabyte);
      controller.enqueue(piece.subarray(0, Math.min(piece.byteLength, bytes - sent)));
      sent += piece.byteLength;
      if (sent >= bytes) controller.close();
    },
  });
  const response = new Response(body, { headers: { 'Content-Type': 'video/mp4' } });
  const openOutput = async () => ({ outcome: 'open' as const, response });
  return copyOutput({ bucket: env.MEDIA, provider: { openOutput }, url: 'https://output.test/a.mp4', key });
}

it('a video without Content-Length is stored up to the buffer’s limit', async () => {
  const key = 'u/someone/g/untold.mp4';
  const bytes = 9.5 * megabyte;
  expect(await copyUntold(bytes, key)).toEqual({ outcome: 'stored', bytes });
  const kept = new Uint8Array((await (await env.MEDIA.get(key))?.arrayBuffer()) ?? []);
  expect(kept.byteLength).toBe(bytes);
  expect([0, 1, 4, 8, 9].map((at) => kept[at * megabyte + 100])).toEqual([0, 1, 4, 8, 9]);
  expect(String.fromCharCode(...kept.subarray(4, 8))).toBe('ftyp');
  expect(await copyUntold(32 * megabyte, key)).toEqual({ outcome: 'stored', bytes: 32 * megabyte });
});

it('a larger video without Content-Length is refused and leaves nothing in R2', async () => {
  const key = 'u/someone/g/untold-large.mp4';
  expect(await copyUntold(32 * megabyte + 1, key)).toEqual({
    outcome: 'bad',
    detail: 'more than 32 MB of untold length',
  });
  expect(await env.MEDIA.head(key)).toBeNull();
});
