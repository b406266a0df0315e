// An admin's hand on the rest of a provider, and what the page shows, through the product on D1.
import { env, exports } from 'cloudflare:workers';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { all } from '~/db/statement';
import { nextAdmissionsStatement } from '~/generations/pipeline/admission-queue';
import { createBreaker } from '~/providers/breaker.server';
import { untilWoken } from '~/providers/rest';
import { seedClip, startGeneration, testJpeg } from '~/testing/generation';
import { clearSettings, seedAdmin, seedSettings, testServices } from '~/testing/services';

let adminId = '';
let now = 40_000 * 86_400_000;

beforeEach(async () => {
  now += 86_400_000;
  vi.useFakeTimers({ toFake: ['Date'], now });
  await clearSettings();
  ({ adminId } = await seedAdmin());
});

/** Answers of the services: balances, and a new task for each submit. */
const world = { runwayFails: false, asked: [] as string[] };
const fetch: typeof globalThis.fetch = async (input, init) => {
  const { method, url } = new Request(input as RequestInfo, init);
  const { host, pathname } = new URL(url);
  world.asked.push(`${method} ${host}${pathname}`);
  if (pathname === '/v1/organization') return Response.json({ creditBalance: 1234 });
  if (pathname === '/credits') throw new Error('no network');
  return Response.json({ id: crypto.randomUUID(), state: 'queued' }, { status: host === 'luma.test' ? 201 : 200 });
};
const services = () => testServices({ clock: () => Date.now(), fetch });
const order = (provider: string) => ({ provider, adminId, reason: 'It is slow today', requestId: 'req_1' });
const rest = (length: 'until-woken' | 'hour' = 'until-woken') =>
  services().admin.providers.rest({ ...order('runway'), length });
const wake = () => services().admin.providers.wake(order('runway'));
const entries = async (what: 'provider-rested' | 'provider-woken') =>
  (await services().admin.auditLog.list({ what, subject: 'runway', limit: 9 })).filter(
    ({ admin }) => admin?.id === adminId,
  );
const row = (id: string) => env.DB.prepare('SELECT state, provider FROM generations WHERE id = ?1').bind(id).first();
async function run(generationId: string): Promise<void> {
  const nothing = async () => undefined;
  const storage = { arm: nothing, recall: async () => ({}), remember: nothing, done: nothing };
  await services().pipeline.run({ generationId, storage });
}
const breaker = () =>
  env.DB.prepare("SELECT reason, open_until AS until FROM provider_breakers WHERE provider = 'runway'").first();

describe('rests by hand', () => {
  it('a provider rests until it is woken; what waits goes to the next one, new clips too, and the log says why', async () => {
    await seedSettings({ fallbacks: [{ provider: 'luma', model: 'ray-2' }] });
    const waits = await startGeneration(await seedClip({ jpeg: await testJpeg() }));
    expect(await rest()).toBe('provider-rested');
    await run(waits);
    const begun = await startGeneration(await seedClip({ jpeg: await testJpeg() }));
    expect([await row(waits), await row(begun)]).toMatchObject([{ provider: 'luma' }, { provider: 'luma' }]);
    expect(await wake()).toBe('provider-woken');
    expect(await breaker()).toBeNull();
    expect(await row(await startGeneration(await seedClip({ jpeg: await testJpeg() })))).toMatchObject({
      provider: 'runway',
    });
    expect(await entries('provider-rested')).toMatchObject([
      { reason: 'It is slow today', after: 'by-hand, until woken' },
    ]);
    expect(await entries('provider-woken')).toMatchObject([{ reason: 'It is slow today', before: 'by-hand' }]);
  });

  it('the buttons pressed twice change and log once', async () => {
    expect([await rest(), await rest(), await rest('hour')]).toEqual(['provider-rested', 'already-so', 'already-so']);
    expect(await breaker()).toEqual({ reason: 'by-hand', until: untilWoken });
    expect([await wake(), await wake()]).toEqual(['provider-woken', 'already-so']);
    expect([await entries('provider-rested'), await entries('provider-woken')].map((list) => list.length)).toEqual([
      1, 1,
    ]);
  });

  it('without another provider a start is refused with no hour, and takes nothing', async () => {
    await rest();
    const { userId, clipId } = await seedClip({ jpeg: await testJpeg() });
    const start = () =>
      services().generations.start({ userId, clipId, requestKey: crypto.randomUUID(), presetId: 'gentle', words: '' });
    expect(await start()).toEqual({ outcome: 'paused', retryAfterSeconds: 600 });
    await wake();
    await rest('hour');
    expect(await start()).toMatchObject({ outcome: 'paused', until: now + 3_600_000 });
    vi.setSystemTime(now + 3_600_001);
    expect(await start()).toMatchObject({ outcome: 'started' });
  });

  it('no signal of a call ends or shortens a rest by hand', async () => {
    await rest();
    const signals = createBreaker({ db: services().db, settings: services().settings });
    for (const kind of ['accepted', 'finished', 'failed', 'out-of-funds'] as const)
      expect(await signals.note({ provider: 'runway', kind, since: Date.now(), now: Date.now() })).toBeNull();
    expect(await breaker()).toEqual({ reason: 'by-hand', until: untilWoken });
  });

  it('a provider with an empty account that is woken gets one clip, not all that wait', async () => {
    await seedSettings({ fallbacks: [] });
    for (let count = 0; count < 3; count += 1) await startGeneration(await seedClip({ jpeg: await testJpeg() }));
    await env.DB.prepare("INSERT INTO provider_breakers VALUES ('runway', ?1, ?2, 'out-of-funds', 1)")
      .bind(now, now + 3_600_000)
      .run();
    const admitted = () => all(services().db, nextAdmissionsStatement({ provider: 'runway', now, slots: 10 }));
    expect(await admitted()).toEqual([]);
    expect(await wake()).toBe('provider-woken');
    expect(await admitted()).toHaveLength(1);
  });
});

describe('the page of film services', () => {
  it('its buttons post with a reason, lead back to it, and it says the new state; an unknown service is not found', async () => {
    const { cookie } = await seedAdmin();
    const ask = async (path: string, form?: Record<string, string>) => {
      const headers = { Cookie: cookie, Origin: env.APP_ORIGIN, Accept: 'text/html' };
      const body = form && { method: 'POST', body: new URLSearchParams(form) };
      const request = new Request(env.APP_ORIGIN + path, { headers, redirect: 'manual', ...body });
      const answer = await exports.default.fetch(request);
      const text = (await answer.text()).split('window.__remixContext')[0] ?? '';
      return { to: answer.headers.get('Location') ?? answer.status, text };
    };
    const length = 'until-woken';
    expect((await ask('/admin/providers/rest', { provider: 'runway', length, reason: ' ' })).to).toContain(
      'rest-invalid',
    );
    expect((await ask('/admin/providers/rest', { provider: 'runway', length: '9', reason: 'slow' })).to).toContain(
      'rest-invalid',
    );
    expect((await ask('/admin/providers/rest', { provider: 'other', length, reason: 'slow' })).to).toBe(404);
    expect((await ask('/admin/providers')).text).not.toContain('Wake now');
    expect((await ask('/admin/providers/rest', { provider: 'runway', length, reason: 'slow' })).to).toBe(
      '/admin/providers?flash=provider-rested',
    );
    const { text } = await ask('/admin/providers?flash=provider-rested');
    for (const words of ['Wake now', 'An admin put it to rest, until it is woken.', 'It rests.'])
      expect(text).toContain(words);
    expect((await ask('/admin/providers/waking', { provider: 'runway', reason: 'well again' })).to).toBe(
      '/admin/providers?flash=provider-woken',
    );
  });
});

describe('the list of providers', () => {
  it('it shows what accounts hold, and a balance that cannot be read hides nothing else', async () => {
    await seedSettings({ budgetAtProvider: { runway: 5, luma: 0, fal: 0, replicate: 0, veo: 0 } });
    await rest('hour');
    const list = await services().admin.providers.list();
    const of = (id: string) => list.find((one) => one.id === id);
    expect(of('runway')).toMatchObject({
      isResting: true,
      rest: { reason: 'by-hand', until: now + 3_600_000 },
      balance: { outcome: 'told', cents: 1234 },
      budgetCents: 500,
    });
    expect(of('luma')).toMatchObject({ isResting: false, rest: null, balance: { outcome: 'unreachable' } });
    expect(of('fal')?.balance).toEqual({ outcome: 'not-offered' });
  });
});
