import { env } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { clips, projects } from '~/db/schema.server';
import { seedPerson, seedProject, testServices } from '~/db/testing';
import { retention } from '~/media/retention';
import { sweepAll } from './sweeper';

describe('the sweeper', () => {
  it('erases what was deleted long ago, and leaves the rest', async () => {
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
});
