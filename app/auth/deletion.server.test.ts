// Deleting an account through the doors of the built product: asked for, taken back, made final, erased.
import { env, exports } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { auditLedger } from '~/credits/audit.server';
import { createIssuer, type Forgery } from '~/testing/issuer';
import { seedPerson, seedProject, seedSession, testServices } from '~/testing/services';

const origin = env.APP_ORIGIN;
const day = 24 * 3_600_000;
let issuer: Awaited<ReturnType<typeof createIssuer>>;
let serial = 0;
beforeAll(async () => {
  issuer = await createIssuer();
});

const cookieOf = (response: Response) => response.headers.getSetCookie()[0]?.split(';')[0] ?? '';

/** Signs in, or with a `cookie` signs in freshly; `clock` in ms. */
async function signIn(
  sub: string,
  { cookie, returnTo = '/projects', forgery, clock = Date.now }: Partial<Asked> = {},
): Promise<{ cookie: string; location: string; redirect: URL }> {
  const account = { sub, email: `${sub}@example.com`, email_verified: true, name: sub };
  const body = new URLSearchParams({ returnTo, ...(cookie && { fresh: 'yes' }) });
  const post = new Request(`${origin}/auth/google`, { method: 'POST', body, headers: { Cookie: cookie ?? '' } });
  const auth = (redirect: URL) =>
    testServices({ clock, fetch: issuer.fetchFor({ redirect, account, ...(forgery && { forgery }) }) }).auth;
  const begun = await auth(new URL(origin)).signIn({ request: post, requestId: 'req' });
  const redirect = new URL(begun.headers.get('Location') ?? '');
  const query = new URLSearchParams({ code: 'good', state: redirect.searchParams.get('state') ?? '' });
  const headers = { Cookie: [cookieOf(begun), cookie ?? ''].join('; ') };
  const request = new Request(`${origin}/auth/google/callback?${query}`, { headers });
  const back = await auth(redirect).signIn({ request, requestId: 'req' });
  return { cookie: cookieOf(back), location: back.headers.get('Location') ?? '', redirect };
}
interface Asked {
  cookie: string;
  returnTo: string;
  forgery: Forgery;
  clock: () => number;
}

/** Asks a door; `POST` as a form of this browser. */
async function ask(path: string, cookie: string, method: 'GET' | 'POST' = 'GET') {
  const headers = { Cookie: cookie, Origin: origin, Accept: 'text/html' };
  const response = await exports.default.fetch(new Request(origin + path, { method, headers, redirect: 'manual' }));
  return { status: response.status, location: response.headers.get('Location'), text: await response.text() };
}

/** A person with a film, freshly signed in. */
async function seed() {
  const sub = `leaver-${++serial}`;
  const { cookie } = await signIn(sub);
  const userId = (await testServices().auth.findUser(asking(cookie)))?.id ?? '';
  const film = await seedProject({ userId, clipCount: 2 });
  return { sub, cookie, userId, ...film };
}
const asking = (cookie: string) => new Request(`${origin}/projects`, { headers: { Cookie: cookie } });
const personOf = async (cookie: string) => (await testServices().auth.findUser(asking(cookie)))?.id;
const rowOf = (userId: string) =>
  env.DB.prepare('SELECT deleted_at, closed_at, erased_at FROM users WHERE id = ?1').bind(userId).first();
const makeStale = (userId: string) =>
  env.DB.prepare('UPDATE sessions SET authenticated_at = 1 WHERE user_id = ?1').bind(userId).run();

describe('a fresh sign-in', () => {
  const old = (seconds: number): Forgery => ({
    token: ({ header, claims }) => ({
      header,
      claims: { ...claims, auth_time: Math.floor(Date.now() / 1000) - seconds },
    }),
  });
  const without: Forgery = { token: ({ header, claims }) => ({ header, claims: { ...claims, auth_time: undefined } }) };
  const tomorrow = old(-86_400);

  it('a fresh sign-in asks Google for auth_time and max_age=0, an ordinary one for auth_time alone', async () => {
    const { sub, cookie } = await seed();
    const wanted = JSON.stringify({ id_token: { auth_time: { essential: true } } });
    const fresh = (await signIn(sub, { cookie })).redirect.searchParams;
    expect([fresh.get('max_age'), fresh.get('claims')]).toEqual(['0', wanted]);
    const plain = (await signIn(sub)).redirect.searchParams;
    expect([plain.get('max_age'), plain.get('claims')]).toEqual([null, wanted]);
  });

  it.each([
    ['is old', old(120)],
    ['is missing', without],
    ['is yet to come', tomorrow],
  ])('a fresh sign-in whose auth_time %s is refused, and the session stays as it was', async (_how, forgery) => {
    const { sub, cookie, userId } = await seed();
    await makeStale(userId);
    const { location } = await signIn(sub, { cookie, forgery, returnTo: '/account/deletion' });
    expect(location).toBe('/account/deletion?flash=sign-in-not-fresh');
    expect(await personOf(cookie)).toBe(userId);
    expect((await ask('/account/deletion', cookie, 'POST')).location).toBe('/account/deletion?flash=sign-in-needed');
    expect(await rowOf(userId)).toMatchObject({ deleted_at: null });
  });

  it('a fresh sign-in with another Google account is refused, and makes nobody', async () => {
    const { cookie, userId } = await seed();
    await makeStale(userId);
    const before = await env.DB.prepare('SELECT count(*) AS n FROM users').first();
    for (const other of [`stranger-${serial}`, (await seed()).sub]) {
      const { location } = await signIn(other, { cookie, returnTo: '/account/deletion' });
      expect(location).toBe('/account/deletion?flash=sign-in-other-account');
    }
    expect(await env.DB.prepare('SELECT count(*) - 1 AS n FROM users').first()).toEqual(before);
    expect(await personOf(cookie)).toBe(userId);
    expect((await ask('/account/deletion', cookie, 'POST')).location).toContain('sign-in-needed');
  });

  it('an ordinary sign-in is as fresh as Google says, and stops to be after fifteen minutes', async () => {
    const sub = `plain-${++serial}`;
    const { cookie } = await signIn(sub, { forgery: old(14 * 60) });
    const isFresh = async (cookie: string, later = 0) =>
      (await testServices({ clock: () => Date.now() + later }).auth.findSession(asking(cookie)))?.isFresh;
    expect([await isFresh(cookie), await isFresh(cookie, 120_000)]).toEqual([true, false]);
    for (const forgery of [old(16 * 60), without, tomorrow])
      expect(await isFresh((await signIn(sub, { forgery })).cookie)).toBe(false);
  });
});

describe('the deletion of an account', () => {
  it('the page names what goes and what it cost, and asks for a fresh sign-in first', async () => {
    const { cookie, userId, projectId } = await seed();
    await testServices().projects.shares.create({ userId, projectId, request: new Request(origin) });
    const page = async () => (await ask('/account/deletion', cookie)).text.replaceAll('<!-- -->', '');
    const text = await page();
    for (const [what, count] of Object.entries({ Films: 1, Photos: 2, Clips: 0, 'Links you shared, which end': 1 }))
      expect(text).toMatch(new RegExp(`<dt>${what}</dt><dd[^>]*>${count}<`));
    expect(text).toMatch(/<dt>Credits left<\/dt><dd[^>]*>1<span[^>]*>they were free/);
    expect(text).toContain('Delete account and films');
    await makeStale(userId);
    expect(await page()).not.toContain('Delete account and films');
    expect(await page()).toContain('Sign in again');
  });

  it('from the moment it is asked for, nothing is shown on any device, and one page says so', async () => {
    const { sub, cookie, userId, projectId } = await seed();
    const other = await seedSession(userId);
    const share = await testServices().projects.shares.create({ userId, projectId, request: new Request(origin) });
    const sharePath = share.outcome === 'shared' ? new URL(share.share.url).pathname : '';
    expect((await ask(sharePath, '')).status).toBe(200);
    expect((await ask('/account/deletion', cookie, 'POST')).location).toBe('/?flash=account-leaving');
    for (const ended of [cookie, other]) expect(await personOf(ended)).toBeUndefined();
    expect((await ask(sharePath, '')).status).toBe(404);

    const again = await signIn(sub, { returnTo: `/projects/${projectId}` });
    expect(again.location).toBe('/account/deletion');
    for (const path of ['/projects', `/projects/${projectId}`, '/account', '/credits', '/admin'])
      expect([302, 404]).toContain((await ask(path, again.cookie)).status);
    expect((await ask(`/projects/${projectId}`, again.cookie)).location).toBe('/account/deletion');
    const { text } = await ask('/account/deletion', again.cookie);
    expect(text).toContain('Your account is being deleted on');
    expect(text).not.toContain('Summer');
    expect((await ask('/projects', again.cookie, 'POST')).status).toBe(401);
  });

  it('taken back, everything is as before: films, links, credits and this session', async () => {
    const { sub, cookie, userId, projectId } = await seed();
    const share = await testServices().projects.shares.create({ userId, projectId, request: new Request(origin) });
    const sharePath = share.outcome === 'shared' ? new URL(share.share.url).pathname : '';
    await ask('/account/deletion', cookie, 'POST');
    const again = await signIn(sub);
    const back = await ask('/account/deletion/withdrawal', again.cookie, 'POST');
    expect(back.location).toBe('/account?flash=deletion-taken-back');
    expect((await ask('/account/deletion/withdrawal', again.cookie, 'POST')).location).toBe('/account');
    expect(await personOf(again.cookie)).toBe(userId);
    expect((await ask(`/projects/${projectId}`, again.cookie)).status).toBe(200);
    expect((await ask(sharePath, '')).status).toBe(200);
    expect((await testServices().credits.ledger.balance(userId)).balance).toBe(1);
    expect(await auditLedger(env.DB)).toEqual([]);
  });

  it('an admin’s role ends when it is asked for, and is not back when it is taken back', async () => {
    const { sub, cookie } = await seed();
    await env.DB.prepare('INSERT INTO admins (google_sub, granted_at) VALUES (?1, 1)').bind(sub).run();
    expect((await ask('/admin', cookie)).status).toBe(200);
    await ask('/account/deletion', cookie, 'POST');
    const again = await signIn(sub);
    await ask('/account/deletion/withdrawal', again.cookie, 'POST');
    expect((await ask('/admin', again.cookie)).status).toBe(404);
  });

  it('made final at once it needs a fresh sign-in, and the next sign-in is a new person without welcome credits', async () => {
    const { sub, cookie, userId } = await seed();
    expect((await ask('/account/deletion/completion', cookie, 'POST')).location).toBe('/account/deletion');
    expect(await rowOf(userId)).toMatchObject({ deleted_at: null });
    await ask('/account/deletion', cookie, 'POST');
    const again = await signIn(sub);
    await makeStale(userId);
    const refused = await ask('/account/deletion/completion', again.cookie, 'POST');
    expect(refused.location).toContain('flash=sign-in-needed');
    expect(await rowOf(userId)).toMatchObject({ closed_at: null });
    const fresh = await signIn(sub, { cookie: again.cookie, returnTo: '/account/deletion' });
    expect(fresh.location).toBe('/account/deletion');
    const closed = await ask('/account/deletion/completion', fresh.cookie, 'POST');
    expect(closed.location).toBe('/?flash=account-deleted');
    const next = await signIn(sub);
    const nextId = (await personOf(next.cookie)) ?? '';
    expect(nextId).not.toBe(userId);
    expect((await testServices().credits.ledger.balance(nextId)).balance).toBe(0);
  });

  it('after seven days it is closed by the sweep, an hour later erased, and a late sign-in finds a new account', async () => {
    const { userId, cookie, sub } = await seed();
    const asked = Date.now();
    await ask('/account/deletion', cookie, 'POST');
    const sweepAt = async (now: number) => {
      const { auth, media } = testServices({ clock: () => now });
      await auth.deletion.closeDue(now);
      for (let page = 0; page < 3; page++) await media.erasure.run(now);
      return rowOf(userId);
    };
    expect(await sweepAt(asked + 7 * day - 60_000)).toMatchObject({ closed_at: null, erased_at: null });
    const late = asked + 7 * day + 60_000;
    const isBack = await testServices({ clock: () => late }).auth.deletion.takeBack(userId);
    expect(isBack).toBe(false);
    // The sweep may be late too: a sign-in after the seven days does not find the account.
    const other = await seed();
    await ask('/account/deletion', other.cookie, 'POST');
    expect((await signIn(other.sub, { clock: () => Date.now() + 7 * day })).location).toBe('/projects');
    expect(await rowOf(other.userId)).toMatchObject({ closed_at: expect.any(Number) });

    expect(await sweepAt(late)).toMatchObject({ closed_at: late, erased_at: null });
    expect(await sweepAt(late + 3_600_001)).toMatchObject({ erased_at: late + 3_600_001 });
    expect(await env.DB.prepare('SELECT 1 FROM profiles WHERE google_sub = ?1').bind(sub).first()).toBeNull();
    expect(await auditLedger(env.DB)).toEqual([]);
  });

  it('uploads on their way end, and open generations that may be stopped are stopped and paid back', async () => {
    const userId = await seedPerson({ credits: 3 });
    const { projectId } = await seedProject({ userId });
    const metadata = { projectId, requestKey: 'upload-of-a-leaver', fileName: 'a.jpg', takenAt: null };
    const { uploads } = testServices().photos;
    await uploads.begin({ userId, lengthBytes: 9, metadata });
    await testServices().auth.deletion.ask(userId);
    await uploads.sweep({ now: Date.now() + 1 });
    const { results } = await env.DB.prepare("SELECT state FROM uploads WHERE user_id = ?1 AND state = 'open'")
      .bind(userId)
      .all();
    expect(results).toEqual([]);
  });
});
