import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCaller, dataUri, order, png } from './runway-testing.ts';
import { type StandIns, startStandIns } from './server.ts';

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

const { call, create, ended } = createCaller(() => standIns);

describe('is strict about', () => {
  test('Runway refuses a wrong key', async () => {
    for (const authorization of ['', 'Bearer key_123', `Bearer key_${'0'.repeat(128)}`]) {
      expect((await call('POST', '/v1/image_to_video', order, { authorization })).status).toBe(401);
    }
  });

  test('Runway refuses another version, another content type and malformed JSON', async () => {
    expect((await call('POST', '/v1/image_to_video', order, { 'x-runway-version': '2024-09-13' })).status).toBe(400);
    expect((await call('POST', '/v1/image_to_video', order, { 'content-type': 'text/plain' })).status).toBe(400);
    expect((await call('POST', '/v1/image_to_video', '{not json')).status).toBe(400);
  });

  test('Runway refuses unknown paths, methods and tasks', async () => {
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
  ])('Runway refuses %s', async (_, changes, path, code) => {
    const { status, body } = await create(changes);
    expect(status).toBe(400);
    expect(body.issues).toContainEqual(expect.objectContaining({ path, code }));
  });

  test('Runway reports every invalid field at once', async () => {
    const { body } = await create({ ratio: '1:1', duration: 99, promptText: '' });
    expect(body.issues.map(({ path }) => path[0])).toEqual(['promptText', 'duration', 'ratio']);
  });

  test('Runway prices each model by the second', async () => {
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
  test('a prompt image at a URL is fetched with HEAD, then GET', async () => {
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
  ])('the prompt image %s is refused', async (promptImage, reason) => {
    const { status, body } = await create({ promptImage });
    expect(status).toBe(400);
    expect(body.issues[0]?.path[0]).toBe('promptImage');
    expect(body.issues[0]?.message).toMatch(reason);
  });

  test('a prompt image is uploaded by one form post, its fields first and the file last', async () => {
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

test('the organization reports its credit balance and its usage', async () => {
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
