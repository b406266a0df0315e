import { env, exports } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { generations as generationRows } from '~/db/schema.server';
import { uploadLimits } from '~/photos/upload-limits';
import { seedPerson, seedProject, seedSession, testServices } from '~/testing/services';
import { projectLimits } from './project-store.server';
import type { ManyClipsAct } from './views';

describe('projects', () => {
  it('a project is shown to its owner with its clips in order', async () => {
    const userId = await seedPerson();
    const { projectId, clipIds } = await seedProject({ userId, clipCount: 3 });
    const found = await testServices().projects.find({ userId, projectId });
    expect(found?.project.title).toBe('Summer');
    expect(found?.clips.map((clip) => clip.id)).toEqual(clipIds);
    expect(found?.clips.every((clip) => clip.status === 'still')).toBe(true);
  });

  it('a project does not exist for another person', async () => {
    const owner = await seedPerson();
    const other = await seedPerson();
    const { projectId, clipIds } = await seedProject({ userId: owner });
    const {
      projects: { clips },
      projects,
    } = testServices();
    expect(await projects.find({ userId: other, projectId })).toBeNull();
    expect(await projects.update({ userId: other, projectId, change: { title: 'Mine' } })).toBeNull();
    expect(await projects.setDeleted({ userId: other, projectId, deleted: true })).toBe(false);
    expect(await clips.update({ userId: other, clipId: clipIds[0] as string, change: { words: 'x' } })).toBeNull();
    expect((await projects.find({ userId: owner, projectId }))?.project.title).toBe('Summer');
  });

  it('a deleted project is restored whole', async () => {
    const userId = await seedPerson();
    const { projectId } = await seedProject({ userId, clipCount: 2 });
    const { projects } = testServices();
    await projects.setDeleted({ userId, projectId, deleted: true });
    expect(await projects.find({ userId, projectId })).toBeNull();
    expect(await projects.list({ userId, limit: 10 })).toEqual([]);
    await projects.setDeleted({ userId, projectId, deleted: false });
    expect((await projects.find({ userId, projectId }))?.clips).toHaveLength(2);
    expect((await projects.list({ userId, limit: 10 })).map((card) => card.clipCount)).toEqual([2]);
  });

  it('several clips are changed at once, and a repeated change changes nothing more', async () => {
    const [userId, other] = [await seedPerson(), await seedPerson()];
    const { projectId, clipIds } = await seedProject({ userId, clipCount: 4 });
    const { projects } = testServices();
    const [first = '', second = '', third = ''] = clipIds;
    const change = (ids: readonly string[], act: ManyClipsAct, by = userId) =>
      projects.clips.changeMany({ userId: by, projectId, clipIds: ids, act });
    const shown = async () => (await projects.find({ userId, projectId }))?.clips ?? [];

    expect(await change([first, second], { kind: 'remove' }, other)).toEqual({ outcome: 'not-found' });
    for (let press = 0; press < 2; press++) {
      const removed = await change([first, second, 'clp_of_nobody'], { kind: 'remove' });
      expect(removed).toMatchObject({
        outcome: 'changed',
        clips: [],
        removed: [{ clipId: first }, { clipId: second }],
      });
      expect((await shown()).map(({ id }) => id)).toEqual(clipIds.slice(2));
    }
    await change([first, second], { kind: 'restore' });
    expect((await shown()).map(({ id }) => id)).toEqual(clipIds);

    await change([first, third], { kind: 'preset', presetId: 'lively' });
    expect((await shown()).map(({ presetId }) => presetId)).toEqual(['lively', 'gentle', 'lively', 'gentle']);
    await change([first, second], { kind: 'keep-apart' });
    expect((await shown()).map(({ keptApartAt }) => keptApartAt !== null)).toEqual([true, true, false, false]);
    await change([first, second], { kind: 'stack' });
    expect((await shown()).map(({ keptApartAt }) => keptApartAt)).toEqual([null, null, null, null]);
  });

  it('a clip is not put back into a film that was filled meanwhile, nor a film beyond the limit of films', async () => {
    const userId = await seedPerson();
    const { projectId, clipIds } = await seedProject({ userId, clipCount: uploadLimits.clipsInProject });
    const {
      projects: { clips },
      projects,
      db,
    } = testServices();
    const clipId = clipIds[0] as string;
    await clips.setDeleted({ userId, clipId, deleted: true });
    const another = `INSERT INTO clips (id, user_id, project_id, photo_id, position, created_at)
      SELECT 'clp_another', user_id, project_id, photo_id, 'z', 1 FROM clips WHERE id = ?1`;
    await db.$client.prepare(another).bind(clipId).run();
    const headers = { Cookie: await seedSession(userId), 'Sec-Fetch-Site': 'same-origin', Accept: 'application/json' };
    const put = (path: string) =>
      exports.default.fetch(new Request(env.APP_ORIGIN + path, { method: 'DELETE', headers }));
    const refused = await put(`/clips/${clipId}/deletion`);
    const filmFull = { error: expect.objectContaining({ reason: 'film-full' }) };
    expect([refused.status, await refused.json()]).toEqual([409, expect.objectContaining(filmFull)]);
    expect((await projects.find({ userId, projectId }))?.clips).toHaveLength(uploadLimits.clipsInProject);
    await clips.setDeleted({ userId, clipId: clipIds[1] as string, deleted: true });
    expect((await put(`/clips/${clipId}/deletion`)).status).toBe(200);

    await projects.setDeleted({ userId, projectId, deleted: true });
    const many = `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?2)
      INSERT INTO projects (id, user_id, title, created_at, updated_at)
      SELECT 'prj_many_' || n, ?1, 'Film', 1, 1 FROM numbers`;
    await db.$client.prepare(many).bind(userId, projectLimits.projects).run();
    const full = await put(`/projects/${projectId}/deletion`);
    const tooMany = { error: expect.objectContaining({ reason: 'too-many-projects' }) };
    expect([full.status, await full.json()]).toEqual([409, expect.objectContaining(tooMany)]);
  });

  it('a film that was begun and left is neither listed nor begun twice', async () => {
    const userId = await seedPerson();
    const { projects, db } = testServices();
    const first = await projects.begin({ userId, trackId: 'sunday' });
    if (first.outcome !== 'created') throw new Error(first.outcome);
    expect(first.project.trackId).toBe('sunday');
    expect(await projects.begin({ userId })).toEqual(first);
    expect(await projects.list({ userId, limit: 10 })).toEqual([]);

    // Once it has a name of the person's it is kept, though it has no photo.
    await projects.update({ userId, projectId: first.project.id, change: { title: 'Grandma at eighty' } });
    expect((await projects.list({ userId, limit: 10 })).map(({ title }) => title)).toEqual(['Grandma at eighty']);
    const second = await projects.begin({ userId });
    if (second.outcome !== 'created') throw new Error(second.outcome);
    expect(second.project.id).not.toBe(first.project.id);

    // A film whose photos were all taken out is no new film.
    const { projectId } = await seedProject({ userId, clipCount: 1 });
    await db.$client.prepare('UPDATE clips SET deleted_at = 1 WHERE project_id = ?').bind(projectId).run();
    expect((await projects.begin({ userId })).outcome).toBe('created');
    expect((await projects.list({ userId, limit: 10 })).map(({ id }) => id)).toContain(projectId);
  });

  it('a film that is begun on the day of another one gets a name of its own', async () => {
    const userId = await seedPerson();
    const { projects } = testServices({ clock: () => Date.UTC(2026, 10, 22, 12) });
    const titles: string[] = [];
    for (const _film of [1, 2, 3]) {
      const begun = await projects.begin({ userId });
      if (begun.outcome !== 'created') throw new Error(begun.outcome);
      titles.push(begun.project.title);
      await projects.update({ userId, projectId: begun.project.id, change: { shape: '1:1' } });
    }
    expect(titles).toEqual(['Film of 22 November', 'Film of 22 November (2)', 'Film of 22 November (3)']);
  });

  it('projects have a limit per person and per day', async () => {
    const userId = await seedPerson();
    const start = 1_800_000_000_000;
    let now = start;
    const { projects, db } = testServices({ clock: () => now });
    const begin = async (count: number) => {
      const made = await Promise.all(Array.from({ length: count }, () => projects.create({ userId, title: 'Film' })));
      return made.filter(({ outcome }) => outcome === 'created').length;
    };
    expect(await begin(projectLimits.projectsPerDay + 5)).toBe(projectLimits.projectsPerDay);
    // Untouched, and so not listed.
    const first = await db.$client
      .prepare('SELECT id FROM projects WHERE user_id = ?')
      .bind(userId)
      .first<string>('id');
    await projects.setDeleted({ userId, projectId: first ?? '', deleted: true });
    expect(await begin(1)).toBe(0);
    now += 24 * 3_600_000 + 1;
    expect(await begin(1)).toBe(1);
    await db.$client
      .prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${projectLimits.projects - projectLimits.projectsPerDay})
         INSERT INTO projects (id, user_id, title, created_at, updated_at) SELECT 'prj_0' || i, ?1, 'Film', 1, 1 FROM n`,
      )
      .bind(userId)
      .run();
    expect(await projects.create({ userId, title: 'Film' })).toEqual({ outcome: 'too-many' });
  });

  it('a project gets a new version with every change, so that an old frame never wins', async () => {
    const userId = await seedPerson();
    const { projectId } = await seedProject({ userId });
    const { projects } = testServices();
    const first = await projects.update({ userId, projectId, change: { title: 'One' } });
    const second = await projects.update({ userId, projectId, change: { shape: '1:1' } });
    expect(second?.version).toBeGreaterThan(first?.version ?? Number.POSITIVE_INFINITY);
    expect(second).toMatchObject({ title: 'One', shape: '1:1' });
  });
});

describe('the order of clips', () => {
  it('two devices that move different clips at once both succeed', async () => {
    const userId = await seedPerson();
    const { projectId, clipIds } = await seedProject({ userId, clipCount: 4 });
    const [a, b, c, d] = clipIds as [string, string, string, string];
    const {
      projects: { clips },
      projects,
    } = testServices();
    await Promise.all([
      clips.move({ userId, clipId: d, after: null, before: a }),
      clips.move({ userId, clipId: b, after: c, before: null }),
    ]);
    const found = await projects.find({ userId, projectId });
    expect(found?.clips.map((clip) => clip.id)).toEqual([d, a, c, b]);
  });

  it('a move beside a clip of another project is refused', async () => {
    const userId = await seedPerson();
    const one = await seedProject({ userId, clipCount: 1 });
    const two = await seedProject({ userId, clipCount: 1 });
    const { clips } = testServices().projects;
    const moved = await clips.move({
      userId,
      clipId: one.clipIds[0] as string,
      after: two.clipIds[0] as string,
      before: null,
    });
    expect(moved).toEqual({ outcome: 'not-found' });
  });

  it('only a ready generation of the clip itself is approved', async () => {
    const userId = await seedPerson();
    const { clipIds } = await seedProject({ userId });
    const { clips } = testServices().projects;
    const approved = await clips.approve({ userId, clipId: clipIds[0] as string, generationId: 'gen_none' });
    expect(approved).toEqual({ outcome: 'not-ready' });
  });
});

describe('a generation that is held back', () => {
  it.each(['throttled', 'held-back'])(
    'the view of a generation says that it is held back: %s',
    async (providerStatus) => {
      const userId = await seedPerson({ credits: 1 });
      const { clipIds } = await seedProject({ userId });
      const {
        db,
        generations,
        projects: { clips },
      } = testServices();
      const clipId = clipIds[0] as string;
      await generations.start({ userId, clipId, requestKey: crypto.randomUUID(), presetId: 'gentle', words: '' });
      await db.update(generationRows).set({ providerStatus }).where(eq(generationRows.clipId, clipId));
      expect((await clips.find({ userId, clipId }))?.latest?.heldBack).toBe(true);
    },
  );

  it('a clip that failed can be left as a photo, until it fails again', async () => {
    const userId = await seedPerson({ credits: 2 });
    const { clipIds } = await seedProject({ userId });
    const clipId = clipIds[0] as string;
    let now = 1_800_000_000_000;
    const {
      projects: { clips },
      generations,
      db,
    } = testServices({ clock: () => now });
    const failOnce = async () => {
      const request = { userId, clipId, requestKey: crypto.randomUUID(), presetId: 'gentle', words: '' };
      const started = await generations.start(request);
      if (started.outcome !== 'started') throw new Error(started.outcome);
      now += 1000;
      const end = { state: 'failed', failureReason: 'unknown', stateAt: now } as const;
      await db.update(generationRows).set(end).where(eq(generationRows.id, started.generationId));
    };
    const status = async () => {
      const clip = await clips.find({ userId, clipId });
      return [clip?.status, clip?.isLeftAsPhoto];
    };
    await failOnce();
    expect(await status()).toEqual(['error', false]);
    now += 1000;
    const left = await clips.update({ userId, clipId, change: { leaveAsPhoto: true } });
    expect(left).toMatchObject({ status: 'still', isLeftAsPhoto: true });
    await failOnce();
    expect(await status()).toEqual(['error', false]);
  });
});
