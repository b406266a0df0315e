// One thread from a person's request to the provider: its log lines are stored, found by the request id, and hold nothing
// secret.
import { createExecutionContext, runDurableObjectAlarm, waitOnExecutionContext } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { deliver, seedClip, startGeneration, testJpeg } from '~/testing/generation';
import { createWire, videoBytes, type Wire } from '~/testing/provider';
import { seedAdmin, seedPerson, seedSession, testConfig, testServices } from '~/testing/services';
import worker from './app';
import { consumeQueue } from './queue';

const origin = env.APP_ORIGIN;
let wire: Wire;
let jpeg: Uint8Array;
let logged: string[];

beforeAll(async () => {
  jpeg = await testJpeg();
});
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 2_000_000_000_000 });
  logged = [];
  for (const way of ['log', 'error'] as const)
    vi.spyOn(console, way).mockImplementation((line: string) => void logged.push(line));
  wire = createWire({ openImage: (url, method) => exports.default.fetch(new Request(url, { method })) });
  globalThis.fetch = wire.fetch as typeof globalThis.fetch;
});

const later = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);
const ring = (id: string) => runDurableObjectAlarm(env.GENERATION_JOB.getByName(id));

/** A request through the whole Worker, with the work after its answer. */
async function ask(path: string, { cookie = '', form }: { cookie?: string; form?: Record<string, string> } = {}) {
  const context = createExecutionContext();
  const headers = { Cookie: cookie, Origin: origin, Accept: form ? 'application/json' : 'text/html' };
  const init = form ? { method: 'POST', headers, body: new URLSearchParams(form) } : { headers };
  const response = await worker.fetch(new Request(origin + path, { redirect: 'manual', ...init }), env, context);
  const text = await response.text();
  await waitOnExecutionContext(context);
  const requestId = response.headers.get('X-Request-Id') ?? '';
  return { status: response.status, location: response.headers.get('Location') ?? '', text, requestId };
}

interface Kept {
  event: string;
  requestId: string | null;
  generationId: string | null;
  userId: string | null;
  line: string;
}
async function kept(where = 'true', ...values: string[]): Promise<Kept[]> {
  const columns = 'event, request_id AS requestId, generation_id AS generationId, user_id AS userId, line';
  const { results } = await env.DB.prepare(`SELECT ${columns} FROM log_lines WHERE ${where} ORDER BY id`)
    .bind(...values)
    .all<Kept>();
  return results;
}
const eventsOf = (lines: readonly Kept[]) =>
  lines.map(({ event, line }) => {
    const { call, state, outcome, what } = JSON.parse(line) as Record<string, string>;
    return [event, call ?? what, state ?? outcome].filter(Boolean).join(' ');
  });

describe('a generation that fails and that an admin retries at another provider', () => {
  it('a retried generation is found by request id, with every call to both providers', async () => {
    const { userId, clipId } = await seedClip({ jpeg });
    const cookie = await seedSession(userId);
    const admin = await seedAdmin();
    const order = { requestKey: crypto.randomUUID(), presetId: 'gentle', words: 'She waves' };
    const asked = await ask(`/clips/${clipId}/generations`, { cookie, form: order });
    expect(asked.status).toBe(200);
    const { generationId: first } = JSON.parse(asked.text) as { generationId: string };
    await deliver(consumeQueue, [{ generationId: first, requestId: asked.requestId }]);
    await ring(first);
    wire.fail('SAFETY.INPUT.IMAGE');
    for (let turn = 0; turn < 9 && (await ring(first)); turn += 1) later(30_000);

    const form = { requestKey: crypto.randomUUID(), maker: 'luma ray-2' };
    const retried = await ask(`/admin/generations/${first}/retry`, { cookie: admin.cookie, form });
    expect([retried.status, retried.location]).toEqual([302, expect.stringMatching(/\?flash=retried$/)]);
    const second = /gen_\w+/.exec(retried.location)?.[0] as string;
    expect(second).not.toBe(first);
    // No answer of Luma's is set up here, so Luma answers with an unknown address.
    await deliver(consumeQueue, [{ generationId: second, requestId: asked.requestId }]);
    wire.before = async ({ url }) =>
      url.startsWith('https://luma.test')
        ? Response.json({ detail: 'The image cannot be read' }, { status: 400 })
        : null;
    for (let turn = 0; turn < 9 && (await ring(second)); turn += 1) later(30_000);

    const lines = await kept('request_id = ?1', asked.requestId);
    expect(eventsOf(lines.filter(({ generationId }) => generationId === first))).toEqual([
      'queue started',
      'provider-call submit accepted',
      'provider-call poll failed',
      'generation-step fail: failed',
      expect.stringMatching(/^provider-call cancel/),
    ]);
    const ofSecond = lines.filter(({ generationId }) => generationId === second);
    expect(eventsOf(ofSecond)).toEqual([
      'queue started',
      'provider-call submit refused',
      'generation-step fail: failed',
    ]);
    expect(ofSecond[1]?.line).toContain('"provider":"luma"');
    expect(new Set(lines.filter(({ event }) => event !== 'queue').map((line) => line.userId))).toEqual(
      new Set([userId]),
    );

    const page = await ask(`/admin/log?request=${asked.requestId}`, { cookie: admin.cookie });
    for (const id of [first, second]) expect(page.text).toContain(`/admin/generations/${id}`);
    expect(page.text).toContain('SAFETY.INPUT.IMAGE');
    const job = await ask(`/admin/generations/${first}`, { cookie: admin.cookie });
    for (const part of [asked.requestId, second, 'SAFETY.INPUT.IMAGE', 'She waves', `refund:${first}`])
      expect(job.text).toContain(part);

    // The first generation was refunded; the second was a gift of the house, and moves no credit.
    const { balance } = await testServices().credits.ledger.balance(userId);
    const { results } = await env.DB.prepare(
      'SELECT kind, delta, key FROM credit_entries WHERE user_id = ?1 ORDER BY seq DESC LIMIT 3',
    )
      .bind(userId)
      .all();
    expect(results.reverse()).toEqual([
      { kind: 'adjustment', delta: 1, key: `adjustment:${userId}` },
      { kind: 'generation', delta: -1, key: `generation:${first}` },
      { kind: 'refund', delta: 1, key: `refund:${first}` },
    ]);
    expect(balance).toBe(1);
    const auditLog = await testServices().admin.auditLog.list({ subject: first, limit: 9 });
    expect(auditLog.map(({ what, after, requestId }) => [what, after, requestId])).toEqual([
      ['job-retried', 'luma ray-2', retried.requestId],
    ]);
    // The same form again starts no other generation.
    const again = await ask(`/admin/generations/${first}/retry`, { cookie: admin.cookie, form });
    expect(again.location).toBe(`/admin/generations/${second}?flash=duplicate`);
  });
});

describe('the stored log lines of a request', () => {
  it('refusals of signed-in people are stored with their reason, those of strangers are only counted', async () => {
    const userId = await seedPerson();
    const cookie = await seedSession(userId);
    const refused = await ask('/clips/clp_1/approval', { cookie, form: { generationId: 'x' } });
    expect(refused.status).toBe(404);
    const [line] = await kept('request_id = ?1', refused.requestId);
    expect(line).toMatchObject({ event: 'request', userId, line: expect.stringContaining('"reason":"not-found"') });
    const page = await ask('/no-such-page', { cookie });
    expect((await kept('request_id = ?1', page.requestId)).map((one) => one.userId)).toEqual([userId]);
    for (const [path, given] of [['/projects', { form: {} }], ['/wp-login.php'], ['/media/u/x'], ['/']] as const)
      expect(await kept('request_id = ?1', (await ask(path, given)).requestId)).toEqual([]);
    expect(await testServices().logbook.refusedStrangers()).toBeGreaterThan(0);
    const long = await ask(`/clips/${'x'.repeat(4000)}/approval`, { cookie, form: { generationId: 'x' } });
    const [short] = await kept('request_id = ?1', long.requestId);
    expect(short?.line.length).toBeLessThan(600);
    expect(await kept('request_id = ?1', (await ask('/projects', { cookie })).requestId)).toEqual([]);
  });

  it('unexpected errors are stored with their details, without delaying or failing the answer', async () => {
    const cookie = await seedSession(await seedPerson());
    await env.DB.prepare('ALTER TABLE projects RENAME TO hidden').run();
    const failed = await ask('/projects', { cookie });
    const lines = await kept('request_id = ?1', failed.requestId);
    expect(lines.map(({ event }) => event)).toEqual(['error', 'request']);
    expect(lines[0]?.line).toContain('no such table');
    expect(failed.text).toContain(failed.requestId);
    await env.DB.prepare('ALTER TABLE log_lines RENAME TO hidden_lines').run();
    expect((await ask('/projects', { cookie })).status).toBe(500);
    expect(logged.some((line) => line.includes('lines-not-kept'))).toBe(true);
    await env.DB.batch([
      env.DB.prepare('ALTER TABLE hidden_lines RENAME TO log_lines'),
      env.DB.prepare('ALTER TABLE hidden RENAME TO projects'),
    ]);
  });

  it('stored log lines are deleted after thirty days', async () => {
    const before = (await kept()).length;
    expect(before).toBeGreaterThan(0);
    await testServices().logbook.forget(Date.now() + 29 * 86_400_000);
    expect(await kept()).toHaveLength(before);
    await testServices().logbook.forget(Date.now() + 31 * 86_400_000);
    expect(await kept()).toEqual([]);
  });
});

describe('secrets in the log', () => {
  it('no logged or stored line of a generation holds a secret', async () => {
    const seed = await seedClip({ jpeg });
    const cookie = await seedSession(seed.userId);
    const id = await startGeneration(seed);
    const { RUNWAYML_API_SECRET, SESSION_SECRET, MEDIA_SIGNING_SECRET, IDENTITY_SECRET, STRIPE_SECRET_KEY } =
      testConfig();
    // A provider that quotes the whole request in its error.
    wire.before = async (request) =>
      request.method === 'POST'
        ? new Response(`${request.headers.get('Authorization')} ${await request.text()}`, { status: 500 })
        : null;
    wire.output = () => new Response(videoBytes(), { headers: { 'Content-Type': 'video/mp4' } });
    await deliver(consumeQueue, [{ generationId: id, requestId: null }]);
    for (let turn = 0; turn < 12 && (await ring(id)); turn += 1) later(70_000);
    await ask(`/s/${'0'.repeat(26)}${'x'.repeat(22)}?sig=abcdefabcdef&token=topsecret`, { cookie });
    await ask(`/webhooks/luma/${id}.${'A'.repeat(43)}`, { form: {} });
    const lines = await kept();
    expect(lines.length).toBeGreaterThan(3);
    const secrets = [
      ...[RUNWAYML_API_SECRET, ...SESSION_SECRET, ...MEDIA_SIGNING_SECRET, IDENTITY_SECRET, STRIPE_SECRET_KEY].map(
        escaped,
      ),
      ...[cookie.split('=')[1] ?? '?', 'topsecret', 'abcdefabcdef', 'A{43}', 'x{22}'],
      ...[
        'Bearer [^…\\s]',
        'whsec_\\w',
        'sk_(test|live)_\\w',
        'key_\\w',
        'sig=[^…]',
        '_jwt=[^…]',
        '__Host-echoes=[^…]',
      ],
      ...['data:image\\/jpeg;base64,\\S{2000}'],
    ];
    for (const secret of secrets)
      for (const line of [...lines.map(({ line }) => line), ...logged]) expect(line).not.toMatch(new RegExp(secret));
    for (const { line } of lines) expect(line.length).toBeLessThanOrEqual(4000);
  });
});

const escaped = (text: string) => text.replace(/[^\w]/g, '\\$&');
