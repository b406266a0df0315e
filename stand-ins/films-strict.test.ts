// The stand-ins refuse what the real services refuse: wrong keys, invalid bodies, unsigned links and unknown paths.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StandIns, startStandIns } from './server.ts';
import { picture } from './testing.ts';

const png = picture(64, 48);
const dataUri = `data:image/png;base64,${png.toString('base64')}`;
const pictureUrl = 'https://echoes.test/picture.png';
let standIns: StandIns;
beforeAll(async () => {
  standIns = await startStandIns({
    port: 0,
    appOrigin: 'http://localhost:8787',
    runwaySeconds: { min: 0.01, max: 0.02 },
    fetchAsset: async () => new Response(new Uint8Array(png)),
    quiet: true,
  });
});
afterAll(() => standIns.close());

type Name = keyof StandIns['films'];
type Answer = { status: number; body: Record<string, unknown>; headers: Headers };

const bases: Record<Name, string> = {
  luma: 'LUMA_BASE_URL',
  fal: 'FAL_QUEUE_URL',
  replicate: 'REPLICATE_BASE_URL',
  veo: 'VEO_BASE_URL',
};

function keyOf(name: Name): Record<string, string> {
  const { LUMA_API_KEY, FAL_KEY, REPLICATE_API_TOKEN, VEO_API_KEY = '' } = standIns.vars;
  const keys: Record<Name, Record<string, string>> = {
    luma: { authorization: `Bearer ${LUMA_API_KEY}` },
    fal: { authorization: `Key ${FAL_KEY}` },
    replicate: { authorization: `Bearer ${REPLICATE_API_TOKEN}` },
    veo: { 'x-goog-api-key': VEO_API_KEY },
  };
  return keys[name];
}

async function call(name: Name, method: string, path: string, body?: unknown, headers = keyOf(name)): Promise<Answer> {
  const url = path.startsWith('http') ? path : `${standIns.vars[bases[name]]}${path}`;
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(url, { method, headers, redirect: 'manual', ...init });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
  return { status: answer.status, body: isJson ? JSON.parse(text) : {}, headers: answer.headers };
}

const orders: Record<Name, { path: string; body: Record<string, unknown> }> = {
  luma: {
    path: '/generations/video',
    body: {
      model: 'ray-2',
      prompt: 'x',
      aspect_ratio: '9:16',
      duration: '5s',
      keyframes: { frame0: { type: 'image', url: pictureUrl } },
    },
  },
  fal: {
    path: '/fal-ai/kling-video/v2.1/standard/image-to-video',
    body: { prompt: 'x', image_url: dataUri, duration: '5' },
  },
  replicate: {
    path: '/models/kwaivgi/kling-v2.1/predictions',
    body: { input: { prompt: 'x', start_image: dataUri, duration: 5, mode: 'standard' } },
  },
  veo: {
    path: '/models/veo-3.1-fast-generate-preview:predictLongRunning',
    body: {
      instances: [{ prompt: 'x', image: { bytesBase64Encoded: png.toString('base64'), mimeType: 'image/png' } }],
      parameters: { durationSeconds: 4, aspectRatio: '9:16', personGeneration: 'allow_adult' },
    },
  },
};
const order = (name: Name, changes: Record<string, unknown> = {}) =>
  call(name, 'POST', orders[name].path, { ...orders[name].body, ...changes });

describe.each<Name>(['luma', 'fal', 'replicate', 'veo'])('%s', (name) => {
  test(`${name} accepts its own key alone`, async () => {
    const none = await call(name, 'POST', orders[name].path, orders[name].body, {});
    expect(none.status).toBe(name === 'veo' ? 403 : 401);
    const wrong = Object.fromEntries(Object.keys(keyOf(name)).map((header) => [header, 'Bearer wrong']));
    const refused = await call(name, 'POST', orders[name].path, orders[name].body, wrong);
    expect(refused.status).toBe(name === 'veo' ? 400 : 401);
  });

  test(`${name} answers 404 for unknown paths`, async () => {
    expect((await call(name, 'GET', '/nowhere')).status).toBe(404);
    expect((await call(name, 'POST', `${orders[name].path}x`, orders[name].body)).status).toBe(404);
  });

  test(`${name} serves a film only by a link that it signed`, async () => {
    const { origin } = standIns;
    const link = `${origin}/${name}/outputs/00000000-0000-4000-8000-000000000000.mp4?_jwt=a.b.c`;
    expect((await fetch(link)).status).toBe(403);
  });
});

const { input } = orders.replicate.body as { input: Record<string, unknown> };
const [instance] = orders.veo.body.instances as Record<string, unknown>[];
const parameters = orders.veo.body.parameters as Record<string, unknown>;

test.each<[Name, string, number, Record<string, unknown>]>([
  ['luma', 'a model it does not have', 422, { model: 'ray-9' }],
  ['luma', 'no prompt', 422, { prompt: undefined }],
  ['luma', 'a length it does not make', 422, { duration: '7s' }],
  ['luma', 'a ratio it does not make', 422, { aspect_ratio: '2:1' }],
  ['luma', 'a picture inside the request', 422, { keyframes: { frame0: { type: 'image', url: dataUri } } }],
  ['luma', 'a callback that is not a URL', 422, { callback_url: 'nowhere' }],
  ['replicate', 'no prompt', 422, { input: { ...input, prompt: undefined } }],
  ['replicate', 'no picture', 422, { input: { ...input, start_image: 'x' } }],
  ['replicate', 'a large data URI', 422, { input: { ...input, start_image: `${dataUri}${'A'.repeat(262_144)}` } }],
  ['replicate', 'a length it does not make', 422, { input: { ...input, duration: 7 } }],
  ['replicate', 'a webhook that is not a URL', 422, { webhook: 'nowhere' }],
  ['veo', 'no instance', 400, { instances: [] }],
  ['veo', 'another type of picture', 400, { instances: [{ ...instance, image: { mimeType: 'image/gif' } }] }],
  [
    'veo',
    'bytes that are not a picture',
    400,
    { instances: [{ ...instance, image: { mimeType: 'image/png', bytesBase64Encoded: 'AAAA' } }] },
  ],
  ['veo', 'a parameter of another service', 400, { parameters: { ...parameters, seed: 1 } }],
  ['veo', 'a length it does not make', 400, { parameters: { ...parameters, durationSeconds: 5 } }],
  ['veo', 'a square', 400, { parameters: { ...parameters, aspectRatio: '1:1' } }],
  ['veo', 'people of any age', 400, { parameters: { ...parameters, personGeneration: 'allow_all' } }],
])('the stand-in of %s refuses %s', async (name, _what, status, changes) => {
  expect((await order(name, changes)).status).toBe(status);
});

describe('Luma calls back', () => {
  type Call = { state: unknown; at: number };

  /** Starts a generation at Luma, and answers its callbacks with `statuses`, the last of which repeats. */
  async function called(prompt: string, statuses: number[], most: number): Promise<Call[]> {
    const calls: Call[] = [];
    let enough: () => void = () => undefined;
    const all = new Promise<void>((resolve) => {
      enough = resolve;
    });
    const server = createServer(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      calls.push({ state: JSON.parse(Buffer.concat(parts).toString()).state, at: performance.now() });
      response.writeHead((statuses.length > 1 ? statuses.shift() : statuses[0]) ?? 200).end();
      if (calls.length === most) enough();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await order('luma', { prompt, callback_url: `http://127.0.0.1:${port}/` });
    await all;
    server.close();
    return calls;
  }
  const statesOf = (calls: Call[]) => calls.map(({ state }) => state);

  test('Luma calls back when a generation begins and when it ends', async () => {
    expect(statesOf(await called('pan left', [200], 2))).toEqual(['dreaming', 'completed']);
    expect(statesOf(await called('[[JOB]]', [200], 2))).toEqual(['dreaming', 'failed']);
  });

  test('Luma repeats a callback up to three times, 100 ms apart, until the answer is 200', async () => {
    const calls = await called('[[HANG]]', [500], 4);
    expect(statesOf(calls)).toEqual(['dreaming', 'dreaming', 'dreaming', 'dreaming']);
    const gaps = calls.slice(1).map(({ at }, index) => at - (calls[index]?.at ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(95);
    expect(statesOf(await called('[[HANG]]', [503, 200], 2))).toEqual(['dreaming', 'dreaming']);
  });
});

test('Veo accepts the picture in both documented forms', async () => {
  const image = { inlineData: { mimeType: 'image/png', data: png.toString('base64') } };
  const { status, body } = await order('veo', { instances: [{ prompt: '[[HANG]]', image }] });
  expect(status).toBe(200);
  expect(body.name).toMatch(/^models\/veo-3\.1-fast-generate-preview\/operations\//);
});

test('Veo redirects a download to another host, which refuses the key', async () => {
  const { body } = await order('veo', { instances: [{ ...instance, prompt: 'pan left' }] });
  const id = String(body.name).split('/').at(-1) ?? '';
  await standIns.films.veo.settled(id);
  const file = await call('veo', 'GET', `/files/${id}:download?alt=media`);
  const to = file.headers.get('location') ?? '';
  expect(file.status).toBe(303);
  expect(new URL(to).host).not.toBe(new URL(standIns.origin).host);
  expect((await fetch(to, { headers: keyOf('veo') })).status).toBe(400);
  expect((await fetch(to, { method: 'HEAD' })).headers.get('content-type')).toBe('video/mp4');
});

test('fal reports invalid input with the result, and serves a task below its owner and alias alone', async () => {
  const { status, body } = await order('fal', { duration: '7' });
  expect({ status, state: body.status }).toEqual({ status: 200, state: 'IN_QUEUE' });
  const id = String(body.request_id);
  await standIns.films.fal.settled(id);
  expect((await call('fal', 'GET', String(body.status_url))).body.status).toBe('COMPLETED');
  const result = await call('fal', 'GET', String(body.response_url));
  expect(result.status).toBe(422);
  expect(result.body.detail).toMatchObject([{ loc: ['body', 'duration'], type: 'literal_error' }]);
  expect((await call('fal', 'GET', `${orders.fal.path}/requests/${id}/status`)).status).toBe(404);
  const late = await call('fal', 'PUT', String(body.cancel_url));
  expect(late).toMatchObject({ status: 400, body: { status: 'ALREADY_COMPLETED' } });
});

test('fal reports a canceled task as completed, with an error as its result', async () => {
  const { body } = await order('fal', { prompt: '[[HANG]]' });
  expect((await call('fal', 'PUT', String(body.cancel_url))).status).toBeLessThan(300);
  expect((await call('fal', 'GET', String(body.status_url))).body.status).toBe('COMPLETED');
  const result = await call('fal', 'GET', String(body.response_url));
  expect(result).toMatchObject({ status: 499, body: { error_type: 'client_cancelled' } });
  expect(result.headers.get('x-fal-error-type')).toBe('client_cancelled');
});

test('Replicate keeps a canceled prediction, and returns the webhook secret', async () => {
  const { body, status } = await order('replicate', { input: { ...input, prompt: '[[HANG]]' } });
  expect(status).toBe(201);
  const canceled = await call('replicate', 'POST', `/predictions/${body.id}/cancel`);
  expect(canceled).toMatchObject({ status: 200, body: { status: 'canceled', output: null } });
  expect((await call('replicate', 'GET', `/predictions/${body.id}`)).body.status).toBe('canceled');
  expect((await call('replicate', 'GET', '/webhooks/default/secret')).body.key).toBe(
    standIns.vars.REPLICATE_WEBHOOK_SECRET,
  );
});

test('Luma reports no progress, forgets a deleted generation, and reports its credit balance', async () => {
  const { status, body } = await order('luma', { prompt: '[[HANG]]' });
  expect({ status, assets: body.assets, state: body.state }).toEqual({ status: 201, assets: null, state: 'queued' });
  expect((await call('luma', 'DELETE', `/generations/${body.id}`)).status).toBe(204);
  expect((await call('luma', 'GET', `/generations/${body.id}`)).status).toBe(404);
  expect((await call('luma', 'GET', '/credits')).body.credit_balance).toBeGreaterThan(0);
  expect((await call('luma', 'GET', '/ping')).status).toBe(200);
});
