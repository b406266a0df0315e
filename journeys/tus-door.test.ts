// The door for uploads against the tus protocol (version 1.0), by hand and by a real tus-js-client.
import { createHash } from 'node:crypto';
import { type DetailedError, Upload } from 'tus-js-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jpegOf, segment } from '../app/testing/photos.ts';
import { launchBrowser, phone, profile, signIn } from './browser.ts';
import { type RunningEchoes, startEchoes } from './echoes.ts';
import { startFilm } from './support/film.ts';

interface Person {
  cookie: string;
  projectId: string;
}

let echoes: RunningEchoes;
let grace: Person;
let ada: Person;

beforeAll(async () => {
  echoes = await startEchoes();
  const browser = await launchBrowser();
  const personOf = async (name: string): Promise<Person> => {
    const context = await profile(browser, phone);
    const page = await context.newPage();
    await signIn(page, { origin: echoes.origin, name });
    await startFilm(page);
    const cookies = await context.cookies();
    const cookie = cookies.map((one) => `${one.name}=${one.value}`).join('; ');
    return { cookie, projectId: page.url().split('/').at(-1) as string };
  };
  grace = await personOf('Grace Guest');
  ada = await personOf('Ada Admin');
  await browser.close();
});

afterAll(() => echoes?.close());

const padding = (fill: number) => segment(0xfe, Array<number>(60_000).fill(fill));
/** A photo of about 190 kB. `fill` makes it differ from others. */
const photo = (fill = 7) => jpegOf({ detail: true, extra: [1, 2, 3].map(() => padding(fill)) });
/** A body for a request that is refused unread: a longer one may still be on its way when the door hangs up. */
const few = new Uint8Array(100);
const newKey = () => crypto.randomUUID();
const bodyOf = (bytes: Uint8Array) => bytes as Uint8Array<ArrayBuffer>;

interface Asked {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: Uint8Array;
  person?: Person | null;
}

async function ask({ method, path, headers = {}, body, person = grace }: Asked) {
  const own = { 'Tus-Resumable': '1.0.0', Origin: echoes.origin, ...(person ? { Cookie: person.cookie } : {}) };
  const all: Record<string, string> = { ...own, ...headers };
  for (const name of Object.keys(all)) if (all[name] === '') delete all[name];
  const response = await fetch(echoes.origin + path, {
    method,
    headers: all,
    ...(body === undefined ? {} : { body: bodyOf(body) }),
  });
  await response.arrayBuffer();
  return response;
}

const metadataOf = (values: Record<string, string>) =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`)
    .join(',');

function create({
  length,
  metadata = {},
  headers = {},
  person = grace,
}: {
  length: number | string;
  metadata?: Record<string, string>;
  headers?: Record<string, string>;
  person?: Person;
}) {
  const values = { projectId: person.projectId, requestKey: newKey(), fileName: 'a.jpg', ...metadata };
  const own = { 'Upload-Length': String(length), 'Upload-Metadata': metadataOf(values) };
  return ask({ method: 'POST', path: '/uploads', headers: { ...own, ...headers }, person });
}

/** The path of a new upload of so many bytes. */
async function begin(length: number): Promise<string> {
  const response = await create({ length });
  expect(response.status).toBe(201);
  return new URL(response.headers.get('Location') as string, echoes.origin).pathname;
}

const offsetType = 'application/offset+octet-stream';
const patch = (
  path: string,
  offset: number | string,
  body: Uint8Array,
  headers: Record<string, string> = {},
  person = grace,
) =>
  ask({
    method: 'PATCH',
    path,
    headers: { 'Content-Type': offsetType, 'Upload-Offset': String(offset), ...headers },
    body,
    person,
  });
const head = (path: string, person: Person = grace) => ask({ method: 'HEAD', path, person });
const offsetAt = async (path: string) => (await head(path)).headers.get('Upload-Offset');

/** Sends a photo with tus-js-client. `stopAfter` aborts it once so many bytes have been accepted. */
function upload(
  bytes: Uint8Array,
  options: Partial<ConstructorParameters<typeof Upload>[1]> & { stopAfter?: number; key?: string } = {},
) {
  const { stopAfter, key = newKey(), ...given } = options;
  let clipId: string | null = null;
  const requests: string[] = [];
  return new Promise<{ url: string | null; clipId: string | null; requests: string[]; error: DetailedError | null }>(
    (resolve) => {
      const end = (error: DetailedError | null): void => resolve({ url: client.url, clipId, requests, error });
      const client: Upload = new Upload(Buffer.from(bytes), {
        endpoint: `${echoes.origin}/uploads`,
        headers: { Cookie: grace.cookie, Origin: echoes.origin },
        metadata: { projectId: grace.projectId, requestKey: key, fileName: 'b.jpg' },
        retryDelays: null,
        storeFingerprintForResuming: false,
        onAfterResponse: (request, response) => {
          requests.push(request.getMethod());
          clipId = response.getHeader('Echoes-Clip') ?? clipId;
        },
        onChunkComplete: (_size, accepted) => {
          if (stopAfter !== undefined && accepted >= stopAfter) void client.abort().then(() => end(null));
        },
        onSuccess: () => end(null),
        onError: (error) => end(error as DetailedError),
        ...given,
      });
      client.start();
    },
  );
}

async function clipsOf(path: string): Promise<number> {
  const db = await echoes.worker.getD1Database('DB');
  const { results } = await db
    .prepare('SELECT id FROM clips WHERE photo_id = ?1')
    .bind(path.split('/').at(-1) as string)
    .all();
  return results.length;
}

/** The size of the stored object of a photo, and the size that its row tells. */
async function storedSizes(path: string): Promise<{ object: number; row: number }> {
  const db = await echoes.worker.getD1Database('DB');
  const row = await db
    .prepare('SELECT media_key, size_bytes FROM photos WHERE id = ?1')
    .bind(path.split('/').at(-1) as string)
    .first<{ media_key: string; size_bytes: number }>();
  const object = await (await echoes.worker.getR2Bucket('MEDIA')).head(row?.media_key ?? '');
  return { object: object?.size ?? -1, row: row?.size_bytes ?? -2 };
}

describe('the core of the tus protocol', () => {
  it('OPTIONS tells version, extensions and limits, without a version of the client', async () => {
    const response = await ask({ method: 'OPTIONS', path: '/uploads', headers: { 'Tus-Resumable': '' }, person: null });
    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'tus-version': '1.0.0',
      'tus-extension': 'creation,expiration,checksum,termination',
      'tus-checksum-algorithm': 'sha1,sha256',
      'tus-max-size': expect.stringMatching(/^\d+$/),
    });
  });

  it('a request without a version, or with another one, is answered 412 with the version that is spoken', async () => {
    const path = await begin(100);
    for (const version of ['', '0.2.2']) {
      const response = await ask({ method: 'HEAD', path, headers: { 'Tus-Resumable': version } });
      expect([response.status, response.headers.get('Tus-Version')]).toEqual([412, '1.0.0']);
    }
  });

  it('every answer names the version, refusals too', async () => {
    const path = await begin(100);
    const answers = [
      await head(path),
      await head('/uploads/pho_unknown'),
      await create({ length: 'x' }),
      await patch(path, 5, few),
    ];
    expect(answers.map((response) => response.headers.get('Tus-Resumable'))).toEqual(answers.map(() => '1.0.0'));
  });

  it('HEAD tells offset and length, and must not be cached', async () => {
    const path = await begin(123_456);
    const response = await head(path);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'upload-offset': '0',
      'upload-length': '123456',
      'cache-control': 'no-store',
    });
  });

  it('HEAD of an unknown upload is answered 404 without an offset', async () => {
    const response = await head('/uploads/pho_00000000000000000000000000');
    expect([response.status, response.headers.get('Upload-Offset')]).toEqual([404, null]);
  });

  it('GET of an upload is not allowed', async () => {
    expect((await ask({ method: 'GET', path: await begin(100) })).status).toBe(405);
  });

  it('PATCH answers 204 with the new offset', async () => {
    const bytes = photo();
    const path = await begin(bytes.length);
    const response = await patch(path, 0, bytes.subarray(0, 65_536));
    expect([response.status, response.headers.get('Upload-Offset')]).toEqual([204, '65536']);
    expect(await offsetAt(path)).toBe('65536');
  });

  it.each(['1', '70000'])(
    'PATCH at another offset than the upload’s is answered 409 and changes nothing: %s',
    async (offset) => {
      const bytes = photo();
      const path = await begin(bytes.length);
      await patch(path, 0, bytes.subarray(0, 65_536));
      expect((await patch(path, offset, few)).status).toBe(409);
      expect(await offsetAt(path)).toBe('65536');
    },
  );

  it.each(['-1', '1.5', 'abc', ''])('PATCH with an offset that is no number is answered 400: %j', async (offset) => {
    const path = await begin(100_000);
    expect((await patch(path, offset, few)).status).toBe(400);
    expect(await offsetAt(path)).toBe('0');
  });

  it('PATCH of another content type is answered 415', async () => {
    const path = await begin(100_000);
    expect((await patch(path, 0, few, { 'Content-Type': 'application/octet-stream' })).status).toBe(415);
    expect(await offsetAt(path)).toBe('0');
  });

  it('PATCH beyond the length is answered 413 and stores nothing', async () => {
    const path = await begin(99);
    expect((await patch(path, 0, few)).status).toBe(413);
    expect(await offsetAt(path)).toBe('0');
  });

  it('PATCH without bytes tells where the upload stands', async () => {
    const path = await begin(100_000);
    const response = await patch(path, 0, new Uint8Array());
    expect([response.status, response.headers.get('Upload-Offset')]).toEqual([204, '0']);
  });
});

describe('the creation of an upload', () => {
  it('POST answers 201 with a location that HEAD finds', async () => {
    const response = await create({ length: 100 });
    expect(response.status).toBe(201);
    expect((await head(new URL(response.headers.get('Location') as string, echoes.origin).pathname)).status).toBe(200);
  });

  it.each(['', '-5', 'many'])('POST without a usable length is answered 400: %j', async (length) => {
    expect((await create({ length })).status).toBe(400);
  });

  it('POST that defers its length is answered 400', async () => {
    expect((await create({ length: '', headers: { 'Upload-Defer-Length': '1' } })).status).toBe(400);
  });

  it('POST of more than the largest size is answered 413', async () => {
    const options = await ask({ method: 'OPTIONS', path: '/uploads', person: null });
    const largest = Number(options.headers.get('Tus-Max-Size'));
    expect((await create({ length: largest })).status).toBe(201);
    expect((await create({ length: largest + 1 })).status).toBe(413);
  });

  it('POST with metadata that is no base64 is answered 400', async () => {
    expect((await create({ length: 100, headers: { 'Upload-Metadata': 'projectId @@@' } })).status).toBe(400);
  });

  it('POST of the same request key finds the same upload, and of another length it is answered 409', async () => {
    const requestKey = newKey();
    const locations = [];
    for (const _time of [1, 2])
      locations.push((await create({ length: 100, metadata: { requestKey } })).headers.get('Location'));
    expect(locations[0]).toBe(locations[1]);
    expect((await create({ length: 101, metadata: { requestKey } })).status).toBe(409);
  });
});

describe('the extensions of the tus protocol', () => {
  it('an open upload tells when it expires, and is answered 410 afterwards', async () => {
    const bytes = photo();
    const path = await begin(bytes.length);
    const expires = Date.parse((await head(path)).headers.get('Upload-Expires') ?? '');
    expect(expires).toBeGreaterThan(Date.now() + 3_600_000);
    const db = await echoes.worker.getD1Database('DB');
    await db
      .prepare('UPDATE uploads SET expires_at = 1 WHERE id = ?1')
      .bind(path.split('/').at(-1) as string)
      .run();
    expect((await head(path)).status).toBe(410);
    expect((await patch(path, 0, few)).status).toBe(410);
    expect(await clipsOf(path)).toBe(0);
  });

  it.each(['sha1', 'sha256'])(
    'a right checksum is accepted, a wrong one is answered 460 and stores nothing: %s',
    async (algorithm) => {
      const bytes = photo();
      const path = await begin(bytes.length);
      const first = bytes.subarray(0, 65_536);
      const sum = (of: Uint8Array) => `${algorithm} ${createHash(algorithm).update(of).digest('base64')}`;
      expect((await patch(path, 0, first, { 'Upload-Checksum': sum(bytes) })).status).toBe(460);
      expect(await offsetAt(path)).toBe('0');
      expect((await patch(path, 0, first, { 'Upload-Checksum': sum(first) })).status).toBe(204);
    },
  );

  it('a checksum of an unknown algorithm is answered 400', async () => {
    const path = await begin(100_000);
    expect((await patch(path, 0, photo().subarray(0, 65_536), { 'Upload-Checksum': 'md5 AAAA' })).status).toBe(400);
  });

  it('a terminated upload is answered 410, and a finished one cannot be terminated', async () => {
    const bytes = photo();
    const open = await begin(bytes.length);
    await patch(open, 0, bytes.subarray(0, 65_536));
    expect((await ask({ method: 'DELETE', path: open })).status).toBe(204);
    expect((await head(open)).status).toBe(410);
    const done = await begin(bytes.length);
    expect((await patch(done, 0, bytes)).status).toBe(204);
    expect((await ask({ method: 'DELETE', path: done })).status).toBe(409);
  });
});

describe('an upload of another person at the door', () => {
  it('an upload of another person is answered 404 for every method, and stays as it is', async () => {
    const bytes = photo();
    const path = await begin(bytes.length);
    const answers = [
      await head(path, ada),
      await patch(path, 0, few, {}, ada),
      await ask({ method: 'DELETE', path, person: ada }),
      await create({ length: 100, metadata: { projectId: grace.projectId }, person: ada }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect(await offsetAt(path)).toBe('0');
  });

  it('a request without a session is answered 401', async () => {
    const path = await begin(100);
    for (const method of ['HEAD', 'PATCH', 'DELETE'])
      expect((await ask({ method, path, person: null })).status).toBe(401);
  });
});

describe('two writers of one upload', () => {
  it('two writers of a part: one is accepted, the other answered 409', async () => {
    const bytes = photo();
    const path = await begin(bytes.length);
    const answers = await Promise.all([1, 2].map(() => patch(path, 0, bytes.subarray(0, 65_536))));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
    expect(await offsetAt(path)).toBe('65536');
  });

  it('two writers of all bytes make one clip, and the stored photo is the one that its row tells of', async () => {
    for (let round = 0; round < 6; round++) {
      // What the door keeps of the two differs in size.
      const one = jpegOf({ detail: true, extra: [padding(1)] });
      const other = jpegOf({ width: 240, height: 120, detail: true, extra: [padding(2)] });
      const length = Math.max(one.length, other.length);
      const path = await begin(length);
      const filled = (bytes: Uint8Array) => {
        const whole = new Uint8Array(length);
        whole.set(bytes);
        return whole;
      };
      const answers = await Promise.all([one, other, one].map((bytes) => patch(path, 0, filled(bytes))));
      expect(answers.filter(({ status }) => status === 204).length).toBeGreaterThan(0);
      expect(answers.every(({ status }) => status === 204 || status === 409)).toBe(true);
      expect(await clipsOf(path)).toBe(1);
      const { object, row } = await storedSizes(path);
      expect(object).toBe(row);
    }
  });

  it('a writer of all bytes and one of parts make one clip of one of the two', async () => {
    const bytes = photo();
    const path = await begin(bytes.length);
    await Promise.all([patch(path, 0, bytes), patch(path, 0, bytes.subarray(0, 65_536))]);
    const offset = Number(await offsetAt(path));
    if (offset < bytes.length) await patch(path, offset, bytes.subarray(offset));
    expect(await offsetAt(path)).toBe(String(bytes.length));
    expect(await clipsOf(path)).toBe(1);
  });

  it('two clients with one request key make one clip', async () => {
    const bytes = photo();
    const key = newKey();
    const sent = await Promise.all([1, 2].map(() => upload(bytes, { key, chunkSize: 65_536 })));
    const done = sent.filter(({ error }) => error === null);
    expect(done.length).toBeGreaterThan(0);
    const refused = sent.flatMap(({ error }) => error?.originalResponse?.getStatus() ?? []);
    expect(refused.every((status) => status === 409)).toBe(true);
    const path = new URL(done[0]?.url as string).pathname;
    expect(await clipsOf(path)).toBe(1);
  });
});

describe('a well-known client of the protocol', () => {
  it('tus-js-client sends a photo in one request, and hears which clip it is', async () => {
    const sent = await upload(photo());
    expect(sent).toMatchObject({ error: null, requests: ['POST', 'PATCH'], clipId: expect.stringMatching(/^clp_/) });
  });

  it('tus-js-client sends a photo in parts', async () => {
    const bytes = photo();
    const sent = await upload(bytes, { chunkSize: 65_536 });
    expect(sent.error).toBeNull();
    expect(sent.requests).toEqual(['POST', ...Array<string>(Math.ceil(bytes.length / 65_536)).fill('PATCH')]);
    expect(sent.clipId).toMatch(/^clp_/);
  });

  it('tus-js-client goes on where it stopped', async () => {
    const bytes = photo();
    const stopped = await upload(bytes, { chunkSize: 65_536, stopAfter: 65_536 });
    expect(await offsetAt(new URL(stopped.url as string).pathname)).not.toBe('0');
    const sent = await upload(bytes, { uploadUrl: stopped.url });
    expect(sent.error).toBeNull();
    expect(sent.requests).toEqual(['HEAD', 'PATCH']);
    expect(sent.clipId).toMatch(/^clp_/);
  });

  it('tus-js-client opens a new upload where the old one is unknown', async () => {
    const sent = await upload(photo(), { uploadUrl: `${echoes.origin}/uploads/pho_00000000000000000000000000` });
    expect(sent).toMatchObject({ error: null, requests: ['HEAD', 'POST', 'PATCH'] });
  });

  it('tus-js-client terminates an upload', async () => {
    const stopped = await upload(photo(), { chunkSize: 65_536, stopAfter: 65_536 });
    await Upload.terminate(
      stopped.url as string,
      {
        retryDelays: null,
        headers: { Cookie: grace.cookie, Origin: echoes.origin },
      } as never,
    );
    expect((await head(new URL(stopped.url as string).pathname)).status).toBe(410);
  });
});
