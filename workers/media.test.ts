import { env, exports } from 'cloudflare:workers';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { photos } from '~/db/schema.server';
import { seedPerson, seedProject, seedSession, testServices } from '~/testing/services';

const bytes = new Uint8Array(1000).map((_, index) => index % 251);
const seeded = { owner: '', cookie: '', other: '', key: '', path: '', provider: '' };

beforeAll(async () => {
  seeded.owner = await seedPerson();
  seeded.cookie = await seedSession(seeded.owner);
  seeded.other = await seedSession(await seedPerson());
  await seedProject({ userId: seeded.owner });
  const [photo] = await testServices().db.select().from(photos);
  seeded.key = String(photo?.mediaKey);
  await env.MEDIA.put(seeded.key, bytes);
  const { links } = testServices().media;
  seeded.path = links.ownerPath({ key: seeded.key, userId: seeded.owner });
  seeded.provider = links.providerPath({ key: seeded.key, userId: seeded.owner, attempt: 'req_1' });
});

function ask(path: string, { cookie, ...init }: RequestInit & { cookie?: string } = {}) {
  const headers = new Headers(init.headers);
  if (cookie) headers.set('Cookie', cookie);
  return exports.default.fetch(new Request(`${env.APP_ORIGIN}${path}`, { ...init, headers }));
}

const mine = (headers: HeadersInit = {}, method = 'GET') =>
  ask(seeded.path, { cookie: seeded.cookie, headers, method });

describe('private media', () => {
  it('private media reaches its owner whole, with its type, and its browser keeps nothing by itself', async () => {
    const response = await mine();
    expect(response.status).toBe(200);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
    const headers = Object.fromEntries(response.headers);
    expect(headers).toMatchObject({
      'content-type': 'image/jpeg',
      'content-length': '1000',
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
    });
    expect(headers['content-security-policy']).toBe("default-src 'none'; sandbox");
    expect(headers['cache-control']).toBe('private, no-store');
  });

  it('private media answers HEAD like GET, without the bytes', async () => {
    const response = await mine({}, 'HEAD');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe('1000');
    expect(await response.text()).toBe('');
  });

  it.each([
    ['bytes=0-9', 0, 9],
    ['bytes=990-', 990, 999],
    ['bytes=-10', 990, 999],
    ['bytes=990-5000', 990, 999],
  ])('a range of media gives the part %s', async (range, from, to) => {
    const response = await mine({ Range: range });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${from}-${to}/1000`);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes.slice(from, to + 1));
  });

  it('private media refuses a range past the end, and answers several ranges with the whole', async () => {
    const past = await mine({ Range: 'bytes=1000-' });
    expect(past.status).toBe(416);
    expect(past.headers.get('content-range')).toBe('bytes */1000');
    const several = await mine({ Range: 'bytes=0-1,5-6' });
    expect(several.status).toBe(200);
    expect((await several.arrayBuffer()).byteLength).toBe(1000);
  });

  it('private media answers a known tag with 304, and If-Range of another tag with the whole', async () => {
    const etag = (await mine({}, 'HEAD')).headers.get('etag') as string;
    const known = await mine({ 'If-None-Match': etag });
    expect(known.status).toBe(304);
    expect(await known.text()).toBe('');
    expect((await mine({ Range: 'bytes=0-9', 'If-Range': etag })).status).toBe(206);
    expect((await mine({ Range: 'bytes=0-9', 'If-Range': '"another"' })).status).toBe(200);
  });

  it('a provider’s signed URL works without a session, and its answer is not cached', async () => {
    for (const method of ['HEAD', 'GET']) {
      const response = await ask(seeded.provider, { method });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('image/jpeg');
      expect(response.headers.get('cache-control')).toBe('private, no-store');
    }
  });

  it('another person’s private media is answered like media that does not exist', async () => {
    const { links } = testServices().media;
    const missing = links.ownerPath({ key: `u/${seeded.owner}/p/pho_2.jpg`, userId: seeded.owner });
    const answers = [
      await ask(seeded.path),
      await ask(seeded.path, { cookie: seeded.other }),
      await ask(missing, { cookie: seeded.cookie }),
      await ask(`/media/${seeded.key}`, { cookie: seeded.cookie }),
    ];
    const texts = answers.map(async (answer) => {
      const { error } = (await answer.json()) as { error: Record<string, unknown> };
      return `${answer.status} ${error.reason} ${error.message}`;
    });
    const distinct = new Set(await Promise.all(texts));
    expect(distinct.size).toBe(1);
    expect([...distinct][0]).toMatch(/^404 not-found /);
  });

  it('a signed URL with any changed character is answered 404', async () => {
    const { links } = testServices().media;
    for (const path of [seeded.path, seeded.provider]) {
      for (let at = '/media/'.length; at < path.length; at++) {
        const other = path[at] === 'x' ? 'y' : 'x';
        const url = new URL(path.slice(0, at) + other + path.slice(at + 1), env.APP_ORIGIN);
        expect(links.check(url), url.href).toBeNull();
      }
    }
    const attempt = /&try=[^&]+/;
    for (const path of [seeded.provider.replace(attempt, ''), seeded.provider.replace(attempt, '&try=req_2')])
      expect((await ask(path)).status).toBe(404);
    const changed = seeded.provider.replace('as=provider', 'as=owner');
    expect((await ask(changed, { cookie: seeded.cookie })).status).toBe(404);
  });

  it('a provider gets its picture even while the picture fetch cannot be recorded', async () => {
    const errors = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { links } = testServices().media;
    const key = `u/${seeded.owner}/f/gen_${'0'.repeat(26)}.jpg`;
    await env.MEDIA.put(key, bytes);
    const path = links.providerPath({ key, userId: seeded.owner, attempt: 'req_1' });
    await env.DB.prepare('ALTER TABLE generation_steps RENAME TO elsewhere').run();
    const response = await ask(path);
    await env.DB.prepare('ALTER TABLE elsewhere RENAME TO generation_steps').run();
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
    expect(String(errors.mock.calls)).toContain('picture-fetch');
  });

  it('a picture fetch of an unknown attempt records nothing', async () => {
    const { links } = testServices().media;
    const key = `u/${seeded.owner}/f/gen_${'0'.repeat(26)}.jpg`;
    const path = links.providerPath({ key, userId: seeded.owner, attempt: 'req_nobody' });
    expect((await ask(path)).status).toBe(200);
    const { results } = await env.DB.prepare("SELECT * FROM generation_steps WHERE what = 'fetched'").all();
    expect(results).toEqual([]);
  });

  it('an expired signed URL is answered 404', async () => {
    const {
      media: { links },
    } = testServices({ clock: () => Date.now() - 2 * 3_600_000 });
    const owner = links.ownerPath({ key: seeded.key, userId: seeded.owner });
    const provider = links.providerPath({ key: seeded.key, userId: seeded.owner, attempt: 'req_1' });
    expect((await ask(owner, { cookie: seeded.cookie })).status).toBe(404);
    expect((await ask(provider)).status).toBe(404);
  });

  it('an expired signed URL shows a problem page in a browser', async () => {
    const response = await ask(`/media/${seeded.key}`, { headers: { Accept: 'text/html' } });
    expect(response.status).toBe(404);
    expect(response.headers.get('Content-Type')).toMatch('text/html');
    expect(await response.text()).toContain('There is nothing here');
  });

  it('private media answers other methods with 405', async () => {
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const response = await ask(seeded.path, { cookie: seeded.cookie, method, headers: { Origin: env.APP_ORIGIN } });
      expect(response.status).toBe(405);
      expect(response.headers.get('Allow')).toBe('GET, HEAD');
    }
  });
});
