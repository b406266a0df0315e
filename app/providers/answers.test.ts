// Odd answers: what a provider, or something between it and us, may send instead of what its documents say.
import { describe, expect, it } from 'vitest';
import { kindOfText, mayHaveBeenTaken } from './answers';
import { createFal } from './fal.server';
import { createLuma } from './luma.server';
import { createReplicate } from './replicate.server';
import { createRunway } from './runway.server';
import { createVeo } from './veo.server';
import { canMake, type SubmitRequest, type VideoProvider } from './video-provider';

type Respond = (request: Request) => Response | Promise<Response>;
type Name = 'runway' | 'luma' | 'fal' | 'replicate' | 'veo';
const names: Name[] = ['runway', 'luma', 'fal', 'replicate', 'veo'];

function provider(name: Name, respond: Respond, baseUrl = 'https://base.test') {
  const seen: Request[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input as RequestInfo, init);
    seen.push(request.clone() as Request);
    return respond(request);
  };
  const outputHosts = ['out.test', '*.below.test', 'store.test/bucket', new URL(baseUrl).host];
  const options = { baseUrl, outputHosts, fetch, key: 'k-123' };
  const made: Record<Name, () => VideoProvider> = {
    runway: () => createRunway({ ...options, secret: 'k-123' }),
    luma: () => createLuma(options),
    fal: () => createFal({ ...options, jwksUrl: 'https://keys.test' }),
    replicate: () => createReplicate({ ...options, token: 'k-123', webhookSecret: 'whsec_AAAA' }),
    veo: () => createVeo(options),
  };
  return { seen, provider: made[name]() };
}

const url: SubmitRequest['image'] = { kind: 'url', url: 'https://echoes.test/p.jpg' };
const bytes: SubmitRequest['image'] = { kind: 'bytes', bytes: new Uint8Array(3), contentType: 'image/jpeg' };
function requestBody(name: Name, { models }: VideoProvider): SubmitRequest {
  const [model] = models;
  const webhookUrl = 'https://echoes.test/webhooks/x/y';
  const image = name === 'veo' ? bytes : url;
  return { model: model?.id ?? '', image, prompt: 'gently', durationSeconds: 5, shape: '9:16', webhookUrl };
}
async function submitted(name: Name, respond: Respond) {
  const { provider: one, seen } = provider(name, respond);
  const answer = await one.submit(requestBody(name, one));
  return { answer, seen };
}
const taskIds: Record<Name, string> = {
  runway: '17f20503-6c24-4c16-946b-35dbbce2af2f',
  luma: '17f20503-6c24-4c16-946b-35dbbce2af2f',
  fal: 'fal-ai/kling-video/requests/17f20503-6c24-4c16-946b-35dbbce2af2f',
  replicate: 'gm3qorzdhgbfurvjtvhg6dckhu',
  veo: 'models/veo-3.1-fast-generate-preview/operations/abc123',
};
const polled = (name: Name, respond: Respond) => provider(name, respond).provider.poll(taskIds[name]);
const json = (status: number, body: unknown, headers = {}) => Response.json(body, { status, headers });

const odd: [string, () => Response | Promise<Response>][] = [
  ['a page', () => new Response('<!doctype html><title>Just a moment</title>')],
  ['nothing', () => new Response('')],
  ['half an answer', () => new Response('{"id":"17f20503-6c24', { headers: { 'Content-Type': 'application/json' } })],
  ['a list', () => Response.json([])],
  ['null', () => Response.json(null)],
  ['another type of text', () => new Response('id=1', { headers: { 'Content-Type': 'text/plain' } })],
  ['600 MB', () => new Response('{}', { headers: { 'Content-Length': String(600 * 1024 * 1024) } })],
  ['more than it says', () => new Response(new Uint8Array(5 * 1024 * 1024).fill(32))],
  ['a broken line', () => Promise.reject(new TypeError('connection lost'))],
  ['an id that climbs', () => Response.json({ id: '../../x', name: '../../x', request_id: '../../x' })],
];

describe.each(names)('%s', (name) => {
  it.each(odd)('the answer %s leaves a submit unknown and a poll unreachable', async (_what, respond) => {
    const { answer, seen } = await submitted(name, respond);
    expect(answer).toMatchObject({ outcome: 'unknown', error: { kind: 'retryable' } });
    expect(seen).toHaveLength(1);
    expect(await polled(name, respond)).toMatchObject({ outcome: 'unreachable' });
  });

  it.each([500, 502, 503, 504, 408, 409, 499])('a submit answered with %i is unknown', async (status) => {
    expect((await submitted(name, () => json(status, { detail: 'x' }))).answer).toMatchObject({ outcome: 'unknown' });
    expect(mayHaveBeenTaken(status)).toBe(true);
  });

  it.each([
    [401, 'auth'],
    [403, 'auth'],
    [402, 'out-of-funds'],
    [404, 'not-found'],
    [405, 'not-found'],
    [400, 'invalid-input'],
    [413, 'invalid-input'],
    [415, 'invalid-input'],
    [422, 'invalid-input'],
    [302, 'unknown'],
    [418, 'unknown'],
  ])('a submit answered with %i is refused as %s, after one request', async (status, kind) => {
    const { answer, seen } = await submitted(name, () => json(status, { detail: 'no' }));
    expect(answer).toMatchObject({ outcome: 'refused', error: { kind, httpStatus: status } });
    expect(answer).not.toHaveProperty('error.retryAfterSeconds');
    expect(seen).toHaveLength(1);
  });

  it('a 429 with Retry-After may be retried', async () => {
    const { answer } = await submitted(name, () => json(429, { detail: 'slow down' }, { 'Retry-After': '90' }));
    expect(answer).toMatchObject({ outcome: 'refused', error: { kind: 'quota', retryAfterSeconds: 90 } });
    const { answer: silent } = await submitted(name, () => json(429, { detail: 'slow down' }));
    expect(silent).toMatchObject({ error: { kind: 'quota', retryAfterSeconds: 60 } });
  });

  it('a poll without a valid answer is repeated', async () => {
    expect(await polled(name, () => json(404, { detail: 'x' }))).toEqual({ outcome: 'gone' });
    for (const status of [302, 408, 500, 503])
      expect(await polled(name, () => new Response('busy', { status }))).toMatchObject({ outcome: 'unreachable' });
    expect(await polled(name, () => json(401, { detail: 'x' }))).toMatchObject({ error: { kind: 'auth' } });
    const later = await polled(name, () => json(429, { detail: 'x' }, { 'Retry-After': '30' }));
    expect(later).toMatchObject({ outcome: 'unreachable', error: { retryAfterSeconds: 30 } });
  });

  it('videos are opened on the provider’s own hosts only, also after redirects', async () => {
    const open = (address: string, respond: Respond = () => new Response('x')) =>
      provider(name, respond).provider.openOutput(address);
    expect(await open('https://out.test/a.mp4')).toMatchObject({ outcome: 'open' });
    expect(await open('https://a.b.below.test/a.mp4')).toMatchObject({ outcome: 'open' });
    expect(await open('https://store.test/bucket/a.mp4')).toMatchObject({ outcome: 'open' });
    const foreign = [
      'https://store.test/other/a.mp4',
      'https://store.test/bucket',
      'https://store.test/bucket-of-another/a.mp4',
      'https://store.test/bucket/../other/a.mp4',
      'https://store.test/bucket/%2e%2e/other/a.mp4',
      'https://store.test/bucket%2f..%2fother/a.mp4',
      'https://store.test//bucket/a.mp4',
      'http://out.test/a.mp4',
      'https://below.test/a.mp4',
      'https://evilbelow.test/a.mp4',
      'https://out.test@elsewhere.test/a.mp4',
      'https://169.254.169.254/latest',
      'file:///etc/passwd',
      'nonsense',
    ];
    for (const address of foreign)
      expect(await open(address)).toMatchObject({ outcome: 'refused', error: { kind: 'bad-output' } });
    for (const inwards of ['http://10.0.0.1/', 'https://127.0.0.1/', 'http://[::1]/', '//elsewhere.test/x', '::']) {
      const to = () => new Response(null, { status: 302, headers: { Location: inwards } });
      expect(await open('https://out.test/a', to)).toMatchObject({ outcome: 'refused', error: { kind: 'bad-output' } });
    }
    const expired = () => new Response(null, { status: 403 });
    expect(await open('https://out.test/a', expired)).toMatchObject({
      outcome: 'refused',
      error: { kind: 'retryable' },
    });
  });

  it('a picture that the provider cannot take is not sent', async () => {
    const { provider: one, seen } = provider(name, () => json(200, {}));
    const large = { kind: 'bytes', bytes: new Uint8Array(one.imageSources.mostBytes + 1), contentType: 'a/b' } as const;
    const http = { kind: 'url', url: 'http://localhost:8787/p.jpg' } as const;
    for (const image of [large, http])
      expect(await one.submit({ ...requestBody(name, one), image })).toMatchObject({
        outcome: 'refused',
        error: { kind: 'invalid-input' },
      });
    expect(seen).toHaveLength(0);
  });
});

describe('what is sent', () => {
  it.each<[Name, string, Record<string, string>, unknown]>([
    [
      'luma',
      'https://base.test/generations/video',
      { authorization: 'Bearer k-123' },
      {
        generation_type: 'video',
        model: 'ray-2',
        prompt: 'gently',
        aspect_ratio: '9:16',
        duration: '5s',
        resolution: '720p',
        keyframes: { frame0: { type: 'image', url: 'https://echoes.test/p.jpg' } },
        callback_url: 'https://echoes.test/webhooks/x/y',
      },
    ],
    [
      'fal',
      'https://base.test/fal-ai/kling-video/v2.5-turbo/pro/image-to-video?fal_webhook=https%3A%2F%2Fechoes.test%2Fwebhooks%2Fx%2Fy',
      { authorization: 'Key k-123', 'x-fal-object-lifecycle-preference': '{"expiration_duration_seconds":86400}' },
      { prompt: 'gently', image_url: 'https://echoes.test/p.jpg', duration: '5' },
    ],
    [
      'replicate',
      'https://base.test/models/kwaivgi/kling-v2.1/predictions',
      { authorization: 'Bearer k-123' },
      {
        input: { mode: 'standard', prompt: 'gently', start_image: 'https://echoes.test/p.jpg', duration: 5 },
        webhook: 'https://echoes.test/webhooks/x/y',
        webhook_events_filter: ['completed'],
      },
    ],
    [
      'veo',
      'https://base.test/models/veo-3.1-fast-generate-preview:predictLongRunning',
      { 'x-goog-api-key': 'k-123' },
      {
        instances: [{ prompt: 'gently', image: { bytesBase64Encoded: 'AAAA', mimeType: 'image/jpeg' } }],
        parameters: {
          sampleCount: 1,
          durationSeconds: 5,
          aspectRatio: '9:16',
          resolution: '720p',
          personGeneration: 'allow_adult',
        },
      },
    ],
  ])('a submit to %s is as its documentation says', async (name, address, headers, body) => {
    const { seen } = await submitted(name, () => json(400, {}));
    const [request] = seen as [Request];
    expect([request.method, request.url]).toEqual(['POST', address]);
    expect(Object.fromEntries(request.headers)).toMatchObject({ ...headers, 'content-type': 'application/json' });
    expect(await request.json()).toEqual(body);
  });

  it('a submit has no webhook URL that the provider cannot reach', async () => {
    const { provider: one, seen } = provider('luma', () => json(400, {}));
    await one.submit({ ...requestBody('luma', one), webhookUrl: 'http://localhost:8787/webhooks/luma/x' });
    expect(await seen[0]?.json()).not.toHaveProperty('callback_url');
  });

  it('a poll of fal uses the path of its answer, and no other host', async () => {
    const request_id = '17f20503-6c24-4c16-946b-35dbbce2af2f';
    const at = async (response_url?: string) =>
      (await submitted('fal', () => json(200, { status: 'IN_QUEUE', request_id, response_url }))).answer;
    const own = { outcome: 'accepted', taskId: `fal-ai/kling-video/requests/${request_id}` };
    expect(await at(`https://base.test/fal-ai/other/requests/${request_id}`)).toEqual({
      outcome: 'accepted',
      taskId: `fal-ai/other/requests/${request_id}`,
    });
    expect(await at(`https://elsewhere.test/fal-ai/kling-video/requests/${request_id}`)).toEqual(own);
    expect(await at(`https://base.test/../x/y/requests/${request_id}`)).toEqual(own);
    expect(await at()).toEqual(own);
  });
});

describe('the key of Veo', () => {
  it('Veo’s key is sent to its own host only', async () => {
    const { provider: veo, seen } = provider('veo', ({ url: address }) =>
      address.startsWith('https://base.test/')
        ? new Response(null, { status: 302, headers: { Location: 'https://out.test/film' } })
        : new Response('x'),
    );
    expect(await veo.openOutput('https://base.test/files/a:download?alt=media')).toMatchObject({ outcome: 'open' });
    expect(seen.map((one) => [one.url, one.headers.get('x-goog-api-key')])).toEqual([
      ['https://base.test/files/a:download?alt=media', 'k-123'],
      ['https://out.test/film', null],
    ]);
  });

  it('redirects of Veo’s video are limited', async () => {
    const round = () => new Response(null, { status: 302, headers: { Location: '/again' } });
    const { provider: veo, seen } = provider('veo', round);
    expect(await veo.openOutput('https://base.test/a')).toMatchObject({ error: { kind: 'bad-output' } });
    expect(seen).toHaveLength(4);
  });
});

describe('refusals of each provider', () => {
  it.each<[Name, number, unknown, object]>([
    ['luma', 400, { detail: 'Insufficient credits' }, { kind: 'out-of-funds' }],
    ['luma', 400, { detail: 'Prompt failed moderation' }, { kind: 'moderated' }],
    ['luma', 401, { detail: 'Invalid API key is provided' }, { kind: 'auth' }],
    [
      'luma',
      422,
      { detail: [{ loc: ['body', 'duration'], msg: 'bad', type: 'enum' }] },
      { code: 'enum', message: 'body.duration: bad' },
    ],
    ['fal', 400, { detail: 'x', error_type: 'bad_request' }, { kind: 'invalid-input', code: 'bad_request' }],
    ['fal', 403, { detail: 'User is locked. Exhausted balance.' }, { kind: 'out-of-funds' }],
    ['fal', 422, { detail: [{ loc: ['body'], msg: 'x', type: 'content_policy_violation' }] }, { kind: 'moderated' }],
    ['replicate', 401, { title: 'Unauthenticated', detail: 'x', status: 401 }, { kind: 'auth' }],
    ['replicate', 402, { title: 'Insufficient credit' }, { kind: 'out-of-funds', message: 'Insufficient credit' }],
    ['replicate', 422, { detail: '- input: prompt is required' }, { kind: 'invalid-input' }],
    [
      'veo',
      400,
      { error: { status: 'INVALID_ARGUMENT', message: 'Bad image' } },
      { kind: 'invalid-input', code: 'INVALID_ARGUMENT' },
    ],
    ['veo', 400, { error: { status: 'INVALID_ARGUMENT', message: 'API key not valid.' } }, { kind: 'auth' }],
    [
      'veo',
      400,
      { error: { status: 'INVALID_ARGUMENT', message: 'Blocked by safety filters' } },
      { kind: 'moderated' },
    ],
    ['veo', 400, { error: { status: 'FAILED_PRECONDITION', message: 'Enable billing' } }, { kind: 'out-of-funds' }],
    ['veo', 403, { error: { status: 'PERMISSION_DENIED', message: 'x' } }, { kind: 'auth' }],
    [
      'veo',
      429,
      { error: { status: 'RESOURCE_EXHAUSTED', message: 'slow down' } },
      { kind: 'quota', retryAfterSeconds: 60 },
    ],
  ])('a refusal by %s with status %i and body %j has its kind', async (name, status, body, error) => {
    expect((await submitted(name, () => json(status, body))).answer).toMatchObject({ outcome: 'refused', error });
  });

  const exhausted = (message: string, ...details: object[]) => ({
    error: { code: 429, status: 'RESOURCE_EXHAUSTED', message, details },
  });
  const planAndBilling = 'You exceeded your current quota, please check your plan and billing details.';
  const quotaOf = (...limits: string[]) => ({
    '@type': 'google.rpc.QuotaFailure',
    violations: limits.map((quotaId) => ({ quotaId })),
  });
  const retryIn = (retryDelay: unknown) => ({ '@type': 'google.rpc.RetryInfo', retryDelay });
  const perMinute = quotaOf('RequestsPerMinutePerProjectPerModel');

  it.each<[Name, number, unknown, Record<string, string>, object]>([
    ['runway', 429, { error: 'You have reached your daily quota.' }, {}, { kind: 'quota', retryAfterSeconds: 60 }],
    ['luma', 429, { detail: 'Too many concurrent generations' }, {}, { kind: 'quota', retryAfterSeconds: 60 }],
    ['luma', 400, { detail: 'Overloaded, try again later' }, {}, { kind: 'retryable', retryAfterSeconds: 60 }],
    ['luma', 402, { detail: 'No credits' }, { 'Retry-After': '600' }, { kind: 'out-of-funds', retryAfterSeconds: 600 }],
    ['fal', 429, { detail: 'x' }, { 'X-Fal-Retryable': 'true' }, { kind: 'retryable', retryAfterSeconds: 60 }],
    ['fal', 422, { detail: 'x' }, { 'X-Fal-Retryable': 'true' }, { kind: 'retryable', retryAfterSeconds: 60 }],
    [
      'fal',
      429,
      { detail: 'x' },
      { 'X-Fal-Retryable': 'true', 'Retry-After': '7' },
      { kind: 'retryable', retryAfterSeconds: 7 },
    ],
    ['fal', 429, { detail: 'x' }, { 'X-Fal-Retryable': 'false' }, { kind: 'quota', retryAfterSeconds: 60 }],
    [
      'replicate',
      429,
      { detail: 'Request was throttled. Your rate limit resets in ~5s.', status: 429, retry_after: 5 },
      {},
      { kind: 'quota', retryAfterSeconds: 5 },
    ],
    ['replicate', 429, { detail: 'x', retry_after: 'soon' }, {}, { kind: 'quota', retryAfterSeconds: 60 }],
    ['veo', 429, exhausted(planAndBilling, perMinute, retryIn('26s')), {}, { kind: 'quota', retryAfterSeconds: 26 }],
    ['veo', 429, exhausted(planAndBilling, retryIn('55.5s')), {}, { kind: 'quota', retryAfterSeconds: 55.5 }],
    ['veo', 429, exhausted(planAndBilling, perMinute), {}, { kind: 'quota', retryAfterSeconds: 60 }],
    ['veo', 429, exhausted('Resource has been exhausted.', retryIn(7)), {}, { kind: 'quota', retryAfterSeconds: 60 }],
    ['runway', 429, { error: 'x' }, { 'Retry-After': 'Wed, 21 Oct 2026 07:28:00 GMT' }, { retryAfterSeconds: 60 }],
    ['runway', 429, { error: 'x' }, { 'Retry-After': '86400' }, { retryAfterSeconds: 3600 }],
  ])('a refusal with a time is retried then: %s %i %j %j', async (name, status, body, headers, error) => {
    const { answer } = await submitted(name, () => json(status, body, headers));
    expect(answer).toMatchObject({ outcome: 'refused', error });
  });

  it.each<[string, object]>([
    ['quota', exhausted('You exceeded your daily limit')],
    ['out-of-funds', exhausted(planAndBilling)],
    [
      'quota',
      exhausted(planAndBilling, quotaOf('RequestsPerMinutePerProject', 'RequestsPerDayPerProject'), retryIn('26s')),
    ],
  ])('a daily limit or an unpaid bill is not retried: %s %j', async (kind, body) => {
    const { answer } = await submitted('veo', () => json(429, body));
    expect(answer).toMatchObject({ error: { kind } });
    expect(answer).not.toHaveProperty('error.retryAfterSeconds');
  });

  it('a suspended account is no exhausted quota', () => {
    expect(kindOfText('Your account is suspended')).toBeNull();
    expect(kindOfText('spend limit reached')).toBe('out-of-funds');
    expect(kindOfText('Quota exceeded')).toBe('quota');
  });
});

describe('the states of tasks', () => {
  const state = async (name: Name, body: unknown) => {
    const answer = await polled(name, () => json(200, body));
    return answer.outcome === 'state' ? answer.state : answer.outcome;
  };
  const queued = { status: 'queued', throttled: false };
  const running = { status: 'running', progress: null };
  const done = { status: 'succeeded', outputUrl: 'https://out.test/a', costCents: null };
  const name = taskIds.veo;
  const veo = (generateVideoResponse: unknown) => ({ name, done: true, response: { generateVideoResponse } });

  it.each<[Name, unknown, unknown]>([
    ['luma', { state: 'queued' }, queued],
    ['luma', { state: 'dreaming' }, running],
    ['luma', { state: 'completed', assets: { video: 'https://out.test/a' } }, done],
    ['luma', { state: 'sleeping' }, 'unreachable'],
    ['fal', { status: 'IN_QUEUE', queue_position: 3 }, queued],
    ['fal', { status: 'IN_PROGRESS', logs: [] }, running],
    ['fal', { status: 'FAILED' }, 'unreachable'],
    ['fal', { status: 'COMPLETED', video: { url: 'https://out.test/a' } }, done],
    ['replicate', { status: 'starting' }, queued],
    ['replicate', { status: 'processing' }, running],
    ['replicate', { status: 'succeeded', output: 'https://out.test/a' }, done],
    ['replicate', { status: 'succeeded', output: ['https://out.test/a', 'b'] }, done],
    ['replicate', { status: 'canceled' }, { status: 'canceled' }],
    ['replicate', { status: 'aborted' }, { status: 'canceled' }],
    ['veo', { name }, running],
    ['veo', veo({ generatedSamples: [{ video: { uri: 'https://out.test/a' } }] }), done],
  ])('a task at %s with the body %j has its state', async (provider, body, wanted) => {
    expect(await state(provider, body)).toEqual(wanted);
  });

  it.each<[Name, unknown]>([
    ['runway', { status: 'SUCCEEDED', output: [] }],
    ['runway', { status: 'SUCCEEDED' }],
    ['luma', { state: 'completed', assets: null }],
    ['luma', { state: 'completed', assets: { image: 'https://out.test/a.jpg' } }],
    ['fal', { status: 'COMPLETED' }],
    ['fal', { status: 'COMPLETED', video: null }],
    ['replicate', { status: 'succeeded', output: null }],
    ['replicate', { status: 'succeeded', output: [] }],
  ])('a finished task at %s without a video is bad-output, not a failed poll: %j', async (name, body) => {
    const error = { kind: 'bad-output', code: 'no-film', httpStatus: 200 };
    expect(await polled(name, () => json(200, body))).toMatchObject({ outcome: 'unreachable', error });
    expect(await polled(name, () => json(503, body))).toMatchObject({ error: { kind: 'retryable' } });
  });

  it('a removed video and a missing one are different failures', async () => {
    const removed = await state('replicate', { status: 'succeeded', output: null, data_removed: true });
    expect(removed).toMatchObject({ status: 'failed', error: { kind: 'not-found' } });
    expect(await state('veo', veo({}))).toMatchObject({ status: 'failed', error: { kind: 'unknown' } });
    expect(await state('veo', veo({ raiMediaFilteredCount: 1 }))).toMatchObject({ error: { kind: 'moderated' } });
  });

  it('a proxy’s page in front of fal is no failed task', async () => {
    const answers = [json(200, { status: 'COMPLETED' }), new Response('<html>Bad gateway', { status: 502 })];
    const answer = await polled('fal', () => answers.shift() as Response);
    expect(answer).toMatchObject({ outcome: 'unreachable', error: { kind: 'retryable', httpStatus: 502 } });
    const pages = [json(200, { status: 'COMPLETED' }), new Response('<html>Just a moment')];
    const page = await polled('fal', () => pages.shift() as Response);
    expect(page).toMatchObject({ outcome: 'unreachable', error: { kind: 'retryable' } });
  });
});

it('models have their documented lengths, shapes and list prices', () => {
  const model = (name: Name, index = 0) => provider(name, () => json(200, {})).provider.models[index];
  const veo = model('veo');
  if (!veo) throw new Error('no model');
  expect(canMake(veo, { durationSeconds: 8, shape: '9:16' })).toBe(true);
  expect(canMake(veo, { durationSeconds: 5, shape: '9:16' })).toBe(false);
  expect(canMake(veo, { durationSeconds: 8, shape: '1:1' })).toBe(false);
  expect([
    veo.costCents(8),
    model('luma')?.costCents(5),
    model('fal')?.costCents(5),
    model('replicate')?.costCents(5),
  ]).toEqual([80, 71, 35, 25]);
  expect(model('fal', 1)?.costCents(5)).toBe(28);
  // What no provider's own text says is an estimate, and the desk names it so.
  const published = names.filter((name) => model(name)?.isPricePublished);
  expect(published).toEqual(['runway', 'veo']);
});
