import { env, exports } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { createIssuer } from '~/testing/issuer';
import { seedAdmin, seedPerson, seedProject, seedSession, testServices } from '~/testing/services';

const origin = env.APP_ORIGIN;
let admin = { adminId: '', cookie: '' };
let person = { id: '', cookie: '' };

beforeEach(async () => {
  admin = await seedAdmin();
  const id = await seedPerson({ credits: 2 });
  person = { id, cookie: await seedSession(id) };
});

const visit = (path: string, cookie = '') =>
  exports.default.fetch(
    new Request(origin + path, { headers: { Cookie: cookie, Accept: 'text/html' }, redirect: 'manual' }),
  );
async function post(path: string, form: Record<string, string> = {}, cookie = admin.cookie) {
  const init = { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' } as const;
  const headers = { Cookie: cookie, Origin: origin, Accept: 'text/html' };
  const { status, headers: told } = await exports.default.fetch(new Request(origin + path, { ...init, headers }));
  return { status, code: new URL(told.get('Location') ?? '/', origin).searchParams.get('flash') };
}
const suspend = (reason = 'Sends what is not theirs') => post(`/admin/people/${person.id}/suspension`, { reason });
const lift = (reason = 'It was a mistake') => post(`/admin/people/${person.id}/suspension/lifting`, { reason });
const auditLog = async () =>
  (await testServices().admin.auditLog.list({ userId: person.id, limit: 9 })).map(({ what, reason }) => [what, reason]);

/** An open page of this person, and with which code it is closed. */
async function openPage(): Promise<{ closed: Promise<number> }> {
  const headers = { Upgrade: 'websocket', Origin: origin, Cookie: person.cookie };
  const { webSocket } = await exports.default.fetch(new Request(`${origin}/live`, { headers }));
  if (!webSocket) throw new Error('no socket');
  webSocket.accept();
  return { closed: new Promise((resolve) => webSocket.addEventListener('close', ({ code }) => resolve(code))) };
}

/** Every row that is the person's own, but for the suspension itself. */
async function belongings(): Promise<string> {
  const tables = ['projects', 'clips', 'photos', 'shares', 'credit_entries', 'sessions', 'profiles'];
  const rows = await env.DB.batch(
    tables.map((name) => env.DB.prepare(`SELECT * FROM ${name} WHERE user_id = ?1`).bind(person.id)),
  );
  return JSON.stringify(rows.map(({ results }) => results));
}

describe('a suspension', () => {
  it('a suspension ends pages and sockets at once, deletes nothing, and lifting it restores everything', async () => {
    await seedProject({ userId: person.id });
    const before = await belongings();
    const { closed } = await openPage();
    expect(await suspend()).toEqual({ status: 302, code: 'suspended' });
    expect(await closed).toBe(4001);
    expect((await visit('/projects', person.cookie)).status).toBe(302);
    expect(await belongings()).toBe(before);
    expect(await lift()).toEqual({ status: 302, code: 'lifted' });
    expect((await visit('/projects', person.cookie)).status).toBe(200);
    expect(await belongings()).toBe(before);
    expect(await auditLog()).toEqual([
      ['lifted', 'It was a mistake'],
      ['suspended', 'Sends what is not theirs'],
    ]);
  });

  it('a suspension stops shared films until it is lifted', async () => {
    const { projectId } = await seedProject({ userId: person.id });
    const made = await testServices().projects.shares.create({
      userId: person.id,
      projectId,
      request: new Request(origin),
    });
    const path = new URL(made.outcome === 'shared' ? made.share.url : origin).pathname;
    expect((await visit(path)).status).toBe(200);
    await suspend();
    expect((await visit(path)).status).toBe(404);
    expect((await visit(`${path}/media`)).status).toBe(404);
    await lift();
    expect((await visit(path)).status).toBe(200);
  });

  it('a suspended person reads about it when signing in', async () => {
    const issuer = await createIssuer();
    const account = { sub: person.id, email: 'p@example.com', email_verified: true, name: 'Test Person' };
    const cookiesOf = (response: Response) =>
      response.headers
        .getSetCookie()
        .map((value) => value.split(';')[0])
        .join('; ');
    await suspend();
    const body = new URLSearchParams({ returnTo: '/credits' });
    const asked = { requestId: 'req', request: new Request(`${origin}/auth/google`, { method: 'POST', body }) };
    const first = await testServices({ fetch: issuer.fetchFor({ redirect: new URL(origin), account }) }).auth.signIn(
      asked,
    );
    const redirect = new URL(first.headers.get('Location') ?? '');
    const query = new URLSearchParams({ code: 'good', state: redirect.searchParams.get('state') ?? '' });
    const back = new Request(`${origin}/auth/google/callback?${query}`, { headers: { Cookie: cookiesOf(first) } });
    const services = testServices({ fetch: issuer.fetchFor({ redirect, account }) });
    const ended = await services.auth.signIn({ request: back, requestId: 'req' });
    expect(ended.headers.get('Location')).toBe('/?flash=account-suspended');
    expect(ended.headers.getSetCookie().join()).not.toMatch(/echoes=[\w-]{43}/);
    expect(await (await visit('/?flash=account-suspended')).text()).toContain('This account has been suspended');
  });

  it('a suspension needs a reason and an existing person, cannot be one’s own, and happens once', async () => {
    expect((await suspend('  ')).code).toBe('reason-missing');
    expect((await post(`/admin/people/${admin.adminId}/suspension`, { reason: 'Myself' })).code).toBe('yourself');
    expect((await lift()).code).toBe('already-so');
    await suspend();
    expect((await suspend('Once more')).code).toBe('already-so');
    expect(await auditLog()).toHaveLength(1);
    const nobody = '/admin/people/usr_00000000000000000000000XYZ';
    for (const path of ['suspension', 'suspension/lifting', 'sign-out'])
      expect([path, (await post(`${nobody}/${path}`, { reason: 'Nobody there' })).status]).toEqual([path, 404]);
  });

  it('only an admin can suspend or lift', async () => {
    for (const path of ['suspension', 'suspension/lifting', 'sign-out']) {
      const { status } = await post(`/admin/people/${admin.adminId}/${path}`, { reason: 'Because' }, person.cookie);
      expect([path, status]).toEqual([path, 404]);
    }
    expect((await visit('/admin/people', admin.cookie)).status).toBe(200);
  });
});

describe('signing a person out', () => {
  it('an admin’s sign-out ends every session and socket, and the person can sign in again', async () => {
    const other = await seedSession(person.id);
    const { closed } = await openPage();
    expect(await post(`/admin/people/${person.id}/sign-out`)).toEqual({ status: 302, code: 'signed-out' });
    expect(await closed).toBe(4001);
    for (const cookie of [person.cookie, other]) expect((await visit('/projects', cookie)).status).toBe(302);
    expect((await visit('/projects', await seedSession(person.id))).status).toBe(200);
    expect(await auditLog()).toEqual([['signed-out', null]]);
  });
});
