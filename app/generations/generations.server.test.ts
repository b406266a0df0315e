import { env } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { auditLedger } from '~/credits/audit.server';
import { clips, projects, settings } from '~/db/schema.server';
import { openCountStatement } from '~/generations/pipeline/statements';
import { seedPerson, seedProject, testServices } from '~/testing/services';

async function seed({ credits = 1, clipCount = 1 } = {}) {
  const userId = await seedPerson({ credits });
  const { projectId, clipIds } = await seedProject({ userId, clipCount });
  return { userId, projectId, clipIds, clipId: clipIds[0] as string };
}

const services = testServices();
const { generations } = services;
const requestFor = (of: { userId: string; clipId: string }, requestKey: string = crypto.randomUUID()) => ({
  ...{ userId: of.userId, clipId: of.clipId },
  requestKey,
  presetId: 'gentle',
  words: 'softly',
});

const countOf = async (userId: string) =>
  await env.DB.prepare('SELECT count(*) AS count FROM generations WHERE user_id = ?1').bind(userId).first('count');

describe('starting a generation', () => {
  it('200 concurrent starts with one credit make one generation', async () => {
    const { userId, clipIds } = await seed({ clipCount: 2 });
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        generations.start(requestFor({ userId, clipId: clipIds[index % 2] as string })),
      ),
    );
    expect(answers.filter(({ outcome }) => outcome === 'started')).toHaveLength(1);
    expect(new Set(answers.map(({ outcome }) => outcome))).toEqual(new Set(['started', 'no-credit', 'already-open']));
    expect(await countOf(userId)).toBe(1);
    expect(await services.credits.ledger.balance(userId)).toMatchObject({ balance: 0 });
    expect(await auditLedger(env.DB)).toEqual([]);
  }, 120_000);

  it('a repeated request key makes one generation', async () => {
    const it = await seed({ credits: 5 });
    const request = requestFor(it);
    const answers = await Promise.all(Array.from({ length: 20 }, () => generations.start(request)));
    expect(answers.filter(({ outcome }) => outcome === 'started')).toHaveLength(1);
    expect(answers.filter(({ outcome }) => outcome === 'duplicate')).toHaveLength(19);
    const ids = new Set(answers.map((answer) => ('generationId' in answer ? answer.generationId : null)));
    expect(ids.size).toBe(1);
    expect(await services.credits.ledger.balance(it.userId)).toMatchObject({ balance: 4 });
  });

  it('a start stores its words with the clip and takes the current frame, shape and length', async () => {
    const it = await seed();
    await services.projects.update({ ...it, change: { shape: '1:1', clipSeconds: 7 } });
    await services.projects.clips.update({
      ...it,
      change: { frame: { x: 0.2, y: 0.3, zoom: 2, turn: 1, tilt: -2.5 } },
    });
    const started = await generations.start(requestFor(it));
    const id = started.outcome === 'started' ? started.generationId : '';
    const row = await env.DB.prepare('SELECT * FROM generations WHERE id = ?1').bind(id).first();
    expect(row).toMatchObject({
      shape: '1:1',
      duration_seconds: 7,
      frame_x: 0.2,
      frame_zoom: 2,
      frame_turn: 1,
      frame_tilt: -2.5,
      state: 'queued',
    });
    expect(row?.prompt).toContain('softly');
    const [clip] = await services.db.select().from(clips).where(eq(clips.id, it.clipId));
    expect(clip).toMatchObject({ words: 'softly', presetId: 'gentle', latestGenerationId: id });
  });

  it('a start without a credit starts nothing and returns the cost', async () => {
    const it = await seed({ credits: 0 });
    expect(await generations.start(requestFor(it))).toEqual({ outcome: 'no-credit', balance: 0, cost: 1 });
    expect(await countOf(it.userId)).toBe(0);
  });

  it('a start is not-found for another person’s clip, a deleted clip or a deleted project', async () => {
    const it = await seed({ credits: 3, clipCount: 2 });
    const stranger = await seedPerson({ credits: 3 });
    expect(await generations.start(requestFor({ ...it, userId: stranger }))).toEqual({ outcome: 'not-found' });
    await services.projects.clips.setDeleted({ ...it, deleted: true });
    expect(await generations.start(requestFor(it))).toEqual({ outcome: 'not-found' });
    await services.db.update(projects).set({ deletedAt: 1 }).where(eq(projects.id, it.projectId));
    const second = { userId: it.userId, clipId: it.clipIds[1] as string };
    expect(await generations.start(requestFor(second))).toEqual({ outcome: 'not-found' });
  });

  it('a clip that no provider can make has no offer and cannot be started', async () => {
    const it = await seed();
    await services.db.insert(settings).values({ key: 'provider', value: '"nobody"', updatedAt: 1 });
    const { generations } = testServices();
    const offers = await generations.offers({ userId: it.userId, lengths: [5] });
    expect(offers).toEqual({ '9:16': { 5: null }, '16:9': { 5: null }, '1:1': { 5: null } });
    expect(await generations.start(requestFor(it))).toEqual({ outcome: 'unavailable' });
    await services.db.delete(settings).where(eq(settings.key, 'provider'));
    expect(await countOf(it.userId)).toBe(0);
  });

  it('starts end at the limit of open generations', async () => {
    const it = await seed({ credits: 5, clipCount: 3 });
    await services.db.insert(settings).values({ key: 'maxOpenGenerations', value: '2', updatedAt: 1 });
    const { generations } = testServices();
    const [first, second, third] = it.clipIds.map((clipId) => requestFor({ userId: it.userId, clipId }));
    for (const request of [first, second]) if (request) await generations.start(request);
    expect(third && (await generations.start(third))).toEqual({ outcome: 'too-many-open', most: 2 });
    await services.db.delete(settings).where(eq(settings.key, 'maxOpenGenerations'));
  });
});

describe('counting open generations', () => {
  it('counting open generations reads no ended ones', async () => {
    const { userId, clipId } = await seed({ credits: 9 });
    const start = async () => {
      const started = await generations.start(requestFor({ userId, clipId }));
      return started.outcome === 'started' ? started.generationId : '';
    };
    for (let count = 0; count < 8; count += 1) await generations.cancel({ userId, generationId: await start() });
    await start();
    for (const most of [1, 2]) {
      const { sql, params } = openCountStatement({ userId, most });
      const { results, meta } = await env.DB.prepare(sql)
        .bind(...params)
        .all();
      expect(results).toEqual([{ count: 1 }]);
      expect(meta.rows_read).toBeLessThanOrEqual(5);
    }
  });
});

describe('starting a whole project', () => {
  it('a project’s clips start in order until the credits end, and a repeat pays nothing twice', async () => {
    const it = await seed({ credits: 2, clipCount: 4 });
    const request = { ...it, requestKey: crypto.randomUUID(), clipIds: [...it.clipIds].reverse() };
    const first = await generations.startMany(request);
    expect(first.started).toHaveLength(2);
    expect(first.stopped).toEqual({ outcome: 'no-credit', balance: 0, cost: 1 });
    const again = await generations.startMany(request);
    expect(again.started).toEqual(first.started);
    const rows = await services.db.select().from(clips).where(eq(clips.projectId, it.projectId));
    const begun = rows.filter((row) => row.latestGenerationId !== null).map(({ id }) => id);
    expect(begun).toEqual(it.clipIds.slice(0, 2));
    expect(await auditLedger(env.DB)).toEqual([]);
  });

  it('a project start finds no clip of another person', async () => {
    const it = await seed({ credits: 2 });
    const userId = await seedPerson({ credits: 2 });
    const request = { userId, projectId: it.projectId, requestKey: crypto.randomUUID(), clipIds: it.clipIds };
    expect(await generations.startMany(request)).toEqual({ started: [], stopped: { outcome: 'not-found' } });
  });
});

describe('the offer', () => {
  it('an offer has the estimated wait until enough are measured, then their median', async () => {
    const offerNow = async () => (await generations.offers({ userId: 'usr_x', lengths: [5] }))['9:16'][5];
    expect(await offerNow()).toEqual({
      creditsPerClip: 1,
      pausedUntil: null,
      refusalsLeft: null,
      refusedUntil: null,
      stopsLeft: 5,
      atOnce: 10,
      expectedSeconds: 40,
      measured: false,
    });
    for (const [bucket, count] of [
      [10, 2],
      [20, 4],
      [60, 1],
    ])
      await env.DB.prepare("INSERT INTO generation_waits VALUES ('runway', 'gen4_turbo', 5, ?1, ?2)")
        .bind(bucket, count)
        .run();
    expect(await offerNow()).toMatchObject({ expectedSeconds: 25, measured: true });
  });

  it('a timeline is shown to its owner only', async () => {
    const it = await seed();
    const started = await generations.start(requestFor(it));
    const generationId = started.outcome === 'started' ? started.generationId : '';
    expect(await generations.timeline({ userId: 'usr_other', generationId })).toBeNull();
    expect((await generations.timeline({ userId: it.userId, generationId }))?.steps).toHaveLength(1);
  });
});
