import { env, exports } from 'cloudflare:workers';
import { createHash } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { clips, photos, uploadParts, uploads } from '~/db/schema.server';
import { userPrefix } from '~/media/keys';
import { readJpeg } from '~/photos/jpeg';
import { uploadLimits } from '~/photos/upload-limits';
import { exifBody, jpegOf, segment } from '~/testing/photos';
import { seedPerson, seedProject, seedSession, testServices } from '~/testing/services';

interface Person {
  userId: string;
  cookie: string;
  projectId: string;
}

async function newPerson(clipCount = 0): Promise<Person> {
  const userId = await seedPerson();
  const { projectId } = await seedProject({ userId, clipCount });
  return { userId, cookie: await seedSession(userId), projectId };
}

const base64 = (text: string) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const newKey = () => crypto.randomUUID();
const kilobytes = (count: number) => Array<number>(count * 1024).fill(7);
const padding = (count: number) => segment(0xfe, kilobytes(count));
/** A photo that is large enough for parts of 32 kB or more. */
const photo = (extra: Uint8Array[] = []) => jpegOf({ extra: [padding(50), padding(50), ...extra] });

function send(person: Person | null, method: string, path: string, headers: Record<string, string>, body?: Uint8Array) {
  const all = { 'Tus-Resumable': '1.0.0', Origin: env.APP_ORIGIN, 'Sec-Fetch-Site': 'same-origin', ...headers };
  const cookie: Record<string, string> = person ? { Cookie: person.cookie } : {};
  const init = {
    method,
    headers: { ...all, ...cookie },
    ...(body === undefined ? {} : { body: body as unknown as ArrayBuffer }),
  };
  return exports.default.fetch(new Request(`${env.APP_ORIGIN}${path}`, init));
}

function create(
  person: Person,
  length: number | string,
  metadata: Partial<
    Record<'projectId' | 'requestKey' | 'fileName' | 'takenAt' | 'contentHash' | 'keepsBoth', string>
  > = {},
) {
  const all = { projectId: person.projectId, requestKey: newKey(), fileName: 'a.jpg', ...metadata };
  const header = Object.entries(all).map(([name, value]) => `${name} ${base64(value)}`);
  return send(person, 'POST', '/uploads', { 'Upload-Length': String(length), 'Upload-Metadata': header.join(',') });
}

function patch(person: Person, path: string, offset: number, body: Uint8Array, headers: Record<string, string> = {}) {
  const own = { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(offset), ...headers };
  return send(person, 'PATCH', path, own, body);
}

const head = (person: Person, path: string) => send(person, 'HEAD', path, {});

/** Announces bytes and returns the path of the upload. */
async function begin(person: Person, bytes: Uint8Array, metadata?: Parameters<typeof create>[2]): Promise<string> {
  const response = await create(person, bytes.length, metadata);
  expect(response.status).toBe(201);
  return response.headers.get('Location') as string;
}

async function bring(person: Person, bytes: Uint8Array, metadata?: Parameters<typeof create>[2]) {
  return patch(person, await begin(person, bytes, metadata), 0, bytes);
}

const idOf = (path: string) => path.split('/').at(-1) as string;
const reasonOf = async (response: Response) => ((await response.json()) as { error: { reason: string } }).error.reason;
const partsInStore = async (path: string) => (await env.MEDIA.list({ prefix: `parts/${idOf(path)}/` })).objects.length;
const mediaOf = async ({ userId }: Person) => (await env.MEDIA.list({ prefix: `u/${userId}/` })).objects;
const { db } = testServices();
const rowOf = async (path: string) =>
  (
    await db
      .select()
      .from(uploads)
      .where(eq(uploads.id, idOf(path)))
  )[0];

let ada: Person;
beforeEach(async () => {
  ada = await newPerson();
});

describe('an upload', () => {
  it('an upload of one part becomes a photo without metadata and a clip', async () => {
    const secret = segment(0xe1, exifBody({ orientation: 6, taken: '2020:05:01 12:00:00', gps: true }));
    const response = await bring(ada, photo([secret]));
    expect(response.status).toBe(204);
    const clipId = response.headers.get('Echoes-Clip');
    const found = await testServices().projects.find({ userId: ada.userId, projectId: ada.projectId });
    expect(found?.clips.map((clip) => clip.id)).toEqual([clipId]);
    expect(found?.clips[0]?.photo).toMatchObject({ width: 90, height: 120, takenAt: Date.UTC(2020, 4, 1, 12) });
    const [object] = await mediaOf(ada);
    const stored = await (await env.MEDIA.get(object?.key ?? ''))?.bytes();
    const read = readJpeg(stored ?? new Uint8Array());
    expect(read).toMatchObject({ outcome: 'whole', facts: { orientation: 6, taken: null } });
    expect(new TextDecoder('latin1').decode(stored)).not.toContain('2020:05:01');
  });

  it('an upload of several parts resumes at its offset and leaves no part in storage', async () => {
    const bytes = photo();
    const path = await begin(ada, bytes);
    const first = await patch(ada, path, 0, bytes.slice(0, 40_000));
    expect([first.status, first.headers.get('Upload-Offset')]).toEqual([204, '40000']);
    const asked = await head(ada, path);
    expect(asked.status).toBe(200);
    expect(Object.fromEntries(asked.headers)).toMatchObject({
      'upload-offset': '40000',
      'upload-length': String(bytes.length),
      'cache-control': 'no-store',
      'tus-resumable': '1.0.0',
    });
    const last = await patch(ada, path, 40_000, bytes.slice(40_000));
    expect(last.headers.get('Echoes-Clip')).toMatch(/^clp_/);
    expect(await partsInStore(path)).toBe(0);
    expect(
      await db
        .select()
        .from(uploadParts)
        .where(eq(uploadParts.uploadId, idOf(path))),
    ).toEqual([]);
    expect((await head(ada, path)).headers.get('Echoes-Clip')).toBe(last.headers.get('Echoes-Clip'));
  });

  it('uploaded photos are ordered by date, even when they arrive concurrently', async () => {
    const days = [5, 2, 8, 1, 9, 4];
    const taken = (day: number) => segment(0xe1, exifBody({ taken: `2021:03:0${day} 10:00:00` }));
    const sent = await Promise.all(days.map((day) => bring(ada, photo([taken(day)]))));
    expect(sent.map((response) => response.status)).toEqual(days.map(() => 204));
    await bring(ada, photo());
    await bring(ada, photo([taken(3)]));
    const found = await testServices().projects.find({ userId: ada.userId, projectId: ada.projectId });
    const order = found?.clips.map(({ photo: { takenAt } }) => takenAt && new Date(takenAt).getUTCDate());
    expect(order).toEqual([1, 2, 3, 4, 5, 8, 9, null]);
  });

  it('an upload uses the date of its tus metadata', async () => {
    const response = await bring(ada, photo(), { takenAt: String(Date.UTC(2019, 0, 2)) });
    expect(response.status).toBe(204);
    const found = await testServices().projects.find({ userId: ada.userId, projectId: ada.projectId });
    expect(found?.clips[0]?.photo.takenAt).toBe(Date.UTC(2019, 0, 2));
  });
});

describe('the tus protocol', () => {
  it('tus OPTIONS lists version and extensions', async () => {
    const response = await exports.default.fetch(new Request(`${env.APP_ORIGIN}/uploads`, { method: 'OPTIONS' }));
    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'tus-version': '1.0.0',
      'tus-extension': 'creation,expiration,checksum,termination',
      'tus-max-size': '25000000',
    });
  });

  it('an upload accepts bytes at its current offset only, and changes nothing otherwise', async () => {
    const bytes = photo();
    const path = await begin(ada, bytes);
    for (const offset of [1, 40_000, bytes.length]) {
      const response = await patch(ada, path, offset, bytes.slice(0, 40_000));
      expect([response.status, await reasonOf(response)]).toEqual([409, 'wrong-offset']);
    }
    await patch(ada, path, 0, bytes.slice(0, 40_000));
    expect((await patch(ada, path, 0, bytes.slice(0, 40_000))).status).toBe(409);
    expect((await patch(ada, path, 0, bytes.slice(40_000))).status).toBe(409);
    expect((await head(ada, path)).headers.get('Upload-Offset')).toBe('40000');
    expect(await partsInStore(path)).toBe(1);
  });

  it('an upload with a wrong version or content type, or without a header, is refused', async () => {
    const bytes = photo();
    const path = await begin(ada, bytes);
    expect((await send(ada, 'HEAD', path, { 'Tus-Resumable': '0.2.2' })).status).toBe(412);
    expect((await patch(ada, path, 0, bytes, { 'Content-Type': 'image/jpeg' })).status).toBe(415);
    expect((await patch(ada, path, 0, bytes, { 'Upload-Offset': '-1' })).status).toBe(400);
    expect((await create(ada, '-5')).status).toBe(400);
    expect((await create(ada, 'many')).status).toBe(400);
    expect((await send(ada, 'POST', '/uploads', { 'Upload-Length': '10' })).status).toBe(400);
    expect((await send(ada, 'GET', path, {})).status).toBe(405);
    expect((await send(ada, 'PUT', path, {}, bytes)).status).toBe(405);
  });

  it('an upload stores nothing of a body that is longer or shorter than announced', async () => {
    const bytes = photo();
    const path = await begin(ada, bytes);
    const beyond = await patch(ada, path, 0, jpegOf({ extra: [padding(50), padding(51)] }));
    expect([beyond.status, await reasonOf(beyond)]).toEqual([413, 'too-long']);
    const lying = await patch(ada, path, 0, bytes.slice(0, 40_000), { 'Content-Length': '50000' });
    expect(lying.status).toBe(400);
    expect((await head(ada, path)).headers.get('Upload-Offset')).toBe('0');
    expect(await partsInStore(path)).toBe(0);
  });

  it('an upload stores nothing of a body that breaks in the middle', async () => {
    const bytes = photo();
    const path = await begin(ada, bytes);
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent++ < 3) controller.enqueue(bytes.slice(0, 20_000));
        else controller.error(new Error('the line went dead'));
      },
    });
    const outcome = await testServices().photos.uploads.append({
      ...{ userId: ada.userId, uploadId: idOf(path), offset: 0, body, declared: null, checksum: null },
    });
    expect(outcome).toEqual({ outcome: 'refused', reason: 'cut-off' });
    expect(await partsInStore(path)).toBe(0);
    expect((await patch(ada, path, 0, bytes)).status).toBe(204);
  });

  it('an upload verifies the checksum of a part that has one', async () => {
    const bytes = photo();
    const path = await begin(ada, bytes);
    const sum = (of: Uint8Array) => createHash('sha1').update(of).digest('base64');
    const wrong = await patch(ada, path, 0, bytes, { 'Upload-Checksum': `sha1 ${sum(bytes.slice(1))}` });
    expect(wrong.status).toBe(460);
    expect((await patch(ada, path, 0, bytes, { 'Upload-Checksum': 'crc32 abc' })).status).toBe(400);
    expect(await partsInStore(path)).toBe(0);
    expect((await patch(ada, path, 0, bytes, { 'Upload-Checksum': `sha1 ${sum(bytes)}` })).status).toBe(204);
  });

  it('an upload lets exactly one of several tabs write at an offset', async () => {
    const bytes = photo();
    for (let round = 0; round < 10; round++) {
      const path = await begin(ada, bytes);
      const race = await Promise.all([1, 2, 3].map(() => patch(ada, path, 0, bytes.slice(0, 40_000))));
      expect(race.map((response) => response.status).sort()).toEqual([204, 409, 409]);
      expect(await partsInStore(path)).toBe(1);
    }
  });

  it('an upload makes one clip when its last part is sent several times concurrently', async () => {
    const bytes = photo();
    const path = await begin(ada, bytes);
    await patch(ada, path, 0, bytes.slice(0, 40_000));
    const rest = bytes.slice(40_000);
    await Promise.all([patch(ada, path, 40_000, rest), patch(ada, path, 40_000, rest), head(ada, path)]);
    const asked = await Promise.all([head(ada, path), patch(ada, path, bytes.length, new Uint8Array())]);
    expect(asked.map((response) => response.status)).toEqual([200, 204]);
    expect(
      await db
        .select()
        .from(clips)
        .where(eq(clips.photoId, idOf(path))),
    ).toHaveLength(1);
  });

  it('an upload accepts a part below 32 kB at the end only', async () => {
    const bytes = photo();
    const path = await begin(ada, bytes);
    expect(await reasonOf(await patch(ada, path, 0, bytes.slice(0, 10)))).toBe('part-too-small');
    expect((await patch(ada, path, 0, bytes.slice(0, -10))).status).toBe(204);
    expect((await patch(ada, path, bytes.length - 10, bytes.slice(-10))).status).toBe(204);
  });

  it('the same request key gives the same upload, to concurrent requests too', async () => {
    const bytes = photo();
    const requestKey = newKey();
    const paths = await Promise.all([1, 2, 3].map(() => begin(ada, bytes, { requestKey })));
    expect(new Set(paths).size).toBe(1);
    await patch(ada, paths[0] as string, 0, bytes);
    const again = await create(ada, bytes.length, { requestKey });
    expect([again.status, again.headers.get('Upload-Offset')]).toEqual([201, String(bytes.length)]);
    expect(again.headers.get('Echoes-Clip')).toMatch(/^clp_/);
    expect((await create(ada, bytes.length + 1, { requestKey })).status).toBe(409);
  });
});

describe('an upload of another person', () => {
  it('another person’s upload is answered 404 for every method', async () => {
    const bob = await newPerson();
    const bytes = photo();
    const path = await begin(ada, bytes);
    const answers = [
      await head(bob, path),
      await patch(bob, path, 0, bytes),
      await send(bob, 'DELETE', path, {}),
      await create(bob, 100, { projectId: ada.projectId }),
      await head(bob, '/uploads/pho_00000000000000000000000000'),
      await head(bob, '/uploads/..%2Fsecret'),
    ];
    expect(answers.map((response) => response.status)).toEqual([404, 404, 404, 404, 404, 404]);
    expect((await head(ada, path)).headers.get('Upload-Offset')).toBe('0');
  });

  it('an upload without a session is answered 401', async () => {
    const path = await begin(ada, photo());
    for (const method of ['HEAD', 'DELETE', 'PATCH']) expect((await send(null, method, path, {})).status).toBe(401);
    expect((await send(null, 'POST', '/uploads', {})).status).toBe(401);
  });
});

describe('an upload that is not a photo', () => {
  const text = (value: string) => new TextEncoder().encode(value);
  const hostile: [string, Uint8Array, number, string][] = [
    ['a PNG named jpg', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, ...kilobytes(1)]), 415, 'not-a-photo'],
    ['a web page', text('<html><script>alert(1)</script></html>'), 415, 'not-a-photo'],
    ['an SVG', text('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'), 415, 'not-a-photo'],
    ['a GIF that is also a program', text('GIF89a/*<svg/onload=alert(1)>*/=1;'), 415, 'not-a-photo'],
    ['half a photo', photo().slice(0, 50_000), 422, 'damaged'],
    ['a photo without its last rows', jpegOf({ rows: 0.8 }), 422, 'damaged'],
    ['a picture in many passes', jpegOf({ progressive: true }), 415, 'unsupported'],
    [
      'a picture behind a thousand empty segments',
      jpegOf({ extra: Array(1000).fill(segment(0xe5, [])) }),
      415,
      'unsupported',
    ],
    ['two bytes', new Uint8Array([0xff, 0xd8]), 415, 'not-a-photo'],
    [
      'a picture that would fill the memory',
      jpegOf({ width: 20_000, height: 20_000, rows: 0 }),
      422,
      'too-many-pixels',
    ],
    ['a very long picture', jpegOf({ width: 12_001, height: 100, rows: 0 }), 422, 'too-large'],
    ['a photo too large to be framed', jpegOf({ width: 3001, height: 2000, rows: 0 }), 422, 'too-many-pixels'],
    ['a stamp', jpegOf({ width: 63, height: 63 }), 422, 'too-small'],
  ];

  it.each(hostile)(
    'an upload of %s is refused with a reason and leaves nothing in storage',
    async (_name, bytes, status, reason) => {
      const path = await begin(ada, bytes);
      const response = await patch(ada, path, 0, bytes);
      expect([response.status, await reasonOf(response)]).toEqual([status, reason]);
      expect((await head(ada, path)).headers.get('Echoes-Reason')).toBe(reason);
      expect(await rowOf(path)).toMatchObject({ state: 'refused', reason });
      expect(await partsInStore(path)).toBe(0);
      expect(await mediaOf(ada)).toEqual([]);
      expect(
        await db
          .select()
          .from(photos)
          .where(eq(photos.id, idOf(path))),
      ).toEqual([]);
    },
  );

  it('an archive appended to a photo is removed', async () => {
    const bytes = jpegOf({ extra: [padding(40)], after: [0x50, 0x4b, 3, 4, ...kilobytes(40)] });
    expect((await bring(ada, bytes)).status).toBe(204);
    expect((await mediaOf(ada))[0]?.size).toBeLessThan(bytes.length - 40_000);
  });

  it('too many bytes or none are refused when the upload is opened', async () => {
    expect((await create(ada, 25_000_001)).status).toBe(413);
    expect(await reasonOf(await create(ada, 0))).toBe('empty');
  });

  it('a hostile file name is cleaned and used for display only', async () => {
    for (const fileName of ['../../u/x.jpg', 'a\0b.jpg', 'x'.repeat(4000), '\u202egpj.exe']) {
      const path = await begin(ada, photo(), { fileName });
      const kept = (await rowOf(path))?.fileName ?? '';
      expect(kept).not.toMatch(/[\p{C}/\\]/u);
      expect(kept.length).toBeLessThanOrEqual(120);
      expect(kept.length).toBeGreaterThan(0);
    }
  });
});

describe('the limits of uploads', () => {
  it('a project has at most 100 photos, under concurrent uploads too', async () => {
    const full = await newPerson(97);
    const made = await Promise.all(Array.from({ length: 8 }, () => create(full, 1000)));
    expect(made.filter((response) => response.status === 201)).toHaveLength(3);
    const refusals = made.filter((response) => response.status !== 201);
    expect(await Promise.all(refusals.map(reasonOf))).toEqual(Array(5).fill('film-full'));
  });

  it('a photo whose place in the film was taken by a clip that was put back is refused, and leaves nothing', async () => {
    const person = await newPerson(uploadLimits.clipsInProject);
    const [first] = await db.select().from(clips).where(eq(clips.userId, person.userId)).limit(1);
    const setDeleted = (deleted: boolean) =>
      testServices().projects.clips.setDeleted({ userId: person.userId, clipId: first?.id ?? '', deleted });
    await setDeleted(true);
    const bytes = photo();
    const path = await begin(person, bytes);
    expect(await setDeleted(false)).toBe(true);
    const refused = await patch(person, path, 0, bytes);
    expect([refused.status, await reasonOf(refused)]).toEqual([422, 'film-full']);
    expect(await rowOf(path)).toMatchObject({ state: 'refused', reason: 'film-full' });
    expect([await partsInStore(path), await mediaOf(person)]).toEqual([0, []]);
  });

  it('a photo that is in the film already is refused before its bytes are sent, unless the person keeps both', async () => {
    const person = await newPerson();
    const contentHash = 'a1'.repeat(32);
    const first = await begin(person, photo(), { contentHash });
    await patch(person, first, 0, photo());
    const again = await create(person, photo().length, { contentHash });
    expect([again.status, again.headers.get('Echoes-Reason')]).toEqual([409, 'already-here']);
    // Another film, and another person, may have it.
    const { projectId } = await seedProject({ userId: person.userId, clipCount: 0 });
    expect((await bring(person, photo(), { contentHash, projectId })).status).toBe(204);
    expect((await bring(await newPerson(), photo(), { contentHash })).status).toBe(204);
    expect((await bring(person, photo(), { contentHash, keepsBoth: 'true' })).status).toBe(204);

    const { db } = testServices();
    const mine = and(eq(clips.userId, person.userId), eq(clips.projectId, person.projectId));
    const kept = await db.select().from(clips).where(mine).orderBy(clips.id);
    expect(kept.map(({ keptApartAt }) => keptApartAt !== null)).toEqual([false, true]);
    // Out of the film, it is no longer in the way.
    await db.update(clips).set({ deletedAt: 1 }).where(mine);
    expect((await create(person, photo().length, { contentHash })).status).toBe(201);
  });

  it('of two devices that bring the same photo at the same time, one makes the clip and the other leaves nothing', async () => {
    const person = await newPerson();
    const metadata = { contentHash: 'b2'.repeat(32) };
    const paths = [await begin(person, photo(), metadata), await begin(person, photo(), metadata)];
    const answers = await Promise.all(paths.map((path) => patch(person, path, 0, photo())));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
    const { db } = testServices();
    const stored = await db.select().from(photos).where(eq(photos.userId, person.userId));
    expect(stored.map(({ contentHash }) => contentHash)).toEqual([metadata.contentHash]);
    expect(await db.select().from(clips).where(eq(clips.userId, person.userId))).toHaveLength(1);
    const ended = await db.select().from(uploads).where(eq(uploads.userId, person.userId));
    expect(ended.map(({ contentHash }) => contentHash)).toEqual([null, null]);
    const { objects } = await env.MEDIA.list({ prefix: userPrefix(person.userId) });
    expect(objects.map(({ key }) => key)).toEqual([stored[0]?.mediaKey]);
    const refused = paths[answers.findIndex(({ status }) => status === 409)] as string;
    expect((await head(person, refused)).headers.get('Echoes-Reason')).toBe('already-here');
  });

  it('a person’s uploads of a day stay within the daily limit of bytes', async () => {
    const made = await Promise.all(Array.from({ length: 45 }, () => create(ada, 24_000_000)));
    expect(made.filter((response) => response.status === 201)).toHaveLength(41);
    const late = made.find((response) => response.status !== 201);
    expect([late?.status, late && (await reasonOf(late))]).toEqual([429, 'day-full']);
  });
});

describe('an unfinished upload', () => {
  it('a canceled upload leaves nothing and accepts nothing', async () => {
    const bytes = photo();
    const path = await begin(ada, bytes);
    await patch(ada, path, 0, bytes.slice(0, 40_000));
    expect((await send(ada, 'DELETE', path, {})).status).toBe(204);
    expect((await send(ada, 'DELETE', path, {})).status).toBe(204);
    expect(await partsInStore(path)).toBe(0);
    expect((await patch(ada, path, 40_000, bytes.slice(40_000))).status).toBe(410);
    expect((await head(ada, path)).status).toBe(410);
  });

  it('an upload cannot be canceled once its clip exists', async () => {
    const bytes = photo();
    const path = await begin(ada, bytes);
    await patch(ada, path, 0, bytes);
    expect((await send(ada, 'DELETE', path, {})).status).toBe(409);
    expect(await mediaOf(ada)).toHaveLength(1);
  });

  it('an upload that crashed between its last part and its clip is finished by the next HEAD', async () => {
    const bytes = photo();
    const path = await begin(ada, bytes);
    const key = `parts/${idOf(path)}/0-left-over`;
    await env.MEDIA.put(key, bytes);
    await db.batch([
      db.insert(uploadParts).values({ uploadId: idOf(path), offsetBytes: 0, sizeBytes: bytes.length, mediaKey: key }),
      db
        .update(uploads)
        .set({ offsetBytes: bytes.length })
        .where(eq(uploads.id, idOf(path))),
    ]);
    const asked = await Promise.all([head(ada, path), head(ada, path), head(ada, path)]);
    const clipIds = asked.map((response) => response.headers.get('Echoes-Clip'));
    expect(clipIds[0]).toMatch(/^clp_/);
    expect(new Set(clipIds).size).toBe(1);
    expect(await partsInStore(path)).toBe(0);
  });

  it('an unfinished upload is deleted after a day, with parts that have no row', async () => {
    const bytes = photo();
    const path = await begin(ada, bytes);
    await patch(ada, path, 0, bytes.slice(0, 40_000));
    await env.MEDIA.put(`parts/${idOf(path)}/40000-orphan`, bytes);
    const {
      photos: { uploads: service },
    } = testServices();
    expect(await service.sweep({ now: Date.now() })).toBe(0);
    const tomorrow = Date.now() + 25 * 3_600_000;
    expect(await service.sweep({ now: tomorrow })).toBeGreaterThanOrEqual(2);
    expect(await service.sweep({ now: tomorrow })).toBe(0);
    expect(await partsInStore(path)).toBe(0);
    const late = await patch(ada, path, 40_000, bytes.slice(40_000));
    expect([late.status, await reasonOf(late)]).toEqual([410, 'expired']);
  });
});
