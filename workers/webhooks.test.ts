// Webhooks through the real door, database and objects: a valid one wakes one object, any other wakes none.
import { runInDurableObject } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createIds } from '~/db/ids';
import { generations } from '~/db/schema.server';
import { masked } from '~/log';
import { createCallbacks } from '~/providers/callbacks.server';
import { seedPerson, seedProject, testConfig, testServices } from '~/testing/services';

const now = 2_000_000_000_000;
const secret = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

// In the future, so that no alarm rings by itself.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now }));

const newId = createIds({ clock: () => now });
const callbacks = createCallbacks({ secrets: testConfig().MEDIA_SIGNING_SECRET, appOrigin: env.APP_ORIGIN });

/** A generation at this provider under this task id. */
async function seedTask(provider: string, taskId: string, state: 'generating' | 'canceled' = 'generating') {
  const userId = await seedPerson({ credits: 1 });
  const { clipIds } = await seedProject({ userId });
  const id = newId('gen');
  await testServices()
    .db.insert(generations)
    .values({
      id,
      userId,
      clipId: clipIds[0] as string,
      requestKey: id,
      cost: 1,
      stateAt: now,
      deadlineAt: now + 1_800_000,
      provider,
      model: 'm',
      presetId: 'gentle',
      words: '',
      prompt: 'x',
      shape: '9:16',
      durationSeconds: 5,
      frameX: 0.5,
      frameY: 0.5,
      frameZoom: 1,
      createdAt: now,
    });
  const step = (set: string) => env.DB.prepare(`UPDATE generations SET ${set} WHERE id = ?1`).bind(id);
  await step("state = 'submitting'").run();
  await env.DB.prepare("UPDATE generations SET state = 'generating', provider_task_id = ?2 WHERE id = ?1")
    .bind(id, taskId)
    .run();
  if (state === 'canceled') await step("state = 'canceled'").run();
  return id;
}

const isAwake = (id: string) =>
  runInDurableObject(
    env.GENERATION_JOB.getByName(id),
    async (_job, { storage }) => (await storage.getAlarm()) !== null,
  );

const addressOf = (provider: string, generationId: string) => callbacks.addressOf({ provider, generationId });

async function send(url: string, body: string, headers: Record<string, string> = {}) {
  const init = { method: 'POST', body, headers: { 'Content-Type': 'application/json', ...headers } };
  return (await exports.default.fetch(new Request(url, init))).status;
}

async function standardHeaders(body: string, at = now) {
  const [id, timestamp] = ['msg_1', String(at / 1000)];
  const raw = Buffer.from(secret, 'base64');
  const key = await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const mac = await crypto.subtle.sign('HMAC', key, Buffer.from(`${id}.${timestamp}.${body}`));
  const signature = `v1,${Buffer.from(mac).toString('base64')}`;
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
}

describe('a webhook of Replicate', () => {
  const body = (id: string) => JSON.stringify({ id, status: 'succeeded', output: 'https://elsewhere.test/a.mp4' });

  it('a webhook of Replicate wakes its generation and changes nothing else, however often it comes', async () => {
    const id = await seedTask('replicate', 'gm3qorzdhgbfurvjtvhg6dckh1');
    const text = body('gm3qorzdhgbfurvjtvhg6dckh1');
    const headers = await standardHeaders(text);
    expect(await isAwake(id)).toBe(false);
    const job = env.GENERATION_JOB.getByName(id);
    const memo = { nextPollAt: now + 60_000, earliestPollAt: now + 5_000 };
    await runInDurableObject(job, (_job, { storage }) => storage.put('memo', memo));
    for (const _ of [1, 2, 3]) expect(await send(addressOf('replicate', id), text, headers)).toBe(200);
    expect(await isAwake(id)).toBe(true);
    const brought = await runInDurableObject(job, (_job, { storage }) => storage.get('memo'));
    expect(brought).toEqual({ nextPollAt: now + 5_000, earliestPollAt: now + 5_000 });
    const row = await env.DB.prepare('SELECT state, media_key AS mediaKey FROM generations WHERE id = ?1')
      .bind(id)
      .first();
    expect(row).toEqual({ state: 'generating', mediaKey: null });
  });

  it('a forged, stale, unsigned, misaddressed or unknown webhook wakes no generation', async () => {
    const id = await seedTask('replicate', 'gm3qorzdhgbfurvjtvhg6dckh2');
    const other = await seedTask('replicate', 'gm3qorzdhgbfurvjtvhg6dckh3');
    const text = body('gm3qorzdhgbfurvjtvhg6dckh2');
    const headers = await standardHeaders(text);
    const own = addressOf('replicate', id);
    expect(await send(own, text.replace('succeeded', 'failed'), headers)).toBe(401);
    expect(await send(own, text, await standardHeaders(text, now - 301_000))).toBe(401);
    expect(await send(own, text)).toBe(401);
    expect(await send(addressOf('replicate', other), text, headers)).toBe(404);
    expect(await send(addressOf('luma', id), text, headers)).toBe(404);
    expect(await send(`${own}x`, text, headers)).toBe(404);
    expect(await send(`${env.APP_ORIGIN}/webhooks/replicate`, text, headers)).toBe(404);
    const strange = body('gm3qorzdhgbfurvjtvhg6dckh9');
    expect(await send(own, strange, await standardHeaders(strange))).toBe(404);
    expect(await send(own, 'no json', await standardHeaders('no json'))).toBe(400);
    expect(await send(own, 'x'.repeat(1024 * 1024 + 1), headers)).toBe(413);
    expect(await Promise.all([isAwake(id), isAwake(other)])).toEqual([false, false]);
  });

  it('a webhook about an ended generation gets 200 and wakes no object', async () => {
    const id = await seedTask('replicate', 'gm3qorzdhgbfurvjtvhg6dckh4', 'canceled');
    const text = body('gm3qorzdhgbfurvjtvhg6dckh4');
    expect(await send(addressOf('replicate', id), text, await standardHeaders(text))).toBe(200);
    expect(await isAwake(id)).toBe(false);
  });
});

describe('an unsigned webhook of Luma', () => {
  it('a webhook of Luma is accepted by its secret URL, as a hint', async () => {
    const id = await seedTask('luma', 'luma-task-1');
    const text = JSON.stringify({ id: 'luma-task-1', state: 'completed', assets: { video: 'https://elsewhere.test' } });
    const guess = `${env.APP_ORIGIN}/webhooks/luma/${id}.${'A'.repeat(43)}`;
    expect(await send(guess, text)).toBe(404);
    expect(await send(addressOf('luma', id), JSON.stringify({ id: 'luma-task-2' }))).toBe(404);
    expect(await send(addressOf('luma', id), '[]')).toBe(400);
    expect(await isAwake(id)).toBe(false);
    expect(await send(addressOf('luma', id), text)).toBe(200);
    // What proves the caller is in no log.
    expect(masked(addressOf('luma', id))).toBe(`${env.APP_ORIGIN}/webhooks/luma/${id}.…`);
    expect(await isAwake(id)).toBe(true);
  });
});

describe('a webhook of Veo', () => {
  it('a webhook of Veo comes to one URL and finds its task by name or number', async () => {
    const first = await seedTask('veo', 'models/veo-3.1-generate-preview/operations/op1');
    const second = await seedTask('veo', 'models/veo-3.1-generate-preview/operations/op2');
    const at = `${env.APP_ORIGIN}/webhooks/veo`;
    const event = (id: string, type = 'video.generated') => JSON.stringify({ type, version: 'v1', data: { id } });
    for (const text of [event('op1'), event('models/veo-3.1-generate-preview/operations/op2')])
      expect(await send(at, text, await standardHeaders(text))).toBe(200);
    expect(await Promise.all([isAwake(first), isAwake(second)])).toEqual([true, true]);
    const again = event('op1');
    expect(await send(at, again, await standardHeaders(again))).toBe(200);
    await env.DB.prepare("UPDATE generations SET state = 'canceled', state_at = ?2 WHERE id = ?1")
      .bind(first, now)
      .run();
    expect(await send(at, again, await standardHeaders(again))).toBe(200);
    expect(await env.DB.prepare('SELECT state FROM generations WHERE id = ?1').bind(first).first('state')).toBe(
      'canceled',
    );
    const other = event('op1', 'batch.succeeded');
    expect(await send(at, other, await standardHeaders(other))).toBe(400);
    expect(await send(at, event('op1'))).toBe(401);
  });
});

describe('a webhook of fal', () => {
  it('a webhook of fal is verified with its published keys in workerd', async () => {
    const requestId = '17f20503-6c24-4c16-946b-35dbbce2af2f';
    const id = await seedTask('fal', `fal-ai/kling-video/requests/${requestId}`);
    const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
    const body = Buffer.from(JSON.stringify({ request_id: requestId, status: 'OK' }));
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', body)).toString('hex');
    const message = Buffer.from(`${requestId}\nuser\n${now / 1000}\n${digest}`);
    const headers = new Headers({
      'X-Fal-Webhook-Request-Id': requestId,
      'X-Fal-Webhook-User-Id': 'user',
      'X-Fal-Webhook-Timestamp': String(now / 1000),
      'X-Fal-Webhook-Signature': Buffer.from(await crypto.subtle.sign('Ed25519', pair.privateKey, message)).toString(
        'hex',
      ),
    });
    const asked: string[] = [];
    const fetch: typeof globalThis.fetch = async (input) => {
      asked.push(String(input));
      return Response.json({ keys: [await crypto.subtle.exportKey('jwk', pair.publicKey)] });
    };
    const { pipeline } = testServices({ fetch });
    const token = addressOf('fal', id).split('/').at(-1) ?? '';
    const take = (more: { token?: string; body?: Uint8Array }) =>
      pipeline.takeWebhook({ provider: 'fal', token, headers, body, ...more });
    expect(await take({ token: 'guess' })).toBe('foreign-address');
    expect(asked).toEqual([]);
    expect(await take({ body: Buffer.from(`${body} `) })).toBe('forged');
    expect(await isAwake(id)).toBe(false);
    expect(await take({})).toBe('nudged');
    expect(await isAwake(id)).toBe(true);
    // Repeated at once and after the end, it changes nothing.
    expect(await take({})).toBe('nudged');
    await env.DB.prepare("UPDATE generations SET state = 'canceled', state_at = ?2 WHERE id = ?1").bind(id, now).run();
    expect(await take({})).toBe('ended');
    expect(new Set(asked)).toEqual(new Set(['https://keys.fal.test']));
  });
});

it('webhooks of unknown providers and other methods are refused', async () => {
  const at = `${env.APP_ORIGIN}/webhooks`;
  expect(await send(`${at}/runway`, '{}')).toBe(404);
  expect(await send(`${at}/nobody/x`, '{}')).toBe(404);
  expect((await exports.default.fetch(new Request(`${at}/veo`))).status).toBe(405);
});
