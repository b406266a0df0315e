// Every status, error, cancel answer and webhook that the providers document, in the form they give it: what it means to
// us. What no document knows stands in answers.test.ts.
import { describe, expect, it } from 'vitest';
import { createFal } from './fal.server';
import { createLuma } from './luma.server';
import { createReplicate } from './replicate.server';
import { createRunway } from './runway.server';
import { createVeo } from './veo.server';
import type { FailureKind, SubmitRequest, VideoProvider } from './video-provider';
import { verifyFalWebhook } from './webhook-signatures';

type Name = 'runway' | 'luma' | 'fal' | 'replicate' | 'veo';
/** Answers in the order in which they are asked for; the last one stays. */
type Answers = [status: number, body: unknown, headers?: Record<string, string>][];

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const uuid = '17f20503-6c24-4c16-946b-35dbbce2af2f';
const taskIds: Record<Name, string> = {
  runway: uuid,
  luma: uuid,
  fal: `fal-ai/kling-video/requests/${uuid}`,
  replicate: 'gm3qorzdhgbfurvjtvhg6dckhu',
  veo: 'models/veo-3.1-fast-generate-preview/operations/abc123',
};

function speaking(name: Name, answers: Answers) {
  const asked: string[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { method, url } = new Request(input as RequestInfo, init);
    asked.push(`${method} ${url.replace('https://base.test', '')}`);
    const [status, body, headers = {}] = (answers.length > 1 ? answers.shift() : answers[0]) as Answers[number];
    const isEmpty = body === null || status === 204;
    return new Response(isEmpty ? null : JSON.stringify(body), { status, headers });
  };
  const options = { baseUrl: 'https://base.test', outputHosts: ['out.test'], fetch, key: 'k-123' };
  const made: Record<Name, () => VideoProvider> = {
    runway: () => createRunway({ ...options, secret: 'k-123' }),
    luma: () => createLuma(options),
    fal: () => createFal({ ...options, jwksUrl: 'https://keys.test' }),
    replicate: () => createReplicate({ ...options, token: 'k-123', webhookSecret: secret }),
    veo: () => createVeo({ ...options, webhookSecret: secret }),
  };
  return { provider: made[name](), asked };
}

const polled = (name: Name, ...answers: Answers) => speaking(name, answers).provider.poll(taskIds[name]);
async function submitted(name: Name, ...answers: Answers) {
  const { provider } = speaking(name, answers);
  const [model] = provider.models;
  const image: SubmitRequest['image'] =
    name === 'veo'
      ? { kind: 'bytes', bytes: new Uint8Array(3), contentType: 'image/jpeg' }
      : { kind: 'url', url: 'https://echoes.test/p.jpg' };
  return provider.submit({ model: model?.id ?? '', image, prompt: 'gently', durationSeconds: 5, shape: '9:16' });
}

const generation = (more: object) => ({
  id: uuid,
  generation_type: 'video',
  failure_reason: null,
  created_at: '2026-08-08T12:00:00Z',
  model: 'ray-2',
  assets: null,
  request: { model: 'ray-2' },
  ...more,
});
const prediction = (more: object) => ({
  id: taskIds.replicate,
  model: 'kwaivgi/kling-v2.1',
  version: 'hidden',
  input: {},
  output: null,
  error: null,
  logs: '',
  metrics: {},
  created_at: '2026-08-08T12:00:00Z',
  data_removed: false,
  source: 'api',
  urls: { get: 'https://base.test', cancel: 'https://base.test', web: 'https://base.test' },
  ...more,
});
const falUrls = {
  request_id: uuid,
  response_url: `https://base.test/${taskIds.fal}`,
  status_url: `https://base.test/${taskIds.fal}/status`,
  cancel_url: `https://base.test/${taskIds.fal}/cancel`,
};
const operation = (more: object) => ({ name: taskIds.veo, metadata: {}, done: true, ...more });

describe('an accepted submit', () => {
  it.each<[Name, number, unknown]>([
    ['runway', 200, { id: uuid, estimatedCost: { credits: 25 } }],
    ['luma', 201, generation({ state: 'queued' })],
    ['fal', 200, { status: 'IN_QUEUE', gateway_request_id: uuid, queue_position: 0, ...falUrls }],
    ['replicate', 201, prediction({ status: 'starting' })],
    ['replicate', 202, prediction({ status: 'processing' })],
    ['veo', 200, { name: taskIds.veo }],
  ])('%s accepts a submit with status %i', async (name, status, body) => {
    expect(await submitted(name, [status, body])).toEqual({ outcome: 'accepted', taskId: taskIds[name] });
  });
});

describe('a picture that Runway refuses', () => {
  it.each([
    'Invalid data URI.',
    'Unsupported asset type. Received "application/octet-stream".',
    'Invalid URL',
    'Only HTTPS URLs are allowed.',
    'URLs must be hosted on a domain.',
    'Failed to fetch asset. The connection was refused.',
    'Failed to fetch asset. Received HTTP response code "403".',
    'Timeout while fetching asset.',
  ])('a picture that Runway refuses is invalid input: %s', async (error) => {
    const issues = [{ code: 'custom', path: ['promptImage'], message: error }];
    expect(await submitted('runway', [400, { error, issues, docUrl: 'https://docs.test' }])).toMatchObject({
      outcome: 'refused',
      error: { kind: 'invalid-input', code: 'custom promptImage', message: error },
    });
  });
});

describe('a failed task', () => {
  const fails = async (name: Name, kind: FailureKind, ...answers: Answers) =>
    expect(await polled(name, ...answers)).toMatchObject({ state: { status: 'failed', error: { kind } } });

  it.each<[FailureKind, string | null]>([
    ['moderated', 'Prompt not allowed because of our content policy'],
    ['moderated', 'Image failed moderation'],
    ['invalid-input', 'Failed to download keyframe: inaccessible URL'],
    ['invalid-input', 'Could not read the image'],
    ['retryable', 'Job timed out'],
    ['retryable', 'Dispatch error'],
    ['retryable', 'Internal error'],
    ['unknown', 'Prompt processing error'],
    ['unknown', null],
  ])('a failed task at Luma is %s: %s', (kind, reason) =>
    fails('luma', kind, [200, generation({ state: 'failed', failure_reason: reason })]),
  );

  const completedWith = (more: object): Answers[number] => [
    200,
    { status: 'COMPLETED', logs: [], metrics: { inference_time: 3 }, ...falUrls, ...more },
  ];
  const completed = completedWith({ error: null });
  it.each<[FailureKind, number, string, Record<string, string>?]>([
    ['moderated', 422, 'content_policy_violation'],
    ['moderated', 422, 'no_media_generated'],
    ['invalid-input', 422, 'image_too_large'],
    ['invalid-input', 422, 'file_download_error'],
    ['retryable', 422, 'downstream_service_error', { 'X-Fal-Retryable': 'true' }],
    ['retryable', 500, 'internal_server_error'],
  ])('a failed task at fal is %s by the model’s error: %i %s', (kind, status, type, headers) => {
    const detail = [{ loc: ['body', 'image_url'], msg: 'x', type, ctx: {}, url: 'https://docs.test' }];
    return fails('fal', kind, completed, [status, { detail }, headers ?? {}]);
  });

  it.each<[FailureKind, number, string]>([
    ['retryable', 504, 'request_timeout'],
    ['retryable', 504, 'startup_timeout'],
    ['retryable', 503, 'runner_scheduling_failure'],
    ['retryable', 503, 'runner_connection_timeout'],
    ['retryable', 503, 'runner_disconnected'],
    ['retryable', 503, 'runner_connection_refused'],
    ['retryable', 503, 'runner_connection_error'],
    ['retryable', 502, 'runner_incomplete_response'],
    ['retryable', 500, 'runner_server_error'],
    ['retryable', 500, 'internal_error'],
    ['unknown', 499, 'client_disconnected'],
    ['invalid-input', 400, 'bad_request'],
  ])('a failed task at fal is %s by the queue’s error: %i %s', async (kind, status, type) => {
    await fails('fal', kind, completed, [status, { detail: 'x', error_type: type }]);
    await fails('fal', kind, completed, [status, { detail: 'x' }, { 'X-Fal-Error-Type': type }]);
  });

  it('a 499 client_cancelled at fal is a canceled task', async () => {
    const canceled = { outcome: 'state', state: { status: 'canceled' } };
    expect(await polled('fal', completed, [499, { detail: 'x', error_type: 'client_cancelled' }])).toEqual(canceled);
    expect(await polled('fal', completedWith({ error: 'x', error_type: 'client_cancelled' }))).toEqual(canceled);
  });

  it.each<[FailureKind, string]>([
    ['retryable', 'request_timeout'],
    ['retryable', 'startup_timeout'],
    ['retryable', 'runner_scheduling_failure'],
    ['retryable', 'runner_connection_timeout'],
    ['retryable', 'runner_disconnected'],
    ['retryable', 'runner_connection_refused'],
    ['retryable', 'runner_connection_error'],
    ['retryable', 'runner_incomplete_response'],
    ['retryable', 'runner_server_error'],
    ['retryable', 'internal_error'],
    ['unknown', 'client_disconnected'],
    ['invalid-input', 'bad_request'],
    ['moderated', 'content_policy_violation'],
    ['moderated', 'no_media_generated'],
  ])('a failed task at fal is %s by the type beside COMPLETED: %s', async (kind, error_type) => {
    const { provider, asked } = speaking('fal', [completedWith({ error: 'It failed.', error_type })]);
    expect(await provider.poll(taskIds.fal)).toEqual({
      outcome: 'state',
      state: { status: 'failed', error: { kind, code: error_type, message: 'It failed.' }, costCents: null },
    });
    expect(asked).toEqual([`GET /${taskIds.fal}/status?logs=0`]);
  });

  describe('a COMPLETED task at fal with an error of unknown type', () => {
    const vague = completedWith({ error: 'Unexpected status code: 422' });

    it('the result’s error decides the kind of fal’s failure', async () => {
      const detail = [{ loc: ['body'], msg: 'x', type: 'content_policy_violation' }];
      await fails('fal', 'moderated', vague, [422, { detail }]);
      const film = { video: { url: 'https://out.test/a.mp4' } };
      expect(await polled('fal', vague, [200, film])).toMatchObject({ state: { status: 'succeeded' } });
    });

    it('the status’s error decides where fal has no result', async () => {
      await fails('fal', 'unknown', vague, [404, { detail: 'Request not found' }]);
      await fails('fal', 'unknown', vague, [200, {}]);
      await fails('fal', 'retryable', completedWith({ error: 'Runner timed out' }), [404, { detail: 'x' }]);
      await fails('fal', 'unknown', completedWith({ error_type: 'brand_new' }), [404, { detail: 'x' }]);
    });

    it('the result of fal is polled again while unavailable, since it may be moderated', async () => {
      for (const status of [401, 429])
        expect(await polled('fal', vague, [status, { detail: 'x' }])).toMatchObject({ outcome: 'unreachable' });
    });
  });

  it.each<[Name, number, object]>([
    ['runway', 400, { error: 'You do not have enough credits to run this task.', docUrl: 'https://docs' }],
    ['luma', 400, { detail: 'Insufficient credits' }],
    ['luma', 402, { detail: 'Payment required' }],
    [
      'fal',
      403,
      { detail: 'User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing.' },
    ],
    ['fal', 403, { detail: 'User is locked. Reason: TOP_UP.' }],
    [
      'replicate',
      402,
      { title: 'Insufficient credit', detail: 'You have insufficient credit to run this model.', status: 402 },
    ],
    [
      'replicate',
      402,
      { title: 'Billing required', detail: 'You need to set up billing to run this model.', status: 402 },
    ],
    ['veo', 400, { error: { code: 400, status: 'FAILED_PRECONDITION', message: 'Please enable billing on project.' } }],
    ['veo', 402, { error: { code: 402, status: 'PAYMENT_REQUIRED', message: 'Payment required' } }],
    [
      'veo',
      429,
      { error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Your prepayment credits are depleted.' } },
    ],
    ['veo', 429, { error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Monthly spend cap reached.' } }],
  ])('a submit to %s on an empty account is out of funds: %i %j', async (name, status, body) => {
    const answer = await submitted(name, [status, body]);
    expect(answer).toMatchObject({ outcome: 'refused', error: { kind: 'out-of-funds' } });
    expect(answer).not.toHaveProperty('error.retryAfterSeconds');
  });

  it.each<[Name, string, number, object, object]>([
    ['runway', 'GET /v1/organization', 200, { creditBalance: 1234, tier: {} }, { outcome: 'told', cents: 1234 }],
    ['luma', 'GET /credits', 200, { credit_balance: 250.5 }, { outcome: 'told', cents: 250.5 }],
    ['runway', 'GET /v1/organization', 401, { error: 'no' }, { outcome: 'unreachable' }],
    ['luma', 'GET /credits', 200, { detail: 'x' }, { outcome: 'unreachable' }],
  ])('the balance at %s is asked by %s: %i %j', async (name, request, status, body, told) => {
    const { provider, asked } = speaking(name, [[status, body]]);
    expect(await provider.balance?.()).toMatchObject(told);
    expect(asked).toEqual([request]);
  });

  it.each<[FailureKind, string | null]>([
    ['moderated', 'NSFW content detected. Try a different prompt.'],
    ['moderated', 'The input was flagged as sensitive (E005).'],
    ['retryable', 'Prediction interrupted; please retry (code: PA)'],
    ['retryable', 'CUDA out of memory'],
    ['invalid-input', 'Unsupported image format'],
    ['unknown', 'Director: unexpected error handling prediction (E6716)'],
    ['unknown', null],
  ])('a failed task at Replicate is %s: %s', (kind, error) =>
    fails('replicate', kind, [200, prediction({ status: 'failed', error })]),
  );

  it.each<[FailureKind, number, string]>([
    ['invalid-input', 3, 'Request contains an invalid argument.'],
    ['moderated', 3, 'The image was blocked by our safety filters.'],
    ['retryable', 4, 'Deadline expired before operation could complete.'],
    ['not-found', 5, 'Requested entity was not found.'],
    ['auth', 7, 'The caller does not have permission'],
    ['quota', 8, 'Resource has been exhausted'],
    ['out-of-funds', 9, 'Billing is not enabled.'],
    ['retryable', 13, 'Internal error encountered.'],
    ['retryable', 14, 'The service is currently unavailable.'],
    ['auth', 16, 'Request had invalid authentication credentials.'],
    ['unknown', 2, 'x'],
  ])('a failed task at Veo is %s: code %i, %s', (kind, code, message) =>
    fails('veo', kind, [200, operation({ error: { code, message, details: [] } })]),
  );

  it('a withheld video of Veo is moderated', () => {
    const generateVideoResponse = { raiMediaFilteredCount: 1, raiMediaFilteredReasons: ['Children are not allowed.'] };
    return fails('veo', 'moderated', [200, operation({ response: { generateVideoResponse } })]);
  });
});

describe('a cancel or deletion', () => {
  const fal = (status: string) => ({ status });
  it.each<[Name, string, number, unknown, string]>([
    ['runway', `DELETE /v1/tasks/${uuid}`, 204, null, 'canceled'],
    ['runway', `DELETE /v1/tasks/${uuid}`, 404, { error: 'x' }, 'gone'],
    ['runway', `DELETE /v1/tasks/${uuid}`, 503, null, 'unreachable'],
    ['luma', `DELETE /generations/${uuid}`, 204, null, 'forgotten'],
    ['luma', `DELETE /generations/${uuid}`, 404, { detail: 'x' }, 'gone'],
    ['luma', `DELETE /generations/${uuid}`, 500, { detail: 'x' }, 'unreachable'],
    ['fal', `PUT /${taskIds.fal}/cancel`, 200, fal('OK'), 'canceled'],
    ['fal', `PUT /${taskIds.fal}/cancel`, 202, fal('CANCELLATION_REQUESTED'), 'requested'],
    ['fal', `PUT /${taskIds.fal}/cancel`, 400, fal('ALREADY_COMPLETED'), 'too-late'],
    ['fal', `PUT /${taskIds.fal}/cancel`, 404, fal('NOT_FOUND'), 'gone'],
    ['fal', `PUT /${taskIds.fal}/cancel`, 200, fal('NOT_FOUND'), 'gone'],
    ['fal', `PUT /${taskIds.fal}/cancel`, 500, { detail: 'x' }, 'unreachable'],
    ['replicate', `POST /predictions/${taskIds.replicate}/cancel`, 200, prediction({ status: 'canceled' }), 'canceled'],
    ['replicate', `POST /predictions/${taskIds.replicate}/cancel`, 200, prediction({ status: 'aborted' }), 'canceled'],
    [
      'replicate',
      `POST /predictions/${taskIds.replicate}/cancel`,
      200,
      prediction({ status: 'processing' }),
      'requested',
    ],
    [
      'replicate',
      `POST /predictions/${taskIds.replicate}/cancel`,
      200,
      prediction({ status: 'succeeded', output: 'https://out.test/a' }),
      'too-late',
    ],
    ['replicate', `POST /predictions/${taskIds.replicate}/cancel`, 200, prediction({ status: 'failed' }), 'too-late'],
    ['replicate', `POST /predictions/${taskIds.replicate}/cancel`, 404, { title: 'x' }, 'gone'],
    ['replicate', `POST /predictions/${taskIds.replicate}/cancel`, 502, null, 'unreachable'],
  ])('the answer of %s to %s with status %i is mapped', async (name, request, status, body, outcome) => {
    const { provider, asked } = speaking(name, [[status, body]]);
    expect(await provider.cancel(taskIds[name])).toBe(outcome);
    expect(asked).toEqual([request]);
  });

  it('Veo gets no cancel request, since its API has none', async () => {
    const { provider, asked } = speaking('veo', [[200, {}]]);
    expect([await provider.cancel(taskIds.veo), asked]).toEqual(['unsupported', []]);
  });
});

// The key pair of RFC 8032, test 1; the signature was made by another implementation, after fal's description.
const falKey = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
const falBody = `{"request_id":"${uuid}","gateway_request_id":"${uuid}","status":"OK","payload":{"video":{"url":"https://v3.fal.media/files/a.mp4"}}}`;
const falHeaders = {
  'X-Fal-Webhook-Request-Id': uuid,
  'X-Fal-Webhook-User-Id': 'user_1',
  'X-Fal-Webhook-Timestamp': '1700000000',
  'X-Fal-Webhook-Signature':
    'b9d4763ced96f2320c46a4303c55807a7e4bb0eb9213977e8bd05a2a13ae72ad51d5e8311790aaed5012fcf10d12c0978b005a235eaf83c91cf97ed4413eaa08',
};

describe('a webhook', () => {
  const now = 1_700_000_000_000;
  const bytes = (body: unknown) => Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));

  async function standard(body: Uint8Array) {
    const raw = Buffer.from(secret.slice(6), 'base64');
    const key = await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    const signed = Buffer.concat([Buffer.from(`msg_1.${now / 1000}.`), body]);
    const signature = Buffer.from(await crypto.subtle.sign('HMAC', key, signed)).toString('base64');
    return new Headers({
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(now / 1000),
      'webhook-signature': `v1,${signature}`,
    });
  }
  const hint = (taskId: string) => ({ outcome: 'hint', taskIds: [taskId] });
  const malformed = { outcome: 'refused', reason: 'malformed' };

  it('a documented webhook of fal is verified with its published key only', async () => {
    const delivery = { headers: new Headers(falHeaders), body: bytes(falBody), now };
    expect(await verifyFalWebhook({ ...delivery, fetchKeys: async () => [falKey] })).toBe('ok');
    const other = { ...falKey, x: 'PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw' };
    expect(await verifyFalWebhook({ ...delivery, fetchKeys: async () => [other] })).toBe('forged');
  });

  it('each form of fal’s webhook is a hint', async () => {
    const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
    const keys = [await crypto.subtle.exportKey('jwk', pair.publicKey)];
    const { webhook } = speaking('fal', [[200, { keys }]]).provider;
    const verdict = async (told: object) => {
      const body = bytes({ request_id: uuid, gateway_request_id: uuid, ...told });
      const digest = Buffer.from(await crypto.subtle.digest('SHA-256', body)).toString('hex');
      const signed = bytes(`${uuid}\nuser_1\n1700000000\n${digest}`);
      const signature = Buffer.from(await crypto.subtle.sign('Ed25519', pair.privateKey, signed)).toString('hex');
      const headers = new Headers({ ...falHeaders, 'X-Fal-Webhook-Signature': signature });
      return webhook?.verify({ headers, body, now });
    };
    const wanted = hint(taskIds.fal);
    expect(await verdict({ status: 'OK', payload: { video: { url: 'x' } } })).toEqual(wanted);
    expect(await verdict({ status: 'ERROR', error: 'Unexpected status code: 422', payload: { detail: [] } })).toEqual(
      wanted,
    );
    expect(await verdict({ status: 'OK', payload: null, payload_error: 'too large' })).toEqual(wanted);
    expect(await verdict({ request_id: 'another', status: 'OK' })).toEqual(malformed);
  });

  it('each status in Replicate’s webhook is only a hint', async () => {
    const { webhook } = speaking('replicate', [[200, {}]]).provider;
    for (const status of ['starting', 'processing', 'succeeded', 'failed', 'canceled', 'aborted']) {
      const body = bytes(prediction({ status }));
      expect(await webhook?.verify({ headers: await standard(body), body, now })).toEqual(hint(taskIds.replicate));
    }
    const body = bytes({ status: 'succeeded' });
    expect(await webhook?.verify({ headers: await standard(body), body, now })).toEqual(malformed);
  });

  it('only the id is read from Luma’s webhook', async () => {
    const { webhook } = speaking('luma', [[200, {}]]).provider;
    for (const state of ['dreaming', 'completed', 'failed'])
      expect(await webhook?.verify({ headers: new Headers(), body: bytes(generation({ state })), now })).toEqual(
        hint(uuid),
      );
  });

  it('only video.generated of Veo’s webhooks is a hint', async () => {
    const { webhook } = speaking('veo', [[200, {}]]).provider;
    const verdict = async (type: string, id: unknown) => {
      const body = bytes({
        type,
        version: 'v1',
        timestamp: '2026-08-08T12:00:00Z',
        data: { id, file_name: 'files/a' },
      });
      return webhook?.verify({ headers: await standard(body), body, now });
    };
    expect(await verdict('video.generated', taskIds.veo)).toEqual(hint(taskIds.veo));
    expect(await verdict('video.generated', 'abc123')).toMatchObject({
      taskIds: expect.arrayContaining([taskIds.veo]),
    });
    expect(await verdict('batch.succeeded', taskIds.veo)).toEqual(malformed);
    expect(await verdict('video.generated', 7)).toEqual(malformed);
  });

  it('Runway has no webhook', () => {
    expect(speaking('runway', [[200, {}]]).provider.webhook).toBeNull();
  });
});
