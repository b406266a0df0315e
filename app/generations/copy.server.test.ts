import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { videoBytes } from '~/providers/testing';
import { copyOutput } from './copy.server';

it('gives a video up that stops coming, and keeps nothing of it', async () => {
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
