// The smaller sizes of photos, on real D1 and R2: brought with the photo, or made later by the sweep.
import { env } from 'cloudflare:workers';
import { and, eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { clips, photos, uploads } from '~/db/schema.server';
import { keysOfPhoto, photoKey, type SmallerSize, smallerKey } from '~/media/keys';
import { seedPerson, seedProject, testServices } from '~/testing/services';
import { joined } from './jpeg';
import { decodeJpeg, encodeJpeg } from './jpeg-codec.server';
import { smallerOf } from './photo-sizes';
import type { Pixels } from './resample';
import { unusedSmaller } from './unused-smaller.server';

const services = testServices();
const { db } = services;
const full = { width: 1200, height: 1600 };

/** A picture of one colour. */
function plain({ width, height }: { width: number; height: number }, colour = [200, 100, 50]): Pixels {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let at = 0; at < data.length; at += 4) data.set([...colour, 255], at);
  return { data, width, height };
}
const jpeg = (size: { width: number; height: number }) => encodeJpeg({ pixels: plain(size), quality: 80 });
const sized = (size: SmallerSize) => jpeg(smallerOf(full, size) ?? full);

/** Sends these bytes as one photo of a new person. */
async function bring(bytes: Uint8Array) {
  const userId = await seedPerson();
  const { projectId } = await seedProject({ userId, clipCount: 0 });
  const metadata = { projectId, requestKey: crypto.randomUUID(), fileName: 'a.jpg', takenAt: null };
  const begun = await services.photos.uploads.begin({ userId, lengthBytes: bytes.length, metadata });
  if (begun.outcome !== 'at') throw new Error(begun.reason);
  const uploadId = begun.upload.id;
  const body = new Response(bytes as unknown as ArrayBuffer).body;
  const said = { declared: bytes.length, checksum: null };
  const sent = await services.photos.uploads.append({ userId, uploadId, offset: 0, body, ...said });
  return { userId, id: uploadId, key: photoKey({ userId, id: uploadId }), outcome: sent.outcome };
}

const rowOf = async ({ userId, id }: { userId: string; id: string }) =>
  (
    await db
      .select()
      .from(photos)
      .where(and(eq(photos.userId, userId), eq(photos.id, id)))
  )[0];
const objectsOf = async (userId: string) =>
  (await env.MEDIA.list({ prefix: `u/${userId}/` })).objects.map(({ key }) => key);
const pixelsOf = async (key: string) => decodeJpeg((await (await env.MEDIA.get(key))?.bytes()) ?? new Uint8Array());
/** Runs the sweep until it finds nothing. */
const sweep = async () => {
  while ((await services.photos.makeSmaller()) > 0);
};

describe('smaller sizes that come with a photo', () => {
  it('a photo is kept in three sizes, with its colour and the bytes of all', async () => {
    const [photo, medium, small] = await Promise.all([jpeg(full), sized('medium'), sized('small')]);
    const brought = await bring(joined([photo, medium, small]));
    expect(brought.outcome).toBe('at');
    expect(await objectsOf(brought.userId)).toEqual(keysOfPhoto(brought.key).sort());
    const row = await rowOf(brought);
    expect(row).toMatchObject({ ...full, smallerBytes: expect.any(Number), colour: '#c86432' });
    const objects = await Promise.all(keysOfPhoto(brought.key).map((key) => env.MEDIA.head(key)));
    const total = objects.reduce((sum, object) => sum + (object?.size ?? 0), 0);
    expect((row?.sizeBytes ?? 0) + (row?.smallerBytes ?? 0)).toBe(total);
    expect(await services.photos.storedBytes(brought.userId)).toBe(Math.max(total, 100_000));
    expect(await pixelsOf(smallerKey(brought.key, 'small'))).toMatchObject({ width: 320, height: 427 });
  });

  it('smaller sizes in other pixels, in another order, cut off or alone are not kept, and the photo is', async () => {
    const [photo, medium, small] = await Promise.all([jpeg(full), sized('medium'), sized('small')]);
    const other = await jpeg({ width: 960, height: 1000 });
    const cut = small.subarray(0, small.length - 400);
    for (const pieces of [[], [medium], [small, medium], [other, small], [medium, cut], [new Uint8Array(9), medium]]) {
      const brought = await bring(joined([photo, ...pieces]));
      expect(await objectsOf(brought.userId)).toEqual([brought.key]);
      expect(await rowOf(brought)).toMatchObject({ ...full, smallerBytes: null, colour: null });
    }
  });

  it('a photo that is no larger than its smaller sizes is kept once', async () => {
    const brought = await bring(await jpeg({ width: 300, height: 300 }));
    expect(await objectsOf(brought.userId)).toEqual([brought.key]);
    expect(await rowOf(brought)).toMatchObject({ smallerBytes: 0, colour: '#c86432' });
  });
});

describe('smaller sizes that the sweep makes', () => {
  it('the sweep makes the sizes that are missing, upright, once', async () => {
    const brought = await bring(await jpeg(full));
    await sweep();
    expect(await pixelsOf(smallerKey(brought.key, 'medium'))).toMatchObject({ width: 960, height: 1280 });
    expect(await pixelsOf(smallerKey(brought.key, 'small'))).toMatchObject({ width: 320, height: 427 });
    const made = await rowOf(brought);
    expect(made?.colour).toMatch(/^#c[789]6[345]3[123]$/);
    const sizes = await Promise.all(
      (['medium', 'small'] as const).map((size) => env.MEDIA.head(smallerKey(brought.key, size))),
    );
    expect(made?.smallerBytes).toBe(sizes.reduce((sum, object) => sum + (object?.size ?? 0), 0));
    await sweep();
    expect(await rowOf(brought)).toEqual(made);
  });

  it('a turned photo gets upright sizes', async () => {
    const userId = await seedPerson();
    const { clipIds } = await seedProject({ userId, photo: { width: 1200, height: 1600, orientation: 6 } });
    const [clip] = await db
      .select()
      .from(clips)
      .where(eq(clips.id, clipIds[0] ?? ''));
    const key = photoKey({ userId, id: clip?.photoId ?? '' });
    await env.MEDIA.put(key, await jpeg({ width: 1600, height: 1200 }));
    await sweep();
    expect(await pixelsOf(smallerKey(key, 'medium'))).toMatchObject({ width: 960, height: 1280 });
  });

  it('photos that cannot be opened do not hold up the others', async () => {
    const userId = await seedPerson();
    await seedProject({ userId, clipCount: 20 });
    const brought = await bring(await jpeg(full));
    await sweep();
    expect(await objectsOf(userId)).toEqual([]);
    expect(await rowOf(brought)).toMatchObject({ smallerBytes: expect.any(Number) });
  });

  it('a photo that is erased while its sizes are made keeps none of them', async () => {
    const brought = await bring(await jpeg(full));
    const erasing = {
      get: (key: string) => env.MEDIA.get(key),
      delete: (keys: string[]) => env.MEDIA.delete(keys),
      put: async (key: string, bytes: Uint8Array) => {
        await env.DB.prepare('UPDATE photos SET erased_at = 9 WHERE id = ?1').bind(brought.id).run();
        await env.MEDIA.delete(brought.key);
        return env.MEDIA.put(key, bytes);
      },
    } as unknown as R2Bucket;
    const { makeSmaller } = await import('./smaller.server');
    await makeSmaller({ db, media: erasing });
    expect(await objectsOf(brought.userId)).toEqual([]);
  });

  it('smaller sizes whose photo is erased or was never made are found after a day', async () => {
    const brought = await bring(await jpeg(full));
    await sweep();
    const never = smallerKey(photoKey({ userId: 'usr_1', id: 'pho_0NEVER' }), 'small');
    await env.MEDIA.put(never, 'left');
    const { objects } = await env.MEDIA.list({ prefix: 'u/' });
    const unused = (now: number) => unusedSmaller({ db, objects, now });
    const inTwoDays = Date.now() + 2 * 24 * 3_600_000;
    expect(await unused(Date.now())).toEqual([]);
    expect(await unused(inTwoDays)).toEqual([never]);
    await env.DB.prepare('UPDATE photos SET erased_at = 9 WHERE id = ?1').bind(brought.id).run();
    const own = keysOfPhoto(brought.key).slice(1);
    expect((await unused(inTwoDays)).sort()).toEqual([...own, never].sort());
  });
});

describe('links to smaller sizes', () => {
  it('an owner’s link opens every size of its photo, a photo without sizes whole, and a provider’s link the photo alone', async () => {
    const userId = await seedPerson();
    const { projectId, clipIds } = await seedProject({ userId });
    const [clip] = await db
      .select()
      .from(clips)
      .where(eq(clips.id, clipIds[0] ?? ''));
    const key = photoKey({ userId, id: clip?.photoId ?? '' });
    for (const each of keysOfPhoto(key)) await env.MEDIA.put(each, each);
    const { links } = services.media;
    const made = await services.projects.shares.create({ userId, projectId, request: new Request(env.APP_ORIGIN) });
    if (made.outcome !== 'shared') throw new Error(made.outcome);
    let now = Date.now();
    const { answers } = testServices({ clock: () => now }).media;
    const open = async (path: string) => {
      const answer = await answers.answer(new Request(`${env.APP_ORIGIN}${path}`), async () => ({
        id: userId,
        isAdmin: false,
      }));
      return answer && (await answer.text());
    };
    const path = links.ownerPath({ key, userId });
    expect(await open(path)).toBe(key);
    expect(await open(`${path}&size=small`)).toBe(smallerKey(key, 'small'));
    expect(await open(`${path}&size=medium`)).toBe(smallerKey(key, 'medium'));
    expect(await open(`${path}&size=huge`)).toBe(key);
    expect(await open(`${links.sharePath({ key, userId, shareId: made.share.id })}&size=small`)).toBe(
      smallerKey(key, 'small'),
    );
    expect(await open(`${links.providerPath({ key, userId, attempt: 'req_1' })}&size=small`)).toBe(key);
    await env.MEDIA.delete(smallerKey(key, 'small'));
    // What an isolate knows of an object is kept for three seconds.
    now += 3000;
    expect(await open(`${path}&size=small`)).toBe(key);
  });
});

describe('an upload with smaller sizes that is not finished', () => {
  it('a canceled upload leaves none of the sizes', async () => {
    const [photo, medium, small] = await Promise.all([jpeg(full), sized('medium'), sized('small')]);
    const brought = await bring(joined([photo, medium, small]));
    // A crash after the objects and before the rows: the upload is open again, without its photo.
    const userId = await seedPerson();
    const { projectId } = await seedProject({ userId, clipCount: 0 });
    const metadata = { projectId, requestKey: crypto.randomUUID(), fileName: 'a.jpg', takenAt: null };
    const begun = await services.photos.uploads.begin({ userId, lengthBytes: 9, metadata });
    if (begun.outcome !== 'at') throw new Error(begun.reason);
    const key = photoKey({ userId, id: begun.upload.id });
    for (const each of keysOfPhoto(key)) await env.MEDIA.put(each, 'left by a crash');
    expect(await services.photos.uploads.cancel({ userId, uploadId: begun.upload.id })).toBe('canceled');
    expect(await objectsOf(userId)).toEqual([]);
    expect(await objectsOf(brought.userId)).toHaveLength(3);
    const [row] = await db.select().from(uploads).where(eq(uploads.id, begun.upload.id));
    expect(row?.state).toBe('refused');
  });
});
