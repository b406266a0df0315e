// Deleted data can be restored for thirty days, and is erased after that: on real D1 and R2, with a given clock.
import { env } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { auditLedger } from '~/credits/audit.server';
import { generationFeedback, generations, profiles, uploadParts, uploads } from '~/db/schema.server';
import { seedPerson, seedProject, seedSession, testServices } from '~/testing/services';
import { keysOfPhoto, photoKey, pictureKey, previewKey, videoKey } from './keys';

const day = 24 * 3_600_000;
const start = 1_800_000_000_000;
let now = start;
const services = testServices({ clock: () => now });
const { db } = services;
let serial = 0;
beforeEach(() => {
  now = start;
});

const prefixed = async (prefix: string) => (await env.MEDIA.list({ prefix })).objects.map(({ key }) => key);
const objectsOf = async (userId: string) => [...(await prefixed(`u/${userId}/`)), ...(await prefixed('parts/'))];
const rowOf = (table: string, id: string) =>
  env.DB.prepare(`SELECT * FROM ${table} WHERE id = ?1`).bind(id).first<Record<string, unknown>>();

/** One paid generation of this clip in this state, with its objects in R2. */
async function seedGeneration({
  userId,
  clipId,
  state,
  name,
}: {
  userId: string;
  clipId: string;
  state: 'ready' | 'generating';
  name: string;
}) {
  serial += 1;
  const id = `gen_${`${serial}`.padStart(26, '0')}`;
  const frame = { frameX: 0.5, frameY: 0.5, frameZoom: 1 };
  const chosen = { presetId: 'gentle', words: `${name} waves`, prompt: `Slowly. ${name} waves`, shape: '1:1' as const };
  const times = { createdAt: now, stateAt: now, deadlineAt: now + 1 };
  const by = { provider: 'runway', model: 'gen4_turbo', requestKey: `request-${id}`, cost: 1, durationSeconds: 5 };
  await db.insert(generations).values({ id, userId, clipId, ...frame, ...chosen, ...times, ...by });
  const step = (set: string) => env.DB.prepare(`UPDATE generations SET ${set} WHERE id = ?1`).bind(id).run();
  await step("state = 'submitting'");
  await step(`state = 'generating', failure_detail = '${name}'`);
  await env.MEDIA.put(pictureKey({ userId, id }), 'picture');
  if (state === 'generating') return id;
  await step("state = 'copying'");
  await step(`state = 'ready', media_bytes = 5, media_key = '${videoKey({ userId, id })}'`);
  await env.MEDIA.put(videoKey({ userId, id }), 'video');
  return id;
}

const said = (name: string) => ({ reason: 'odd-movement' as const, words: `${name} has three hands` });

/** A person with one project of two clips; the first has an approved generation. All texts hold `name`. */
async function seed({ name = 'Bea' } = {}) {
  const userId = await seedPerson({ credits: 5 });
  const { projectId, clipIds } = await seedProject({ userId, clipCount: 2 });
  const clipId = clipIds[0] as string;
  const generationId = await seedGeneration({ userId, clipId, state: 'ready', name });
  await db.insert(generationFeedback).values({ ...{ userId, generationId }, ...said(name), createdAt: now });
  const found = await services.projects.find({ userId, projectId });
  const photoIds = (found?.clips ?? []).map(({ photo }) => photo.id);
  for (const id of photoIds) for (const key of keysOfPhoto(photoKey({ userId, id }))) await env.MEDIA.put(key, 'photo');
  await env.MEDIA.put(previewKey({ userId, clipId }), 'preview');
  await services.projects.clips.approve({ userId, clipId, generationId });
  await services.projects.clips.update({ userId, clipId, change: { words: `${name} waves` } });
  await services.projects.update({ userId, projectId, change: { title: `${name} at the sea` } });
  return { userId, projectId, clipId, otherClipId: clipIds[1] as string, generationId, photoIds };
}

describe('the erasure of projects and clips', () => {
  it('a deleted project is restored whole within thirty days', async () => {
    const it = await seed();
    const before = [await services.projects.find(it), await objectsOf(it.userId)];
    await services.projects.setDeleted({ ...it, deleted: true });
    now = start + 30 * day;
    await services.media.erasure.run(now);
    expect(await services.projects.setDeleted({ ...it, deleted: false })).toBe(true);
    await services.media.erasure.run(now + 400 * day);
    const [film, objects] = [await services.projects.find(it), await objectsOf(it.userId)];
    const unsigned = (value: unknown) =>
      JSON.stringify(value)
        .replaceAll(/\?for[^"]*/g, '')
        .replaceAll(/"version":\d+/g, '');
    expect(unsigned([film, objects])).toBe(unsigned(before));
    expect(objects).toHaveLength(9);
  });

  it('a project deleted for longer is erased, and leaves only what the ledger needs', async () => {
    const it = await seed();
    await services.projects.setDeleted({ ...it, deleted: true });
    now = start + 30 * day + 1;
    expect(await services.projects.setDeleted({ ...it, deleted: false })).toBe(false);
    expect(await objectsOf(it.userId)).toHaveLength(9);
    now = start + 31 * day + 1;
    await services.media.erasure.run(now);
    expect(await objectsOf(it.userId)).toEqual([]);
    expect(await rowOf('projects', it.projectId)).toMatchObject({ erased_at: now, title: 'Erased film' });
    expect(await rowOf('generations', it.generationId)).toMatchObject({
      ...{ erased_at: now, state: 'ready', cost: 1, media_key: videoKey({ userId: it.userId, id: it.generationId }) },
      ...{ words: '', prompt: '', failure_detail: null },
    });
    const [feedback] = await db
      .select()
      .from(generationFeedback)
      .where(eq(generationFeedback.generationId, it.generationId));
    expect(feedback).toMatchObject({ reason: 'odd-movement', words: '' });
    const [view] = await services.projects.clips.generations({ ...it, limit: 5 });
    expect(view).toMatchObject({ id: it.generationId, videoUrl: null, words: '' });
    expect(await auditLedger(env.DB)).toEqual([]);
  });

  it('the erasure of one clip leaves the other clips of its project', async () => {
    const it = await seed();
    await services.projects.clips.setDeleted({ ...it, deleted: true });
    now = start + 31 * day;
    await services.media.erasure.run(now);
    expect(await objectsOf(it.userId)).toHaveLength(9);
    now += 1;
    expect(await services.projects.clips.setDeleted({ ...it, deleted: false })).toBe(false);
    await services.media.erasure.run(now);
    expect(await objectsOf(it.userId)).toEqual(keysOfPhoto(`u/${it.userId}/p/${it.photoIds[1]}.jpg`).sort());
    const film = await services.projects.find(it);
    expect(film?.clips.map(({ id }) => id)).toEqual([it.otherClipId]);
    expect(film?.project.title).toBe('Bea at the sea');
  });

  it('two runs at once erase once, and so does a run after a crash between R2 and D1', async () => {
    const it = await seed();
    await services.projects.setDeleted({ ...it, deleted: true });
    now = start + 32 * day;
    await env.MEDIA.delete(await objectsOf(it.userId));
    await Promise.all([services.media.erasure.run(now), services.media.erasure.run(now)]);
    await services.media.erasure.run(now + day);
    expect(await rowOf('clips', it.clipId)).toMatchObject({ erased_at: now, words: '' });
    expect(await rowOf('photos', it.photoIds[0] as string)).toMatchObject({ erased_at: now });
    expect(await auditLedger(env.DB)).toEqual([]);
  });

  it('the erasure goes on page by page', async () => {
    const userId = await seedPerson();
    const [{ projectId }, other] = [
      await seedProject({ userId, clipCount: 75 }),
      await seedProject({ userId, clipCount: 75 }),
    ];
    for (const one of [projectId, other.projectId])
      await services.projects.setDeleted({ userId, projectId: one, deleted: true });
    now = start + 32 * day;
    const left = async () =>
      env.DB.prepare('SELECT count(*) AS n FROM clips WHERE user_id = ?1 AND erased_at IS NULL')
        .bind(userId)
        .first('n');
    await services.media.erasure.run(now);
    expect(await left()).toBe(50);
    expect(await rowOf('projects', other.projectId)).toMatchObject({ erased_at: null });
    await services.media.erasure.run(now);
    expect(await left()).toBe(0);
    for (const one of [projectId, other.projectId])
      expect(await rowOf('projects', one)).toMatchObject({ erased_at: now });
  });
});

describe('the erasure of an account', () => {
  it('the erasure of an account leaves no object and no text of the person, and a ledger that adds up', async () => {
    const it = await seed({ name: 'Anna' });
    const marks = ['sub-of-anna', 'anna@example.com', 'Anna'];
    const [googleSub = '', email = '', name = ''] = marks;
    await db.insert(profiles).values({ userId: it.userId, googleSub, email, name, updatedAt: 1 });
    await seedSession(it.userId);
    const openGenerationId = await seedGeneration({
      userId: it.userId,
      clipId: it.otherClipId,
      state: 'generating',
      name,
    });
    // An open upload with one part, and an object that a crash left under the person's prefix.
    const part = { uploadId: 'pho_open', offsetBytes: 0, sizeBytes: 3, mediaKey: 'parts/pho_open/0-x' };
    const { userId, projectId } = it;
    const file = { lengthBytes: 9, fileName: 'Anna.jpg', createdAt: now, expiresAt: now + day };
    await db.insert(uploads).values({ id: 'pho_open', userId, projectId, requestKey: 'pho_open', ...file });
    await db.insert(uploadParts).values(part);
    await env.MEDIA.put(part.mediaKey, 'abc');
    await env.MEDIA.put(`u/${userId}/p/pho_open.jpg`, 'half');
    expect(await services.credits.ledger.balance(userId)).toMatchObject({ balance: 3 });

    await services.auth.deleteAccount(userId);
    expect(await rowOf('generations', openGenerationId)).toMatchObject({ state: 'canceled' });
    expect(await services.credits.ledger.balance(userId)).toMatchObject({ balance: 4 });
    // Asked for again, it is not asked for later; seven days on the account is closed, and an hour after that erased.
    now = start + 7 * day - 1;
    await services.auth.deleteAccount(userId);
    for (const wait of [0, 1, 60 * 60_000]) {
      now += wait;
      await services.auth.deletion.closeDue(now);
      await services.media.erasure.run(now);
      expect((await objectsOf(userId)).length).toBeGreaterThan(3);
    }
    expect(await services.auth.deletion.takeBack(userId)).toBe(false);
    now += 1;
    await services.photos.uploads.sweep({ now });
    await services.media.erasure.run(now);
    await services.media.erasure.run(now);

    expect(await objectsOf(userId)).toEqual([]);
    const { results: tables } = await env.DB.prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'",
    ).all<{ name: string }>();
    expect(tables.length).toBeGreaterThan(14);
    for (const table of tables) {
      const { results } = await env.DB.prepare(`SELECT * FROM "${table.name}"`).all();
      const telling = results.filter((row) => marks.some((mark) => JSON.stringify(row).includes(mark)));
      expect(telling, table.name).toEqual([]);
    }
    expect(await rowOf('users', userId)).toMatchObject({ deleted_at: start, erased_at: now });
    expect(await auditLedger(env.DB)).toEqual([]);
  });

  it('the erasure of an account leaves other people’s data', async () => {
    const [gone, stays] = [await seed(), await seed()];
    const before = await objectsOf(stays.userId);
    await services.auth.deleteAccount(gone.userId);
    await services.auth.closeAccount(gone.userId);
    now = start + 2 * day;
    await services.media.erasure.run(now);
    expect(await prefixed(`u/${gone.userId}/`)).toEqual([]);
    expect(await objectsOf(stays.userId)).toEqual(before);
    expect(await services.projects.find(stays)).toMatchObject({ project: { title: 'Bea at the sea' } });
  });
});
