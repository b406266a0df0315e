import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { seedPerson, seedSession, testServices } from '~/testing/services';

const hour = 3_600_000;
const day = 24 * hour;
const asked = (cookie: string) => new Request('https://echoes.test/projects?page=2', { headers: { Cookie: cookie } });
const visitIn = (cookie: string, milliseconds: number) =>
  testServices({ clock: () => Date.now() + milliseconds }).auth.findUser(asked(cookie));
const seenAt = async (userId: string) =>
  (await env.DB.prepare('SELECT seen_at AS at FROM sessions WHERE user_id = ?').bind(userId).first<{ at: number }>())
    ?.at;

describe('a session', () => {
  it('a session identifies its person', async () => {
    const userId = await seedPerson();
    const cookie = await seedSession(userId);
    expect(await testServices().auth.findUser(asked(cookie))).toMatchObject({ id: userId, isAdmin: false });
  });

  it('a page without a session redirects to the landing page with its own path as returnTo', async () => {
    const answer = await testServices()
      .auth.requireUser(asked('__Host-echoes=made-up'))
      .catch((thrown: unknown) => thrown as Response);
    expect((answer as Response).headers.get('Location')).toBe('/?returnTo=%2Fprojects%3Fpage%3D2');
  });

  it('a form post without a session is refused with 401', async () => {
    const request = new Request('https://echoes.test/projects', { method: 'POST' });
    const answer = await testServices()
      .auth.requireUser(request)
      .catch((thrown: unknown) => thrown as Response);
    expect((answer as Response).status).toBe(401);
  });

  it('a session ends after fourteen days without a request', async () => {
    const cookie = await seedSession(await seedPerson());
    expect(await visitIn(cookie, 14 * day + hour)).toBeNull();
    expect(await visitIn(cookie, 14 * day - hour)).not.toBeNull();
    expect(await visitIn(cookie, 28 * day - 2 * hour)).not.toBeNull();
  });

  it('a session ends after thirty days in use', async () => {
    const cookie = await seedSession(await seedPerson());
    for (const days of [10, 20, 29]) expect(await visitIn(cookie, days * day)).not.toBeNull();
    expect(await visitIn(cookie, 30 * day + 1000)).toBeNull();
  });

  it('a session writes the time of its last request at most once an hour', async () => {
    const userId = await seedPerson();
    const cookie = await seedSession(userId);
    const first = await seenAt(userId);
    await visitIn(cookie, hour / 2);
    expect(await seenAt(userId)).toBe(first);
    await visitIn(cookie, hour + 1000);
    expect(await seenAt(userId)).toBeGreaterThan(first ?? Number.POSITIVE_INFINITY);
  });

  it('sessions are listed by device, and all end when the account is deleted', async () => {
    const userId = await seedPerson();
    const [here, there] = [await seedSession(userId), await seedSession(userId)];
    const { auth } = testServices();
    const devices = await auth.sessionsOf(userId, asked(here));
    expect(devices.map(({ isThisOne }) => isThisOne).sort()).toEqual([false, true]);
    await auth.deleteAccount(userId);
    for (const cookie of [here, there]) expect(await testServices().auth.findUser(asked(cookie))).toBeNull();
  });
});
