// Safari plays no film and no sound from a server that ignores `Range`. This file requests ranges of every media URL over
// real HTTP, through the built Worker and its static assets.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMediaLinks } from '../app/media/signed-url.server.ts';
import { desktop, launchBrowser, profile, signIn } from './browser.ts';
import { mediaSigningSecret, type RunningEchoes, startEchoes } from './echoes.ts';

const client = resolve(import.meta.dirname, '../build/client');
const mediaTypes: Readonly<Record<string, string>> = {
  mp4: 'video/mp4',
  m4a: 'audio/mp4',
  webm: 'video/webm',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg',
  wav: 'audio/wav',
  mov: 'video/quicktime',
};
const typeOf = (path: string) => mediaTypes[path.split('.').pop() ?? ''] ?? 'image/jpeg';

/** The films and tunes that are deployed as files, each by its path. */
const staticMedia = readdirSync(client, { recursive: true, encoding: 'utf8' })
  .filter((path) => (path.split('.').pop() ?? '') in mediaTypes)
  .map((path) => `/${path}`)
  .sort();

const bytes = new Uint8Array(5000).map((_, index) => index % 251);
let echoes: RunningEchoes;
let cookie = '';
/** The signed addresses of a photo and of a clip, by purpose. */
const privateMedia: Record<string, string> = {};

beforeAll(async () => {
  echoes = await startEchoes();
  await echoes.appointAda();
  const browser = await launchBrowser();
  try {
    const context = await profile(browser, { ...desktop, savesData: true });
    await signIn(await context.newPage(), { origin: echoes.origin, name: 'Ada Admin' });
    cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  } finally {
    await browser.close();
  }
  const db = await echoes.worker.getD1Database('DB');
  const userId = (await db.prepare('SELECT user_id FROM profiles').first<string>('user_id')) ?? '';
  const { photo, clip, shareId } = await filmOf(userId, db);
  const bucket = await echoes.worker.getR2Bucket('MEDIA');
  const links = createMediaLinks({ secrets: [mediaSigningSecret], clock: Date.now });
  for (const [what, key] of Object.entries({ photo, clip })) {
    await bucket.put(key, bytes);
    privateMedia[`${what} of its owner`] = links.ownerPath({ key, userId });
    privateMedia[`${what} of a shared film`] = links.sharePath({ key, userId, shareId });
    privateMedia[`${what} for a provider`] = links.providerPath({ key, userId, attempt: 'req_1' });
    privateMedia[`${what} opened by an admin`] = links.adminPath({ key, userId, until: Date.now() + 600_000 });
  }
});
afterAll(() => echoes?.close());

/** A shared film of one photo with its approved clip, without their bytes: the keys of both. */
async function filmOf(userId: string, db: Awaited<ReturnType<RunningEchoes['worker']['getD1Database']>>) {
  const [photo, clip] = [`u/${userId}/p/pho_1.jpg`, `u/${userId}/g/gen_1.mp4`];
  const run = (sql: string, ...values: (string | number)[]) =>
    db
      .prepare(sql)
      .bind(...values)
      .run();
  await run(
    "INSERT INTO projects (id, user_id, title, created_at, updated_at) VALUES ('prj_1', ?1, 'Sea', 1, 1)",
    userId,
  );
  await run(
    `INSERT INTO uploads (id, user_id, project_id, request_key, file_name, length_bytes, offset_bytes, state, created_at, expires_at)
     VALUES ('pho_1', ?1, 'prj_1', 'key-of-the-upload', 'a.jpg', 1, 1, 'done', 1, 2)`,
    userId,
  );
  await run(
    `INSERT INTO photos (id, user_id, project_id, media_key, size_bytes, width, height, created_at)
     VALUES ('pho_1', ?1, 'prj_1', ?2, 1, 1080, 1440, 1)`,
    ...[userId, photo],
  );
  await run(
    `INSERT INTO clips (id, user_id, project_id, photo_id, position, created_at)
     VALUES ('clp_1', ?1, 'prj_1', 'pho_1', 'a', 1)`,
    userId,
  );
  await run(
    `INSERT INTO generations (id, user_id, clip_id, request_key, cost, state, state_at, deadline_at, provider, model, preset_id,
       words, prompt, shape, duration_seconds, frame_x, frame_y, frame_zoom, created_at)
     VALUES ('gen_1', ?1, 'clp_1', 'key-of-the-clip', 1, 'queued', 1, 2, 'runway', 'm', 'gentle', '', 'x', '9:16', 5, 0.5, 0.5, 1, 1)`,
    userId,
  );
  await run("UPDATE generations SET state = 'submitting', submit_nonce = 'nonce', submits = 1 WHERE id = 'gen_1'");
  await run("UPDATE generations SET state = 'generating', provider_task_id = 'task' WHERE id = 'gen_1'");
  await run("UPDATE generations SET state = 'copying' WHERE id = 'gen_1'");
  await run("UPDATE generations SET state = 'ready', media_key = ?1, media_bytes = 1 WHERE id = 'gen_1'", clip);
  await run("UPDATE clips SET approved_generation_id = 'gen_1' WHERE id = 'clp_1'");
  const shareId = 'shr_1';
  await run(
    "INSERT INTO shares (id, user_id, project_id, created_at, expires_at) VALUES (?1, ?2, 'prj_1', 1, ?3)",
    ...[shareId, userId, Date.now() + 600_000],
  );
  return { photo, clip, shareId };
}

function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> {
  return fetch(echoes.origin + path, { method, headers: { Cookie: cookie, ...headers } });
}

/** Checks the requests of media elements: ranges, a range past the end, the whole file, HEAD, and a matching ETag. */
async function expectRanges(path: string, whole: Uint8Array): Promise<void> {
  const size = whole.byteLength;
  for (const [range, from, to] of [
    ['bytes=0-1', 0, 1],
    [`bytes=${size - 10}-`, size - 10, size - 1],
    ['bytes=-10', size - 10, size - 1],
    [`bytes=100-${size + 5000}`, 100, size - 1],
  ] as const) {
    const part = await ask(path, { Range: range });
    expect(part.status, range).toBe(206);
    expect(part.headers.get('Content-Range'), range).toBe(`bytes ${from}-${to}/${size}`);
    expect(part.headers.get('Content-Length'), range).toBe(String(to - from + 1));
    expect(part.headers.get('Content-Type')).toBe(typeOf(path.split('?')[0] ?? ''));
    expect(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(from, to + 1)), range).toBe(true);
  }

  const past = await ask(path, { Range: `bytes=${size}-` });
  expect(past.status).toBe(416);
  expect(past.headers.get('Content-Range')).toBe(`bytes */${size}`);
  await past.body?.cancel();

  const all = await ask(path);
  expect(all.status).toBe(200);
  expect(all.headers.get('Accept-Ranges')).toBe('bytes');
  expect(all.headers.get('Content-Encoding')).toBeNull();
  expect(Buffer.from(await all.arrayBuffer()).equals(whole)).toBe(true);

  const head = await ask(path, {}, 'HEAD');
  expect(head.status).toBe(200);
  expect(head.headers.get('Accept-Ranges')).toBe('bytes');
  expect(head.headers.get('Content-Length')).toBe(String(size));
  expect((await ask(path, { Range: 'bytes=0-1' }, 'HEAD')).status).toBe(200);

  const etag = all.headers.get('ETag') ?? '';
  expect(etag).toMatch(/^(W\/)?"[^"]+"$/);
  expect((await ask(path, { 'If-None-Match': etag })).status).toBe(304);
  const same = await ask(path, { Range: 'bytes=0-1', 'If-Range': etag });
  expect(same.status).toBe(206);
  await same.body?.cancel();
  const other = await ask(path, { Range: 'bytes=0-1', 'If-Range': '"another"' });
  expect(other.status).toBe(200);
  await other.body?.cancel();
}

describe('ranges of media', () => {
  it('the project deploys films and tunes', () => {
    expect(staticMedia).toContain('/film/landing.mp4');
    expect(staticMedia).toContain('/music/sunday.m4a');
  });

  it.each(staticMedia)('the static file %s answers ranges', (path) =>
    expectRanges(path, readFileSync(join(client, path))),
  );

  it.each([
    'photo of its owner',
    'photo of a shared film',
    'photo for a provider',
    'photo opened by an admin',
    'clip of its owner',
    'clip of a shared film',
    'clip for a provider',
    'clip opened by an admin',
  ])('the %s answers ranges', async (what) => {
    expect(Object.keys(privateMedia)).toHaveLength(8);
    await expectRanges(privateMedia[what] ?? '', bytes);
  });
});

describe('static files', () => {
  it('hashed files are cached for a year and served without the Worker', async () => {
    const names = readdirSync(join(client, 'assets'));
    for (const suffix of ['.css', '.js', '.woff2', '.svg']) {
      const name = names.find((each) => each.endsWith(suffix)) ?? '';
      const answer = await ask(`/assets/${name}`);
      expect(answer.status, name).toBe(200);
      expect(answer.headers.get('Cache-Control'), name).toBe('public, max-age=31536000, immutable');
      // The Worker names every answer of its own.
      expect(answer.headers.has('X-Request-Id'), name).toBe(false);
      await answer.body?.cancel();
    }
  });

  it('the service worker, the pictures and the manifest are revalidated', async () => {
    for (const path of ['/sw.js', '/manifest.webmanifest', '/film/landing.jpg', '/film/landing.mp4']) {
      const answer = await ask(path);
      expect(answer.status, path).toBe(200);
      expect(answer.headers.get('Cache-Control'), path).toBe('public, max-age=0, must-revalidate');
      expect(answer.headers.get('X-Content-Type-Options'), path).toBe('nosniff');
      await answer.body?.cancel();
    }
  });

  it('an unknown film answers with the not-found page', async () => {
    const missing = await ask('/film/none.mp4', { Accept: 'text/html', Range: 'bytes=0-1' });
    expect(missing.status).toBe(404);
    expect(await missing.text()).toContain('There is nothing here');
  });
});
