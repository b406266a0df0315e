import { env } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { clips, projects } from '~/db/schema.server';
import { retention } from '~/media/retention';
import { uploadLimits } from '~/photos/upload-limits';
import { seedPerson, seedProject, testServices } from '~/testing/services';
import { sweepAll } from './sweeper';

describe('the sweeper', () => {
  it('the sweeper erases long-deleted media only', async () => {
    const { db } = testServices();
    const userId = await seedPerson();
    const [gone, stays] = [await seedProject({ userId }), await seedProject({ userId })];
    const now = Date.now();
    await db
      .update(projects)
      .set({ deletedAt: now - retention.deleted - 1 })
      .where(eq(projects.id, gone.projectId));
    for (const scheduledTime of [now, now + 60_000]) await sweepAll({ scheduledTime }, env);
    const rows = await db.select({ projectId: clips.projectId, erasedAt: clips.erasedAt }).from(clips);
    expect(rows).toContainEqual({ projectId: gone.projectId, erasedAt: now });
    expect(rows).toContainEqual({ projectId: stays.projectId, erasedAt: null });
  });

  it('the sweeper removes sessions that have ended, and old hashes of sign-ups, however many there are', async () => {
    const userId = await seedPerson();
    const now = Date.now();
    const many = `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 2500)`;
    await env.DB.batch([
      env.DB.prepare(`INSERT INTO sessions (id_hash, user_id, user_agent, created_at, seen_at, expires_at)
        ${many} SELECT 'old' || n, ?1, '', 1, 1, ?2 FROM numbers`).bind(userId, now - 1),
      env.DB.prepare(`INSERT INTO users (id, created_at) ${many} SELECT 'usr_old' || n, 1 FROM numbers`),
      env.DB.prepare(`INSERT INTO arrivals (user_id, network_hash, device_hash, at)
        ${many} SELECT 'usr_old' || n, 'n', 'd', ?1 FROM numbers`).bind(now - 30 * 86_400_000 - 1),
      env.DB.prepare(`INSERT INTO arrivals (user_id, network_hash, device_hash, at) VALUES (?1, 'n', 'd', ?2)`).bind(
        userId,
        now - 29 * 86_400_000,
      ),
      env.DB.prepare(`INSERT INTO sessions (id_hash, user_id, user_agent, created_at, seen_at, expires_at)
        VALUES ('living', ?1, '', 1, 1, ?2)`).bind(userId, now + 1),
    ]);
    await sweepAll({ scheduledTime: now }, env);
    const left = `SELECT id_hash AS id FROM sessions WHERE user_id = ?1 UNION ALL SELECT user_id FROM arrivals`;
    expect((await env.DB.prepare(left).bind(userId).all()).results).toEqual([{ id: 'living' }, { id: userId }]);
  });

  it('the sweeper audits the ledger once a night, although cron minutes are missed or doubled, and stores the run report', async () => {
    const night = Date.UTC(2030, 0, 1, 3, 7);
    for (const scheduledTime of [night - 3_600_000, night, night, night + 60_000])
      await sweepAll({ scheduledTime }, env);
    const { results } = await env.DB.prepare(
      "SELECT at, ok, differences FROM house_reports WHERE kind = 'audit' AND at > ?1",
    )
      .bind(night - 7_200_000)
      .all();
    expect(results).toEqual([{ at: night, ok: 1, differences: '[]' }]);
    const sweeps = await env.DB.prepare("SELECT count(*) AS n FROM house_reports WHERE kind = 'sweep' AND at >= ?1")
      .bind(night)
      .first('n');
    expect(sweeps).toBe(2);
  });

  it('the sweeper deletes upload parts of no open upload only', async () => {
    const key = 'parts/pho_0123456789ABCDEFGHJKMNPQRS/0-lost';
    await env.MEDIA.put(key, 'part');
    const tenth = (after: number) => Math.ceil((Date.now() + after) / 600_000) * 600_000;
    await sweepAll({ scheduledTime: tenth(uploadLimits.openFor) }, env);
    expect(await env.MEDIA.head(key)).not.toBeNull();
    await sweepAll({ scheduledTime: tenth(3 * uploadLimits.openFor) }, env);
    expect(await env.MEDIA.head(key)).toBeNull();
  });
});
