import { env, exports } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { sessions, users } from '~/db/schema.server';
import { seedAdmin, seedPerson, seedSession, testServices } from '~/testing/services';

const visit = (path: string, cookie: string) =>
  exports.default.fetch(
    new Request(env.APP_ORIGIN + path, { headers: { Cookie: cookie, Accept: 'text/html' }, redirect: 'manual' }),
  );
const asking = (cookie: string, headers: Record<string, string> = {}) =>
  new Request(`${env.APP_ORIGIN}/admin`, { headers: { Cookie: cookie, ...headers } });

describe('an admin', () => {
  it('an admin is known by the Google account, not by the e-mail address', async () => {
    const { adminId, cookie } = await seedAdmin();
    expect(await testServices().auth.requireAdmin(asking(cookie))).toMatchObject({ id: adminId, isFresh: true });
    const other = await seedPerson();
    const theirs = await seedSession(other);
    await env.DB.prepare(
      'UPDATE profiles SET email = (SELECT email FROM profiles WHERE user_id = ?1) WHERE user_id = ?2',
    )
      .bind(adminId, other)
      .run();
    await expect(testServices().auth.requireAdmin(asking(theirs))).rejects.toMatchObject({ status: 404 });
  });

  it('sixteen minutes after the sign-in an admin has to sign in again before anything moves', async () => {
    const { adminId, cookie } = await seedAdmin();
    const { auth, db } = testServices();
    expect((await auth.requireFreshAdmin(asking(cookie))).id).toBe(adminId);
    await db
      .update(sessions)
      .set({ authenticatedAt: Date.now() - 16 * 60_000 })
      .where(eq(sessions.userId, adminId));
    const later = testServices().auth;
    expect(await later.requireAdmin(asking(cookie))).toMatchObject({ isFresh: false });
    const page = asking(cookie, { Accept: 'text/html', Referer: `${env.APP_ORIGIN}/admin/settings?x=1` });
    const led = (await later.requireFreshAdmin(page).catch((thrown: unknown) => thrown)) as Response;
    expect([led.status, led.headers.get('Location')]).toEqual([
      302,
      '/admin/sign-in-again?returnTo=%2Fadmin%2Fsettings',
    ]);
    const program = asking(cookie, { Accept: 'application/json' });
    await expect(later.requireFreshAdmin(program)).rejects.toMatchObject({ status: 403 });
  });
});

describe('a suspended person', () => {
  it('a suspended person is signed out everywhere until the suspension is lifted', async () => {
    const userId = await seedPerson();
    const cookie = await seedSession(userId);
    const { db } = testServices();
    await db.update(users).set({ suspendedAt: 5 }).where(eq(users.id, userId));
    expect(await testServices().auth.findUser(asking(cookie))).toBeNull();
    await db.update(users).set({ suspendedAt: null }).where(eq(users.id, userId));
    expect(await testServices().auth.findUser(asking(cookie))).toMatchObject({ id: userId });
  });
});

describe('the audit log', () => {
  it('the audit log is listed newest first by kind, admin or subject, and cannot be changed', async () => {
    const { adminId, cookie } = await seedAdmin();
    const userId = await seedPerson();
    const { admin, db } = testServices();
    const { auditLog } = admin;
    const requestId = 'req_1';
    await auditLog.record({ what: 'suspended', adminId, subject: userId, userId, reason: 'Asked for it', requestId });
    await auditLog.record({ what: 'reconciled', adminId, subject: 'stripe', after: { differences: 0 }, requestId });
    const whats = async (asked: object) => (await auditLog.list({ limit: 10, ...asked })).map(({ what }) => what);
    expect(await whats({ adminId })).toEqual(['reconciled', 'suspended']);
    expect(await whats({ userId })).toEqual(['suspended']);
    expect(await whats({ subject: 'stripe' })).toEqual(['reconciled']);
    expect(await whats({ what: 'suspended' })).toEqual(['suspended']);
    expect(await (await visit(`/admin/audit-log?about=${userId}`, cookie)).text()).toContain('Asked for it');
    for (const sql of [
      "UPDATE admin_acts SET reason = 'x'",
      'DELETE FROM admin_acts',
      'INSERT OR REPLACE INTO admin_acts (id, at, what, subject) SELECT id, 0, what, subject FROM admin_acts',
    ])
      await expect(db.$client.prepare(sql).run()).rejects.toThrow('desk:append-only');
  });
});
