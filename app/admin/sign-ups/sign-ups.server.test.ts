// Bursts of sign-ups: from Google's callback through the keyed hashes to one act for all people of a cluster, and back.
import { env } from 'cloudflare:workers';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createIssuer } from '~/testing/issuer';
import { clearSettings, seedAdmin, seedSettings, testConfig, testServices } from '~/testing/services';
import { clusterId, readClusterId } from './sign-ups';

const { APP_ORIGIN: origin } = testConfig();
let issuer: Awaited<ReturnType<typeof createIssuer>>;
let serial = 0;

beforeAll(async () => {
  issuer = await createIssuer();
});
beforeEach(async () => {
  await clearSettings();
  await seedSettings({ signUpsPerNetwork: 3, signUpsPerDevice: 4 });
  await env.DB.prepare('DELETE FROM arrivals').run();
});

/** A first sign-in with Google from this address and browser; returns the person. */
async function signUp(from: { address?: string; browser: string; sub?: string }) {
  const sub = from.sub ?? `sub-cluster-${++serial}-${crypto.randomUUID()}`;
  const account = { sub, email: `${sub}@example.com`, email_verified: true, name: 'Friend' };
  const headers = { 'User-Agent': from.browser, ...(from.address && { 'CF-Connecting-IP': from.address }) };
  const post = new Request(`${origin}/auth/google`, { method: 'POST', body: new URLSearchParams(), headers });
  const fetch = issuer.fetchFor({ redirect: new URL(origin), account });
  const begun = await testServices({ fetch }).auth.signIn({ request: post, requestId: 'req' });
  const redirect = new URL(begun.headers.get('Location') ?? '');
  const params = new URLSearchParams({ code: 'good', state: redirect.searchParams.get('state') ?? '' });
  const Cookie = begun.headers.get('Set-Cookie')?.split(';')[0] ?? '';
  const request = new Request(`${origin}/auth/google/callback?${params}`, { headers: { ...headers, Cookie } });
  await testServices({ fetch: issuer.fetchFor({ redirect, account }) }).auth.signIn({ request, requestId: 'req' });
  const row = await env.DB.prepare('SELECT user_id AS id FROM profiles WHERE google_sub = ?1')
    .bind(sub)
    .first<string>('id');
  return { id: row ?? '', sub };
}
const signUps = () => testServices().admin.signUps;
const suspended = async (id: string) =>
  (await env.DB.prepare('SELECT suspended_at AS at FROM users WHERE id = ?1').bind(id).first<number | null>('at')) !==
  null;

describe('a burst of sign-ups', () => {
  it('a burst from one network or on one kind of device is a cluster, and an alert, with no address kept', async () => {
    for (let count = 0; count < 2; count++) await signUp({ address: '203.0.113.9', browser: `Phone ${count}` });
    expect(await signUps().clusters()).toEqual([]);
    await signUp({ address: '203.0.113.9', browser: 'Phone 2' });
    // The network of an IPv6 address is its first half.
    for (let count = 0; count < 4; count++) await signUp({ address: `2001:db8:${count}::1`, browser: 'One kind' });
    const found = await signUps().clusters();
    expect(found.map(({ by, count }) => [by, count])).toEqual([
      ['device', 4],
      ['network', 3],
    ]);
    const { results } = await env.DB.prepare('SELECT * FROM arrivals').all();
    expect(JSON.stringify(results)).not.toMatch(/203\.0|2001|Phone|One kind/);
    const { alerts } = testServices().admin;
    await alerts.watch(Date.now(), []);
    const open = (await alerts.list(20)).filter(({ kind, closedAt }) => kind === 'sign-ups' && closedAt === null);
    expect(open.map(({ subject }) => subject).sort()).toEqual(['device', 'network']);
  });

  it('a sign-in of a known person and one without an address leave nothing', async () => {
    const { sub } = await signUp({ browser: 'x' });
    await signUp({ sub, address: '203.0.113.9', browser: 'x' });
    expect(await env.DB.prepare('SELECT count(*) AS n FROM arrivals').first('n')).toBe(0);
  });
});

describe('the act for all people of a cluster', () => {
  it('the act suspends all but admins, is logged for each, and can be taken back without lifting others', async () => {
    const { adminId } = await seedAdmin();
    const people: string[] = [];
    for (let count = 0; count < 4; count++)
      people.push((await signUp({ address: '198.51.100.7', browser: `B${count}` })).id);
    const [one = '', before = '', chief = '', again = ''] = people;
    const { suspension } = testServices().admin;
    await suspension.suspend({ adminId, userId: before, reason: 'Alone', requestId: 'req_0' });
    await env.DB.prepare(
      'INSERT INTO admins (google_sub, granted_at) SELECT google_sub, 1 FROM profiles WHERE user_id = ?1',
    )
      .bind(chief)
      .run();
    const [key] = await signUps().clusters();
    if (!key) throw new Error('no cluster');
    const act = { ...key, adminId, reason: 'All from one place', requestId: 'req_1' };
    expect(await signUps().suspendAll(act)).toBe('all-suspended');
    expect(await signUps().suspendAll(act)).toBe('already-so');
    expect(await Promise.all(people.map(suspended))).toEqual([true, true, false, true]);
    const entries = await testServices().admin.auditLog.list({ subject: clusterId(key), limit: 10 });
    expect(entries.map(({ what, userId, reason }) => [what, userId, reason])).toEqual(
      [again, one].map((id) => ['suspended', id, 'All from one place']),
    );
    // Lifted by hand and suspended anew since: that stays.
    await suspension.lift({ adminId, userId: again, reason: 'Known to us', requestId: 'req_2' });
    await suspension.suspend({ adminId, userId: again, reason: 'Once more', requestId: 'req_3' });
    expect(await signUps().suspendedTogether(key)).toBe(1);
    expect(await signUps().liftAll(act)).toBe('all-lifted');
    expect(await signUps().liftAll(act)).toBe('already-so');
    expect(await Promise.all(people.map(suspended))).toEqual([false, true, false, true]);
  });

  it('the name of a cluster is read back, and any other text is none', () => {
    const key = { by: 'network', day: 20_000, hash: 'a'.repeat(43) } as const;
    expect(readClusterId(clusterId(key))).toEqual(key);
    for (const text of [null, '', 'network-1-x', `person-1-${key.hash}`, `${clusterId(key)}x`])
      expect(readClusterId(text)).toBeNull();
  });
});
