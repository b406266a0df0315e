import { env } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { clips, generations, projects, shares, users } from '~/db/schema.server';
import { finishGeneration } from '~/testing/generation';
import { seedPerson, seedProject, testServices } from '~/testing/services';
import { photoKey, previewKey, subjectOf, videoKey } from './keys';

// Signed links after what they name has ended. The clock is given; what a link must not show is gone after five seconds.

const { db } = testServices();
let now = Date.now();
const services = () => testServices({ clock: () => now });
let owner: { id: string; projectId: string; clipId: string; photoId: string; generationId: string };
let shareId: string;
let serial = 0;

beforeEach(async () => {
  now += 60_000;
  const id = await seedPerson({ credits: 9 });
  const { projectId, clipIds } = await seedProject({ userId: id });
  const clipId = clipIds[0] as string;
  const [clip] = await db.select().from(clips).where(eq(clips.id, clipId));
  owner = { id, projectId, clipId, photoId: String(clip?.photoId), generationId: '' };
  owner.generationId = await approved();
  for (const key of Object.values(keys())) await env.MEDIA.put(key, 'private');
  shareId = `shr_${`${++serial}`.padStart(26, '0')}`;
  await db
    .insert(shares)
    .values({ id: shareId, userId: id, projectId, createdAt: now, expiresAt: now + 600_000, previewClipId: clipId });
});

/** A ready generation of the clip, approved. */
async function approved(): Promise<string> {
  const id = `gen_${`${++serial}`.padStart(26, '0')}`;
  const made = { provider: 'p', model: 'm', presetId: 'gentle', words: '', prompt: 'x', shape: '9:16' } as const;
  const rest = { frameX: 0.5, frameY: 0.5, frameZoom: 1, stateAt: 1, deadlineAt: 2, createdAt: 1, durationSeconds: 5 };
  const { id: userId, clipId } = owner;
  await db.insert(generations).values({ id, userId, clipId, requestKey: id, cost: 1, ...made, ...rest });
  await finishGeneration(id, videoKey({ userId, id }));
  await db.update(clips).set({ approvedGenerationId: id }).where(eq(clips.id, clipId));
  return id;
}

const keys = () => ({
  photo: photoKey({ userId: owner.id, id: owner.photoId }),
  video: videoKey({ userId: owner.id, id: owner.generationId }),
  preview: previewKey({ userId: owner.id, clipId: owner.clipId }),
});

type Viewers = 'owner' | 'visitor' | 'admin';
const admin = 'usr_admin';

/** The paths by which this viewer sees the film now. */
function pathsFor(viewer: Viewers): string[] {
  const { links } = services().media;
  const { photo, video, preview } = keys();
  const userId = owner.id;
  if (viewer === 'visitor') return [photo, video, preview].map((key) => links.sharePath({ key, userId, shareId }));
  if (viewer === 'owner') return [photo, video].map((key) => links.ownerPath({ key, userId }));
  return [photo, video].map((key) => links.adminPath({ key, userId: admin, until: now + 300_000 }));
}

/** How each path answers: the status of a range of it. */
async function ask(viewer: Viewers, paths: readonly string[]): Promise<number[]> {
  const person = { id: viewer === 'admin' ? admin : owner.id, isAdmin: viewer === 'admin' };
  const answers = paths.map(async (path) => {
    const request = new Request(env.APP_ORIGIN + path, { headers: { Range: 'bytes=0-1' } });
    const answer = await services().media.answers.answer(request, async () => person);
    await answer?.arrayBuffer();
    return answer?.status ?? 404;
  });
  return Promise.all(answers);
}

const all = (status: number, paths: readonly string[]) => paths.map(() => status);
const deleted = { deletedAt: 5 };
const change = {
  clip: (set: Partial<typeof clips.$inferInsert>) => db.update(clips).set(set).where(eq(clips.id, owner.clipId)),
  project: (set: Partial<typeof projects.$inferInsert>) =>
    db.update(projects).set(set).where(eq(projects.id, owner.projectId)),
  person: (set: Partial<typeof users.$inferInsert>) => db.update(users).set(set).where(eq(users.id, owner.id)),
  share: (set: Partial<typeof shares.$inferInsert>) => db.update(shares).set(set).where(eq(shares.id, shareId)),
};

describe('the end of a signed link', () => {
  it.each([
    ['a visitor', 'the share is revoked', 'visitor', () => change.share({ revokedAt: now })],
    ['a visitor', 'the share expires', 'visitor', () => change.share({ expiresAt: now })],
    ['a visitor', 'the owner is suspended', 'visitor', () => change.person({ suspendedAt: now })],
    ['a visitor', 'the owner’s account is deleted', 'visitor', () => change.person(deleted)],
    ['a visitor', 'the film is deleted', 'visitor', () => change.project(deleted)],
    ['a visitor', 'the photo is deleted', 'visitor', () => change.clip(deleted)],
    ['the owner', 'the film is deleted', 'owner', () => change.project(deleted)],
    ['the owner', 'the photo is deleted', 'owner', () => change.clip(deleted)],
    ['an admin', 'the photo is deleted', 'admin', () => change.clip(deleted)],
    ['an admin', 'the film is deleted', 'admin', () => change.project(deleted)],
    ['an admin', 'the owner’s account is deleted', 'admin', () => change.person(deleted)],
  ] as const)('a signed link gives %s nothing five seconds after %s', async (_who, _what, viewer, end) => {
    const paths = pathsFor(viewer);
    expect(await ask(viewer, paths)).toEqual(all(206, paths));
    await end();
    now += 5000;
    expect(await ask(viewer, paths)).toEqual(all(404, paths));
  });

  it('a signed link gives a visitor no clip that was replaced in the film, and no preview that was taken back', async () => {
    const [photo, video, preview] = pathsFor('visitor') as [string, string, string];
    expect(await ask('visitor', [photo, video, preview])).toEqual([206, 206, 206]);
    await approved();
    await change.share({ previewClipId: null });
    now += 5000;
    expect(await ask('visitor', [photo, video, preview])).toEqual([206, 404, 404]);
    expect(await ask('owner', pathsFor('owner'))).toEqual([206, 206]);
  });

  it('a signed link shows again at once what was put back', async () => {
    const paths = pathsFor('owner');
    await change.clip(deleted);
    expect(await ask('owner', paths)).toEqual(all(404, paths));
    await change.clip({ deletedAt: null });
    expect(await ask('owner', paths)).toEqual(all(206, paths));
  });

  it('a signed link shows a visitor nothing of another film or another person by a share', async () => {
    const { links } = services().media;
    const stranger = await seedPerson();
    const other = await seedProject({ userId: owner.id });
    const [clip] = await db
      .select()
      .from(clips)
      .where(eq(clips.id, String(other.clipIds[0])));
    const elsewhere = photoKey({ userId: owner.id, id: String(clip?.photoId) });
    const foreign = photoKey({ userId: stranger, id: owner.photoId });
    for (const key of [elsewhere, foreign]) await env.MEDIA.put(key, 'private');
    const paths = [elsewhere, foreign].map((key) => links.sharePath({ key, userId: owner.id, shareId }));
    expect(await ask('visitor', paths)).toEqual([404, 404]);
  });

  it('a signed link gives a provider its picture while it is kept, whatever was deleted meanwhile', async () => {
    const key = `u/${owner.id}/f/${owner.generationId}.jpg`;
    await env.MEDIA.put(key, 'picture');
    const path = services().media.links.providerPath({ key, userId: owner.id, attempt: 'nonce' });
    await change.clip(deleted);
    expect(await ask('visitor', [path])).toEqual([206]);
    await env.MEDIA.delete(key);
    expect(await ask('visitor', [path])).toEqual([404]);
  });
});

it('the subject of a key is the same for every size of a photo, and null for what is no private media', () => {
  const { photo, video, preview } = keys();
  const of = (kind: string, id: string) => ({ userId: owner.id, kind, id });
  for (const key of [photo, photo.replace('.jpg', '-small.jpg')])
    expect(subjectOf(key)).toEqual(of('photo', owner.photoId));
  expect(subjectOf(video)).toEqual(of('video', owner.generationId));
  expect(subjectOf(preview)).toEqual(of('preview', owner.clipId));
  for (const key of ['parts/pho_1/0', 'u/usr_1/x/pho_1.jpg', 'u/usr_1/p/../g/gen_1.mp4', ''])
    expect(subjectOf(key)).toBeNull();
});
