import { describe, expect, it } from 'vitest';
import { createRunway } from './runway.server';
import { runwayModels } from './runway-wire';

type Respond = (request: Request) => Response | Promise<Response>;

function runway(respond: Respond, { baseUrl = 'https://runway.test', hosts = ['out.test'] } = {}) {
  const seen: Request[] = [];
  const fetch = async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input, init);
    seen.push(request.clone() as Request);
    return respond(request);
  };
  const secret = `key_${'0'.repeat(128)}`;
  return {
    seen,
    provider: createRunway({ baseUrl, secret, outputHosts: hosts, fetch: fetch as typeof globalThis.fetch }),
  };
}

const requestBody = {
  model: 'gen4_turbo',
  image: { kind: 'url', url: 'https://echoes.test/p.jpg' },
  prompt: 'gently',
  durationSeconds: 5,
  shape: '9:16',
} as const;
const id = '17f20503-6c24-4c16-946b-35dbbce2af2f';
const submitted = (status: number, body: unknown, headers = {}) =>
  runway(() => Response.json(body, { status, headers })).provider.submit(requestBody);
const polled = (status: number, body: unknown) => runway(() => Response.json(body, { status })).provider.poll(id);
const failed = async (failureCode?: string) => {
  const answer = await polled(200, { id, status: 'FAILED', failure: 'x', failureCode, cost: { credits: 0 } });
  return answer.outcome === 'state' && answer.state.status === 'failed' ? answer.state.error.kind : null;
};

describe('a submit to Runway', () => {
  it('a submit to Runway has both headers, ratio and length, and is sent once', async () => {
    const { provider, seen } = runway(() => Response.json({ id, estimatedCost: { credits: 25 } }));
    expect(await provider.submit(requestBody)).toEqual({ outcome: 'accepted', taskId: id });
    expect(seen).toHaveLength(1);
    const [request] = seen as [Request];
    expect([request.method, request.url]).toEqual(['POST', 'https://runway.test/v1/image_to_video']);
    expect(request.headers.get('Authorization')).toBe(`Bearer key_${'0'.repeat(128)}`);
    expect(request.headers.get('X-Runway-Version')).toBe('2024-11-06');
    expect(await request.json()).toEqual({
      model: 'gen4_turbo',
      promptImage: 'https://echoes.test/p.jpg',
      promptText: 'gently',
      ratio: '720:1280',
      duration: 5,
    });
  });

  it('bytes go to Runway as a data URI, and too many are refused before the request', async () => {
    const { provider, seen } = runway(() => Response.json({ id }));
    const image = (size: number) =>
      ({ kind: 'bytes', bytes: new Uint8Array(size), contentType: 'image/jpeg' }) as const;
    await provider.submit({ ...requestBody, image: image(3) });
    expect(await seen[0]?.json()).toMatchObject({ promptImage: 'data:image/jpeg;base64,AAAA' });
    const refused = await provider.submit({ ...requestBody, image: image(4_000_000) });
    expect(refused).toMatchObject({ outcome: 'refused', error: { kind: 'invalid-input' } });
    expect(seen).toHaveLength(1);
  });

  it.each([
    [400, { error: 'Validation of body failed', issues: [{ code: 'too_small', path: ['duration'] }] }, 'invalid-input'],
    [400, { error: 'You do not have enough credits to run this task.' }, 'out-of-funds'],
    [401, { error: 'bad key' }, 'auth'],
    [403, { error: 'suspended' }, 'auth'],
    [404, { error: 'no' }, 'not-found'],
    [405, { error: 'no' }, 'not-found'],
    [413, 'too large', 'invalid-input'],
    [422, { error: 'no' }, 'invalid-input'],
    [429, { error: 'daily limit' }, 'quota'],
    [302, null, 'unknown'],
  ])('a %i %j of Runway is refused as %s', async (status, body, kind) => {
    expect(await submitted(status, body)).toMatchObject({ outcome: 'refused', error: { kind, httpStatus: status } });
  });

  it('only a 429 of Runway may be retried', async () => {
    const later = await submitted(429, { error: 'x' }, { 'Retry-After': '90' });
    expect(later).toMatchObject({ error: { retryAfterSeconds: 90 } });
    const broke = await submitted(400, { error: 'You do not have enough credits to run this task.' });
    expect(broke).not.toHaveProperty('error.retryAfterSeconds');
  });

  it.each([[500], [502], [503], [504], [408], [409]])(
    'a submit answered with %i by Runway is unknown',
    async (status) => {
      expect(await submitted(status, { error: 'x' })).toMatchObject({ outcome: 'unknown' });
    },
  );

  it('a submit to Runway is unknown after a broken connection, a page or an invalid id', async () => {
    const broken = runway(() => Promise.reject(new TypeError('connection lost')));
    expect(await broken.provider.submit(requestBody)).toMatchObject({ outcome: 'unknown' });
    const page = runway(() => new Response('<html>'));
    expect(await page.provider.submit(requestBody)).toMatchObject({ outcome: 'unknown' });
    expect(await submitted(200, { id: 7 })).toMatchObject({ outcome: 'unknown' });
    expect(await submitted(200, { id: '../../x' })).toMatchObject({ outcome: 'unknown' });
  });
});

describe('a task at Runway', () => {
  it('each status of Runway’s tasks is mapped', async () => {
    const state = async (body: object) => {
      const answer = await polled(200, { id, ...body });
      return answer.outcome === 'state' ? answer.state : answer.outcome;
    };
    expect(await state({ status: 'PENDING' })).toEqual({ status: 'queued', throttled: false });
    expect(await state({ status: 'THROTTLED' })).toEqual({ status: 'queued', throttled: true });
    expect(await state({ status: 'RUNNING', progress: 0.4 })).toEqual({ status: 'running', progress: 0.4 });
    expect(await state({ status: 'RUNNING', progress: 'half' })).toEqual({ status: 'running', progress: null });
    expect(await state({ status: 'SUCCEEDED', output: ['https://out.test/a'], cost: { credits: 25 } })).toEqual({
      status: 'succeeded',
      outputUrl: 'https://out.test/a',
      costCents: 25,
    });
    expect(await state({ status: 'CANCELLED' })).toEqual({ status: 'canceled' });
    expect(await state({ status: 'DREAMING' })).toBe('unreachable');
    expect(await state({ status: 'SUCCEEDED', output: [] })).toBe('unreachable');
    expect(await polled(404, { error: 'x' })).toEqual({ outcome: 'gone' });
    expect(await polled(503, 'busy')).toMatchObject({ outcome: 'unreachable' });
  });

  it.each([
    ['SAFETY.INPUT.IMAGE', 'moderated'],
    ['SAFETY.OUTPUT.VIDEO', 'moderated'],
    ['INPUT_PREPROCESSING.SAFETY.TEXT', 'moderated'],
    ['INPUT_PREPROCESSING.INTERNAL', 'retryable'],
    ['INTERNAL.BAD_OUTPUT.CODE01', 'bad-output'],
    ['INTERNAL', 'retryable'],
    ['ASSET.INVALID', 'invalid-input'],
    ['THIRD_PARTY.UNAVAILABLE', 'retryable'],
    [undefined, 'retryable'],
    ['SOMETHING.NEW', 'unknown'],
  ])('Runway’s failure code %s is %s', async (code, kind) => {
    expect(await failed(code)).toBe(kind);
  });

  it('a cancel at Runway deletes the task or finds it gone', async () => {
    const cancel = (status: number) => runway(() => new Response(null, { status })).provider.cancel(id);
    expect(await Promise.all([cancel(204), cancel(404), cancel(500)])).toEqual(['canceled', 'gone', 'unreachable']);
  });
});

describe('a finished video', () => {
  const open = (url: string, respond: Respond = () => new Response('x'), options = {}) =>
    runway(respond, options).provider.openOutput(url);

  it('a finished video is opened on Runway’s own hosts only', async () => {
    expect(await open('https://out.test/a.mp4')).toMatchObject({ outcome: 'open' });
    for (const url of [
      'https://elsewhere.test/a.mp4',
      'https://out.test.elsewhere.test/a.mp4',
      'https://out.test:8443/a.mp4',
      'http://out.test/a.mp4',
      'https://out.test@elsewhere.test/a.mp4',
      'file:///etc/passwd',
      'nonsense',
    ])
      expect(await open(url)).toMatchObject({ outcome: 'refused', error: { kind: 'bad-output' } });
  });

  it('plain http is allowed only where Runway’s URL is on this machine', async () => {
    const local = { baseUrl: 'http://127.0.0.1:8788/runway', hosts: ['127.0.0.1:8788'] };
    expect(await open('http://127.0.0.1:8788/o.mp4', undefined, local)).toMatchObject({ outcome: 'open' });
  });

  it('redirects of a video are refused, and an expired URL is unreachable', async () => {
    const to = (status: number) =>
      open('https://out.test/a', () => new Response(null, { status, headers: { Location: 'http://10.0.0.1/' } }));
    expect(await to(302)).toMatchObject({ outcome: 'refused', error: { kind: 'bad-output' } });
    expect(await to(403)).toMatchObject({ outcome: 'refused', error: { kind: 'retryable' } });
  });
});

describe('the models', () => {
  it('Runway’s models have published prices, all shapes and whole seconds', () => {
    expect(runwayModels.map(({ id: model, costCents }) => [model, costCents(5)])).toEqual([
      ['gen4_turbo', 25],
      ['gen4.5', 60],
    ]);
    for (const { ratios, durations } of runwayModels) {
      expect(ratios).toEqual({ '9:16': '720:1280', '16:9': '1280:720', '1:1': '960:960' });
      expect(durations.every(Number.isInteger)).toBe(true);
    }
  });
});

describe('Runway’s usage report', () => {
  const charged = (status: number, body: unknown) =>
    runway(() => Response.json(body, { status })).provider.charged?.({ from: '2026-11-23', before: '2026-11-24' });

  it('usage counts the models of Echoes only, and an unknown form is unreachable', async () => {
    const used = (...usedCredits: unknown[]) => ({ results: [{ date: '2026-11-23', usedCredits }], models: [] });
    expect(await charged(200, { results: [], models: [] })).toEqual({ outcome: 'told', cents: 0 });
    const mixed = used({ model: 'gen4_turbo', amount: 25 }, { model: 'gen4_image', amount: 5 });
    expect(await charged(200, mixed)).toEqual({ outcome: 'told', cents: 25 });
    for (const odd of [{}, [], used({ model: 'gen4_turbo', amount: '25' }), used(null), { results: [{ date: 'x' }] }])
      expect(await charged(200, odd)).toMatchObject({ outcome: 'unreachable' });
    expect(await charged(401, { error: 'x' })).toMatchObject({ outcome: 'unreachable', error: { kind: 'auth' } });
  });
});
