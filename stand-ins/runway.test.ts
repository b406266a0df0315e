import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StandIns, startStandIns } from './server.ts';
import { clipFrom, picture } from './testing.ts';

let standIns: StandIns;
beforeAll(async () => {
  standIns = await startStandIns({
    port: 0,
    appOrigin: 'http://localhost:8787',
    runwaySeconds: { min: 0.02, max: 0.05 },
    concurrency: 3,
    quiet: true,
    fetchAsset: (input, init) => fetch(`${photos}${new URL(String(input)).pathname}`, init),
  });
});
afterAll(() => standIns.close());

const png = picture();
const dataUri = `data:image/png;base64,${png.toString('base64')}`;
const order = { model: 'gen4_turbo', promptImage: dataUri, promptText: 'pan left', ratio: '960:960', duration: 2 };
const headers = () => ({
  authorization: `Bearer ${standIns.vars.RUNWAYML_API_SECRET}`,
  'x-runway-version': '2024-11-06',
  'content-type': 'application/json',
});

type Body = {
  id: string;
  status: string;
  error: string;
  issues: { code: string; path: (string | number)[]; message: string }[];
  output: string[];
  failureCode: string;
  cost: { credits: number };
  estimatedCost: { credits: number };
  progress?: number;
};

async function call(
  method: string,
  path: string,
  body?: unknown,
  changes: Record<string, string> = {},
): Promise<{ status: number; body: Body }> {
  const response = await fetch(`${standIns.vars.RUNWAYML_BASE_URL}${path}`, {
    method,
    headers: { ...headers(), ...changes },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text ? JSON.parse(text) : null) as Body };
}

const create = (changes: Record<string, unknown> = {}) => call('POST', '/v1/image_to_video', { ...order, ...changes });

async function ended(promptText: string): Promise<Body> {
  const { body } = await create({ promptText });
  await standIns.runway.settled(body.id);
  return (await call('GET', `/v1/tasks/${body.id}`)).body;
}

describe('a task', () => {
  test('goes from PENDING to a film of the asked size and length, made from the photo', async () => {
    const created = await create();
    expect(created).toMatchObject({ status: 200, body: { estimatedCost: { credits: 10 } } });
    expect(created.body.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const path = `/v1/tasks/${created.body.id}`;
    const begun = await call('GET', path);
    expect(['PENDING', 'RUNNING']).toContain(begun.body.status);
    expect(begun.body.progress !== undefined).toBe(begun.body.status === 'RUNNING');
    await standIns.runway.settled(created.body.id);
    const { body } = await call('GET', path);
    expect(body).toMatchObject({ status: 'SUCCEEDED', cost: { credits: 10 } });
    const output = await fetch(body.output[0] ?? '');
    expect(output.headers.get('content-type')).toBe('video/mp4');
    const clip = await clipFrom(new Uint8Array(await output.arrayBuffer()));
    expect(clip).toMatchObject({ width: 960, height: 960, seconds: 2, codec: 'h264' });
    expect(new URL(body.output[0] ?? '').host).toBe(standIns.vars.RUNWAYML_OUTPUT_HOSTS);
  });

  test('gives a fresh output link at each look, answers HEAD and ranges, and refuses a changed link', async () => {
    const { output, id } = await ended('pan left');
    const again = (await call('GET', `/v1/tasks/${id}`)).body.output[0] ?? '';
    expect(again).not.toBe(output[0]);
    const head = await fetch(again, { method: 'HEAD' });
    const length = Number(head.headers.get('content-length'));
    const part = await fetch(again, { headers: { range: 'bytes=4-7' } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 4-7/${length}`);
    expect(await part.text()).toBe('ftyp');
    expect((await fetch(again.slice(0, -2))).status).toBe(403);
  });

  test('is gone after DELETE, whether it still ran or had ended', async () => {
    const running = (await create({ promptText: '[[HANG]]' })).body.id;
    const over = (await ended('[[INTERNAL]]')).id;
    for (const id of [running, over]) {
      expect((await call('DELETE', `/v1/tasks/${id}`)).status).toBe(204);
      expect((await call('GET', `/v1/tasks/${id}`)).status).toBe(404);
      expect((await call('DELETE', `/v1/tasks/${id}`)).status).toBe(404);
    }
  });

  test('waits THROTTLED while its model is at its limit, and is taken up when a place is free', async () => {
    const hanging = await Promise.all([1, 2, 3].map(() => create({ promptText: '[[HANG]]' })));
    const next = (await create({ promptText: '[[INTERNAL]]' })).body.id;
    expect((await call('GET', `/v1/tasks/${next}`)).body.status).toBe('THROTTLED');
    await Promise.all(hanging.map(({ body }) => call('DELETE', `/v1/tasks/${body.id}`)));
    expect(await standIns.runway.settled(next)).toMatchObject({ status: 'FAILED' });
  });

  test('with a picture that cannot be decoded fails as ASSET.INVALID, free of charge', async () => {
    const broken = `data:image/png;base64,${Buffer.concat([png.subarray(0, 8), Buffer.alloc(600)]).toString('base64')}`;
    const { body } = await create({ promptImage: broken });
    expect(await standIns.runway.settled(body.id)).toMatchObject({
      status: 'FAILED',
      failureCode: 'ASSET.INVALID',
      cost: 0,
    });
  });
});

describe('words in a prompt', () => {
  test.each([
    ['SAFETY.INPUT.IMAGE', 10],
    ['SAFETY.INPUT.TEXT', 10],
    ['SAFETY.OUTPUT.VIDEO', 10],
    ['INPUT_PREPROCESSING.SAFETY.TEXT', 10],
    ['INPUT_PREPROCESSING.INTERNAL', 0],
    ['INTERNAL.BAD_OUTPUT.CODE01', 0],
    ['ASSET.INVALID', 0],
    ['THIRD_PARTY.UNAVAILABLE', 0],
    ['INTERNAL', 0],
    ['SOMETHING.NEW', 0],
  ])('[[%s]] fails the task with that code for %i credits', async (failureCode, credits) => {
    expect(await ended(`A smile [[${failureCode}]]`)).toMatchObject({
      status: 'FAILED',
      failureCode,
      cost: { credits },
    });
  });

  test.each([
    ['REFUSE', 400, /rejected/],
    ['NO_CREDITS', 400, /^You do not have enough credits to run this task\.$/],
    ['DAILY_QUOTA', 429, /daily/],
    ['OVERLOADED', 503, /overloaded/],
  ])('[[%s]] is answered with %i', async (word, status, error) => {
    const answer = await create({ promptText: `[[${word}]]` });
    expect(answer.status).toBe(status);
    expect(answer.body.error).toMatch(error);
  });

  test('[[LOSE_ANSWER]] accepts the task and cuts the line before the answer', async () => {
    const before = standIns.runway.tasks().length;
    await expect(create({ promptText: '[[LOSE_ANSWER]]' })).rejects.toThrow();
    expect(standIns.runway.tasks().length).toBe(before + 1);
  });

  test('[[WORD_ONCE]] holds for the first request with that prompt only', async () => {
    expect((await create({ promptText: 'hello [[OVERLOADED_ONCE]]' })).status).toBe(503);
    expect((await create({ promptText: 'hello [[OVERLOADED_ONCE]]' })).status).toBe(200);
  });

  test('[[HANG]] never ends, [[THROTTLE]] is held back', async () => {
    const hang = (await create({ promptText: '[[HANG]]' })).body.id;
    const held = (await create({ promptText: '[[THROTTLE]]' })).body.id;
    expect((await call('GET', `/v1/tasks/${held}`)).body.status).toBe('THROTTLED');
    expect(['PENDING', 'RUNNING']).toContain((await call('GET', `/v1/tasks/${hang}`)).body.status);
    await Promise.all([hang, held].map((id) => call('DELETE', `/v1/tasks/${id}`)));
  });

  test('[[CUT_OUTPUT]] sends less than it promised, [[CUT_OUTPUT_ONCE]] only at first', async () => {
    const cut = (await ended('[[CUT_OUTPUT]]')).output[0] ?? '';
    for (const _ of [1, 2]) await expect(fetch(cut).then((answer) => answer.arrayBuffer())).rejects.toThrow();
    const once = (await ended('[[CUT_OUTPUT_ONCE]]')).output[0] ?? '';
    await expect(fetch(once).then((answer) => answer.arrayBuffer())).rejects.toThrow();
    expect((await (await fetch(once)).arrayBuffer()).byteLength).toBeGreaterThan(1000);
  });

  test('[[HTML_OUTPUT]] answers with a page, [[EXPIRE_OUTPUT]] with a link that works at the second look', async () => {
    const html = await fetch((await ended('[[HTML_OUTPUT]]')).output[0] ?? '');
    expect(html.headers.get('content-type')).toMatch(/^text\/html/);
    const { id, output } = await ended('[[EXPIRE_OUTPUT]]');
    expect((await fetch(output[0] ?? '')).status).toBe(403);
    expect((await fetch((await call('GET', `/v1/tasks/${id}`)).body.output[0] ?? '')).status).toBe(200);
  });
});

describe('is strict about', () => {
  test('its key', async () => {
    for (const authorization of ['', 'Bearer key_123', `Bearer key_${'0'.repeat(128)}`]) {
      expect((await call('POST', '/v1/image_to_video', order, { authorization })).status).toBe(401);
    }
  });

  test('its version header and the type of the body', async () => {
    expect((await call('POST', '/v1/image_to_video', order, { 'x-runway-version': '2024-09-13' })).status).toBe(400);
    expect((await call('POST', '/v1/image_to_video', order, { 'content-type': 'text/plain' })).status).toBe(400);
    expect((await call('POST', '/v1/image_to_video', '{not json')).status).toBe(400);
  });

  test('paths and methods', async () => {
    expect((await call('GET', '/v1/nothing')).status).toBe(404);
    expect((await call('GET', '/v1/image_to_video')).status).toBe(405);
    expect((await call('GET', '/v1/tasks/3f0f4f0a-0000-4000-8000-000000000000')).status).toBe(404);
  });

  test.each([
    ['a model it does not know', { model: 'gen9' }, ['model'], 'invalid_union'],
    ['a ratio of another model', { ratio: '1080:1920' }, ['ratio'], 'invalid_value'],
    ['a missing ratio', { ratio: undefined }, ['ratio'], 'invalid_value'],
    ['a clip too long', { duration: 11 }, ['duration'], 'too_big'],
    ['half a second', { duration: 2.5 }, ['duration'], 'invalid_type'],
    ['a duration in words', { duration: '5' }, ['duration'], 'invalid_type'],
    ['an empty prompt', { promptText: '' }, ['promptText'], 'too_small'],
    ['a prompt too long', { promptText: 'x'.repeat(1001) }, ['promptText'], 'too_big'],
    [
      'a missing prompt where one is required',
      { model: 'gen4.5', promptText: undefined },
      ['promptText'],
      'invalid_type',
    ],
    [
      'a veo length between the steps',
      { model: 'veo3.1', ratio: '720:1280', duration: 5 },
      ['duration'],
      'invalid_value',
    ],
    [
      'a key a strict model does not know',
      { model: 'seedance2', duration: 5, watermark: false },
      [],
      'unrecognized_keys',
    ],
    [
      'two pictures where one is allowed',
      { promptImage: [1, 2].map(() => ({ uri: dataUri, position: 'first' })) },
      ['promptImage'],
      'too_big',
    ],
    [
      'a last frame where only a first is allowed',
      { promptImage: [{ uri: dataUri, position: 'last' }] },
      ['promptImage', 0, 'position'],
      'invalid_value',
    ],
    [
      'a data URI longer than the limit',
      { promptImage: `data:image/png;base64,${'A'.repeat(5_242_880)}` },
      ['promptImage'],
      'too_big',
    ],
    ['a negative seed', { seed: -1 }, ['seed'], 'too_small'],
  ])('%s', async (_, changes, path, code) => {
    const { status, body } = await create(changes);
    expect(status).toBe(400);
    expect(body.issues).toContainEqual(expect.objectContaining({ path, code }));
  });

  test('every failing field at once', async () => {
    const { body } = await create({ ratio: '1:1', duration: 99, promptText: '' });
    expect(body.issues.map(({ path }) => path[0])).toEqual(['promptText', 'duration', 'ratio']);
  });

  test('prices: each model by its second', async () => {
    const prices = [];
    for (const changes of [
      {},
      { model: 'gen4.5' },
      { model: 'veo3.1_fast', ratio: '720:1280', duration: 4, audio: false },
    ]) {
      const { body } = await create({ ...changes, promptText: '[[INTERNAL]]' });
      prices.push(body.estimatedCost.credits);
    }
    expect(prices).toEqual([10, 24, 40]);
  });
});

let photos = '';
const photoServer = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://photos');
  const seen = `${request.method} ${pathname}`;
  asked.push(seen);
  if (pathname === '/moved.png') return void response.writeHead(302, { location: '/photo.png' }).end();
  if (seen === 'HEAD /presigned.png') return void response.writeHead(403).end();
  const type = pathname === '/stream' ? 'application/octet-stream' : 'image/png';
  response.writeHead(pathname === '/gone.png' ? 404 : 200, { 'content-type': type, 'content-length': png.length });
  response.end(request.method === 'HEAD' ? undefined : png);
});
const asked: string[] = [];
beforeAll(
  () =>
    new Promise<void>((resolve) => {
      photoServer.listen(0, '127.0.0.1', () => {
        photos = `http://127.0.0.1:${(photoServer.address() as AddressInfo).port}`;
        resolve();
      });
    }),
);
afterAll(() => void photoServer.close());

describe('a prompt image', () => {
  test('at an address is asked for with HEAD, then GET', async () => {
    const { status, body } = await create({ promptImage: 'https://photos.example.com/photo.png' });
    expect(status).toBe(200);
    expect(asked).toEqual(['HEAD /photo.png', 'GET /photo.png']);
    expect(await standIns.runway.settled(body.id)).toMatchObject({ status: 'SUCCEEDED' });
  });

  test.each([
    ['https://photos.example.com/moved.png', /HTTP response code "302"/],
    ['https://photos.example.com/presigned.png', /HTTP response code "403"/],
    ['https://photos.example.com/gone.png', /HTTP response code "404"/],
    ['https://photos.example.com/stream', /Unsupported asset type/],
    ['http://localhost:8787/media/photo.png', /Only HTTPS URLs are allowed/],
    ['https://localhost/photo.png', /must be hosted on a domain/],
    ['https://93.184.216.34/photo.png', /must be hosted on a domain/],
    ['data:image/png;base64,%%%%%', /Invalid data URI/],
    ['data:image/gif;base64,R0lGODlhAQABAAAAACw=', /Unsupported asset type/],
    ['data:text/plain;base64,aGVsbG8h', /Unsupported asset type/],
    ['runway://never-uploaded', /Invalid URL/],
  ])('%s is refused', async (promptImage, reason) => {
    const { status, body } = await create({ promptImage });
    expect(status).toBe(400);
    expect(body.issues[0]?.path[0]).toBe('promptImage');
    expect(body.issues[0]?.message).toMatch(reason);
  });

  test('can be uploaded: one form post, its fields first and the file last', async () => {
    const placed = await call('POST', '/v1/uploads', { filename: 'grandma.png', type: 'ephemeral' });
    const { uploadUrl, fields, runwayUri } = placed.body as unknown as {
      uploadUrl: string;
      fields: Record<string, string>;
      runwayUri: string;
    };
    const form = (withFields: Record<string, string>) => {
      const data = new FormData();
      for (const [name, value] of Object.entries(withFields)) data.append(name, value);
      data.append('file', new Blob([new Uint8Array(png)]), 'grandma.png');
      return data;
    };
    expect((await create({ promptImage: runwayUri })).status).toBe(400);
    expect((await fetch(uploadUrl, { method: 'POST', body: form({ ...fields, policy: 'other' }) })).status).toBe(403);
    expect(
      (await fetch(uploadUrl, { method: 'POST', body: form(fields), headers: { authorization: 'Bearer x' } })).status,
    ).toBe(400);
    expect((await fetch(uploadUrl, { method: 'POST', body: form(fields) })).status).toBe(204);
    expect((await fetch(uploadUrl, { method: 'POST', body: form(fields) })).status).toBe(403);
    const { body } = await create({ promptImage: runwayUri });
    expect(await standIns.runway.settled(body.id)).toMatchObject({ status: 'SUCCEEDED' });
    expect((await call('POST', '/v1/uploads', { filename: 'grandma', type: 'ephemeral' })).status).toBe(400);
  });
});

test('the organization knows its credits and what they went to', async () => {
  const before = (await call('GET', '/v1/organization')).body as unknown as { creditBalance: number };
  await ended('[[SAFETY.OUTPUT.VIDEO]]');
  const after = (await call('GET', '/v1/organization')).body as unknown as {
    creditBalance: number;
    tier: { models: object };
  };
  expect(after.creditBalance).toBe(before.creditBalance - 10);
  expect(after.tier.models).toHaveProperty('gen4_turbo', { maxConcurrentGenerations: 3, maxDailyGenerations: null });
  const usage = await call('POST', '/v1/organization/usage', {});
  expect(usage.body).toMatchObject({ models: ['gen4_turbo'], results: [{ usedCredits: [{ model: 'gen4_turbo' }] }] });
});
