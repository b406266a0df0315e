// Unknown providers, malformed answers and files that are no video: each ends the generation with a failure reason and a
// refund, is logged in full, and leaves nothing behind.
import { runDurableObjectAlarm } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { failureTexts } from '~/providers/failure-messages';
import { seedClip, startGeneration, testJpeg } from '~/testing/generation';
import { createWire, videoBytes, type Wire } from '~/testing/provider';
import { clearSettings, testServices } from '~/testing/services';

const megabyte = 1024 * 1024;
let wire: Wire;
let jpeg: Uint8Array;
let lines: Record<string, unknown>[];

beforeAll(async () => {
  jpeg = await testJpeg();
});
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 2_000_000_000_000 });
  lines = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(JSON.parse(line)));
  wire = createWire({ openImage: (url, method) => exports.default.fetch(new Request(url, { method })) });
  globalThis.fetch = wire.fetch as typeof globalThis.fetch;
});

const later = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);
const ring = (id: string) => runDurableObjectAlarm(env.GENERATION_JOB.getByName(id));

/** Runs a generation to its end; returns its failure reason and the log lines of its provider calls. */
async function lived({
  meanwhile = () => {},
  seconds = 60,
}: {
  meanwhile?: (id: string) => unknown;
  seconds?: number;
} = {}) {
  const seed = await seedClip({ jpeg });
  const id = await startGeneration(seed);
  await env.GENERATION_JOB.getByName(id).start(id);
  await meanwhile(id);
  for (let turn = 0; turn < 60 && (await ring(id)); turn += 1) {
    if (wire.tasks.size > 0 && Object.keys(wire.task.body).length === 1) wire.succeed();
    later(seconds * 1000);
  }
  const row = await env.DB.prepare(
    'SELECT state, failure_reason AS reason, failure_detail AS detail, cleaned_at AS cleanedAt FROM generations WHERE id = ?1',
  )
    .bind(id)
    .first<{ state: string; reason: string; detail: string | null; cleanedAt: number | null }>();
  const timeline = await testServices().generations.timeline({ userId: seed.userId, generationId: id });
  const media = (await env.MEDIA.list({ prefix: `u/${seed.userId}/` })).objects.map(({ key }) => key);
  // Each case: the credit is refunded, nothing is stored, and no alarm is left.
  expect(row?.state).toBe('failed');
  expect(row?.cleanedAt).not.toBeNull();
  expect((await testServices().credits.ledger.balance(seed.userId)).balance).toBe(1);
  expect(media).toEqual([seed.photoKey]);
  expect(Object.keys(failureTexts)).toContain(row?.reason);
  expect(timeline?.steps.at(-1)?.what === 'failed' || timeline?.steps.at(-2)?.what === 'failed').toBe(true);
  const calls = lines.filter(({ event, generationId }) => event === 'provider-call' && generationId === id);
  return {
    reason: row?.reason,
    timelineText: JSON.stringify(timeline),
    callsOf: (call: string) =>
      calls
        .filter((line) => line.call === call)
        .map(({ outcome, status, detail }) => [outcome, status, detail].join(' ')),
  };
}

describe('an unknown provider in the settings', () => {
  it('an unknown provider in the settings is refused before anything is paid', async () => {
    const seed = await seedClip({ jpeg });
    const setting = (key: string) =>
      env.DB.prepare('INSERT INTO settings (key, value, updated_at) VALUES (?1, ?2, 1)').bind(key, '"nobody"');
    await env.DB.batch([setting('provider'), setting('model')]);
    const {
      generations,
      credits: { ledger },
    } = testServices();
    const order = { ...seed, requestKey: crypto.randomUUID(), presetId: 'gentle', words: '' };
    expect(await generations.start(order)).toMatchObject({ outcome: 'unavailable' });
    expect((await ledger.balance(seed.userId)).balance).toBe(1);
    await clearSettings();
  });

  it('a generation of an unknown provider fails with a refund', async () => {
    const rename = (id: string) =>
      env.DB.prepare("UPDATE generations SET provider = 'nobody' WHERE id = ?1").bind(id).run();
    const { reason, callsOf } = await lived({ meanwhile: rename });
    expect(reason).toBe('auth');
    expect(callsOf('submit')).toEqual(['refused  auth : the provider is not set up']);
    expect(wire.requests).toEqual([]);
  });
});

describe('a malformed answer', () => {
  const page = () => new Response('<!doctype html><title>Just a moment…</title>', { status: 200 });
  const answers: [string, () => Response, RegExp][] = [
    ['a page', page, /^unknown 200 retryable .*no JSON: <!doctype html>/],
    ['half of one', () => new Response('{"id":"17f2'), /^unknown 200 .*no JSON: \{"id"/],
    ['another thing', () => Response.json({ id: 7, hello: [] }), /^unknown 200 .*not understood/],
    ['600 MB', () => new Response('{}', { headers: { 'Content-Length': `${600 * megabyte}` } }), /too long/],
  ];

  it.each(answers)('a submit answered with %s is sent three times and no more', async (_name, answer, line) => {
    wire.before = async ({ method }) => (method === 'POST' ? answer() : null);
    const { reason, callsOf, timelineText } = await lived({ seconds: 70 });
    expect(reason).toBe('lost');
    expect(callsOf('submit')).toHaveLength(3);
    for (const one of callsOf('submit')) expect(one).toMatch(line);
    expect(timelineText).not.toMatch(/doctype|JSON|understood/);
  });

  it('a generation whose every poll gets a malformed answer fails at its deadline', async () => {
    wire.before = async ({ method, url }) => (method === 'GET' && url.includes('/v1/tasks/') ? page() : null);
    const { reason, callsOf, timelineText } = await lived({ seconds: 300 });
    expect(reason).toBe('deadline');
    expect(callsOf('poll').length).toBeGreaterThan(3);
    for (const one of callsOf('poll')) expect(one).toMatch(/^unreachable 200 retryable .*no JSON/);
    expect(timelineText).not.toContain('doctype');
  });
});

describe('a file that is no video', () => {
  const mp4 = (body: BodyInit, length?: number, type = 'video/mp4') =>
    new Response(body, { headers: { 'Content-Type': type, ...(length ? { 'Content-Length': `${length}` } : {}) } });
  /** The first bytes of a good video of 600 MB. */
  const huge = videoBytes();
  new DataView(huge.buffer).setUint32(32, 600 * megabyte);
  function endless(): ReadableStream {
    let sent = 0;
    return new ReadableStream({
      pull(controller) {
        controller.enqueue(sent === 0 ? huge : new Uint8Array(4 * megabyte));
        sent += 4;
        if (sent > 600) controller.close();
      },
    });
  }
  const videos: [string, () => Response, RegExp][] = [
    ['a page', () => mp4('<html>', 6, 'text/html'), /content type text\/html/],
    ['of another type', () => mp4(videoBytes(), 2000, 'video/webm'), /content type video\/webm/],
    ['without a type', () => new Response(videoBytes()), /content type undefined/],
    ['600 MB, and says so', () => mp4(videoBytes(), 600 * megabyte), /629145600 bytes/],
    ['600 MB, and does not say so', () => mp4(endless()), /more than 32 MB of untold length/],
    ['cut short on its way', () => mp4(videoBytes(400), 2000), /400 bytes of 2000/],
    ['cut short before it was sent', () => mp4(huge, 2000), /an MP4 that is cut short/],
    ['cut short, of a length that is not told', () => mp4(new Blob([huge]).stream()), /an MP4 that is cut short/],
    ['nothing', () => mp4(new Uint8Array(), undefined), /not an MP4|no body/],
    ['at a private address', () => Response.redirect('http://169.254.169.254/latest/meta-data', 302), /^bad .*302/],
    ['on this machine', () => Response.redirect('https://127.0.0.1/a.mp4', 301), /^bad .*301/],
  ];

  it.each(videos)('a finished file of %s is fetched three times and not stored', async (_name, video, line) => {
    wire.output = video;
    const { reason, callsOf, timelineText } = await lived();
    expect(reason).toBe('bad-output');
    expect(callsOf('copy')).toHaveLength(3);
    for (const one of callsOf('copy')) expect(one).toMatch(line);
    expect(timelineText).not.toMatch(/content type|bytes|169\.254|MP4/);
    expect(wire.requests.filter((request) => !/runway|image_to_video|tasks|\.mp4/.test(request))).toEqual([]);
  });

  it('a video on a foreign host is not fetched', async () => {
    wire.before = async ({ method, url }) => {
      if (method !== 'GET' || !url.includes('/v1/tasks/')) return null;
      const output = ['https://169.254.169.254/latest/meta-data'];
      return Response.json({ id: url.split('/').at(-1), status: 'SUCCEEDED', output, cost: { credits: 25 } });
    };
    const { reason, callsOf } = await lived();
    expect(reason).toBe('bad-output');
    expect(callsOf('copy')).not.toEqual([]);
    for (const one of callsOf('copy')) expect(one).toMatch(/foreign host/);
    expect(wire.requests.filter((request) => request.includes('meta-data'))).toEqual([]);
  });
});
