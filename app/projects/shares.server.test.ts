import { env, exports } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { auditLedger } from '~/credits/audit.server';
import { creditEntries, generations, shares, shareVisits } from '~/db/schema.server';
import { networkOf } from '~/network';
import { finishGeneration } from '~/testing/generation';
import { seedPerson, seedProject, seedSession, testServices } from '~/testing/services';
import type { FilmClip, ShareSheetView, ShareView } from './share-views';

// Shares through the doors of the built product: their visitors, their end, and which visits count as watched.

const { APP_ORIGIN: origin } = env;
const { db } = testServices();
const start = Date.now();
let owner: { id: string; cookie: string; projectId: string; clipIds: string[] };
let share: ShareView;
let token: string;
let serial = 0;
const unique = () => `${++serial}`.padStart(26, '0');

/** A visitor's network address, browser and session. */
interface Visitor {
  ip?: string;
  browser?: string;
  cookie?: string;
}
let addresses = 0;
const somebody = (): Visitor => ({ ip: `203.0.${++addresses}.7`, browser: 'Safari' });
const ownersHome: Visitor = { ip: '198.51.100.9', browser: 'Chrome of the owner' };

function headersOf({ ip, browser, cookie }: Visitor, more: Record<string, string> = {}) {
  const headers = new Headers({ Origin: origin, 'Sec-Fetch-Site': 'same-origin', Accept: 'application/json', ...more });
  if (ip) headers.set('CF-Connecting-IP', ip);
  if (browser) headers.set('User-Agent', browser);
  if (cookie) headers.set('Cookie', cookie);
  return headers;
}

async function ask(
  path: string,
  { as = {}, form, page }: { as?: Visitor; form?: Record<string, string>; page?: boolean } = {},
) {
  const headers = headersOf(as, page ? { Accept: 'text/html' } : {});
  const init = form ? { method: 'POST', body: new URLSearchParams(form), headers } : { headers };
  const response = await exports.default.fetch(new Request(origin + path, init));
  const text = await response.clone().text();
  return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) };
}

beforeEach(async () => {
  const id = await seedPerson({ credits: 9 });
  const cookie = await seedSession(id);
  const { projectId, clipIds } = await seedProject({ userId: id, clipCount: 2 });
  owner = { id, cookie, projectId, clipIds };
  await approve(clipIds[0] as string);
  const made = await ask(`/projects/${projectId}/shares`, { as: { ...ownersHome, cookie }, form: {} });
  share = made.json().share;
  token = share.url.split('/s/')[1] as string;
});

async function approve(clipId: string) {
  const id = `gen_${unique()}`;
  const made = { provider: 'p', model: 'm', presetId: 'gentle', words: '', prompt: 'x', shape: '9:16' } as const;
  const rest = { frameX: 0.5, frameY: 0.5, frameZoom: 1, stateAt: 1, deadlineAt: 2, createdAt: 1, durationSeconds: 5 };
  await db.insert(generations).values({ id, userId: owner.id, clipId, requestKey: id, cost: 1, ...made, ...rest });
  const mediaKey = `u/${owner.id}/g/${id}.mp4`;
  await finishGeneration(id, mediaKey);
  await env.MEDIA.put(mediaKey, 'film');
  await testServices().projects.clips.approve({ userId: owner.id, clipId, generationId: id });
}

const pageOf = (as: Visitor = somebody()) => ask(`/s/${token}`, { as, page: true });
const visit = (ticket: string, as: Visitor) => ask(`/s/${token}/visits`, { as, form: { ticket } });
const sheet = async (): Promise<ShareSheetView> =>
  (await ask(`/projects/${owner.projectId}/shares`, { as: { cookie: owner.cookie } })).json();
const earned = async () =>
  (await db.select().from(creditEntries).where(eq(creditEntries.userId, owner.id))).filter(
    ({ kind }) => kind === 'share',
  );

/** The product's services with their clock `seconds` after the start. */
const at = (seconds: number) => testServices({ clock: () => start + seconds * 1000 });
/** Opens the page as this visitor, presses play and stays for `seconds`. The film has 8.5 seconds. */
async function watch(as: Visitor, { seconds = 9, shareId = share.id, visitorId = null as string | null } = {}) {
  const request = new Request(origin, { headers: headersOf(as) });
  const of = { share: { id: shareId, userId: owner.id }, seconds: 8.5, visitorId, request };
  const ticket = at(0).projects.visits.open({ shareId, request });
  const begun = await at(1).projects.visits.take({ ...of, ticket });
  if (begun.outcome !== 'started') return begun;
  return at(1 + seconds).projects.visits.take({ ...of, ticket: begun.ticket });
}

describe('a shared film', () => {
  it('a shared film is a public page with the film alone and no script before play', async () => {
    const { status, text, headers } = await pageOf();
    expect(status).toBe(200);
    expect(text).toContain('Summer');
    expect(text).not.toMatch(/modulepreload|entry\.client|Test Person|@example\.com/);
    expect([...text.matchAll(/<script[^>]* src=/g)]).toEqual([]);
    expect(headers.get('X-Robots-Tag')).toBe('noindex');
    expect(headers.get('Referrer-Policy')).toBe('same-origin');
    expect(headers.get('Cache-Control')).toBe('no-store');
    expect(headers.getSetCookie()).toEqual([]);
    expect(text).toContain('<meta name="robots" content="noindex"');
    expect(text).not.toContain('og:image');
  });

  it('a shared film plays by signed URLs that need no session, expire in minutes and are renewed', async () => {
    const clips: FilmClip[] = (await ask(`/s/${token}/media`, { as: somebody() })).json();
    expect(clips.map(({ approved }) => approved?.durationSeconds ?? null)).toEqual([5, null]);
    const address = clips[0]?.approved?.videoUrl as string;
    const video = await ask(address, { as: somebody() });
    expect([video.status, video.text]).toEqual([200, 'film']);
    const until = Number(new URL(address, origin).searchParams.get('until'));
    expect(until - Date.now()).toBeGreaterThan(9 * 60_000);
    expect(until - Date.now()).toBeLessThanOrEqual(15 * 60_000);
    // A signed URL for one purpose is refused for another.
    expect((await ask(address.replace('as=share', 'as=provider'))).status).toBe(404);
    const { links } = at(16 * 60).media;
    expect(links.check(new URL(address, origin))).toBeNull();
  });

  it('a shared film’s page holds only what the player shows of its clips', async () => {
    const { text } = await ask(`/s/${token}/media`, { as: somebody() });
    expect(Object.keys(JSON.parse(text)[0])).toEqual(['id', 'frame', 'photo', 'approved']);
    expect(text).not.toMatch(/words|prompt|takenAt|preset|gentle|cost/);
  });

  it('a project has one open share, even after many concurrent posts', async () => {
    const many = await Promise.all(
      Array.from({ length: 6 }, () =>
        ask(`/projects/${owner.projectId}/shares`, { as: { cookie: owner.cookie }, form: {} }),
      ),
    );
    expect(new Set(many.map((made) => made.json().share.id))).toEqual(new Set([share.id]));
    const { projectId } = await seedProject({ userId: owner.id, clipCount: 2 });
    const first = await Promise.all(
      Array.from({ length: 6 }, () => ask(`/projects/${projectId}/shares`, { as: { cookie: owner.cookie }, form: {} })),
    );
    expect(new Set(first.map((made) => made.json().share.id)).size).toBe(1);
  });

  it('a project without photos gets no share', async () => {
    const { projectId } = await seedProject({ userId: owner.id, clipCount: 0 });
    const made = await ask(`/projects/${projectId}/shares`, { as: { cookie: owner.cookie }, form: {} });
    expect([made.status, made.json().error.reason]).toEqual([409, 'empty']);
  });

  it('link previews show a photo only while the owner has chosen one', async () => {
    const jpeg = await fetchScene();
    await env.MEDIA.put((await photoKeys())[0] as string, jpeg);
    const choose = (clipId: string) =>
      ask(`/shares/${share.id}/preview`, { as: { cookie: owner.cookie }, form: { clipId } });
    expect((await choose(owner.clipIds[0] as string)).json().share.previewClipId).toBe(owner.clipIds[0]);
    const address = /property="og:image" content="([^"]+)"/.exec((await pageOf()).text)?.[1]?.replaceAll('&amp;', '&');
    const picture = await ask((address ?? '').replace(origin, ''));
    expect([picture.status, picture.headers.get('Content-Type')]).toEqual([200, 'image/jpeg']);
    await choose('');
    expect((await pageOf()).text).not.toContain('og:image');
    expect((await choose(`clp_${unique()}`)).status).toBe(404);
  });
});

/** A small valid JPEG. */
async function fetchScene(): Promise<Uint8Array> {
  const { encodeJpeg } = await import('~/photos/jpeg-codec.server');
  const data = new Uint8ClampedArray(1080 * 1440 * 4).fill(128);
  return encodeJpeg({ pixels: { data, width: 1080, height: 1440 }, quality: 50 });
}
const photoKeys = async () =>
  (
    await env.DB.prepare('SELECT media_key FROM photos WHERE user_id = ?1 ORDER BY id')
      .bind(owner.id)
      .all<{ media_key: string }>()
  ).results.map(({ media_key }) => media_key);

describe('the end of a share', () => {
  const isGone = async () => {
    const page = await pageOf();
    expect([page.status, page.text.includes('This film is not shown here any more')]).toEqual([404, true]);
    expect(page.text).not.toContain('Summer');
    expect((await ask(`/s/${token}/media`)).status).toBe(404);
    expect((await visit('opened.1.x.y', somebody())).status).toBe(404);
  };

  it('a revoked share ends at once, also for new signed URLs', async () => {
    const ended = await ask(`/shares/${share.id}/revocation`, { as: { cookie: owner.cookie }, form: {} });
    expect(ended.json()).toEqual({ outcome: 'ended' });
    await isGone();
    expect((await sheet()).share).toBeNull();
    const again = await ask(`/projects/${owner.projectId}/shares`, { as: { cookie: owner.cookie }, form: {} });
    expect(again.json().share.id).not.toBe(share.id);
    await isGone();
  });

  it('a share ends when it expires', async () => {
    expect(share.expiresAt - Date.now()).toBeGreaterThan(29.9 * 24 * 3_600_000);
    await db
      .update(shares)
      .set({ expiresAt: Date.now() - 1 })
      .where(eq(shares.id, share.id));
    await isGone();
  });

  it('a share ends when its project is deleted, and plays again when that is restored', async () => {
    const { projects } = testServices();
    await projects.setDeleted({ userId: owner.id, projectId: owner.projectId, deleted: true });
    await isGone();
    await projects.setDeleted({ userId: owner.id, projectId: owner.projectId, deleted: false });
    expect((await pageOf()).status).toBe(200);
  });

  it('a share stops when its owner asks for the deletion of the account, and plays again when that is taken back', async () => {
    await testServices().auth.deleteAccount(owner.id);
    await isGone();
    expect(await testServices().auth.deletion.takeBack(owner.id)).toBe(true);
    expect((await pageOf()).status).toBe(200);
  });

  it('a token with any changed character opens no share', async () => {
    for (let place = 0; place < token.length; place++) {
      const other = token.slice(0, place) + (token[place] === '0' ? '1' : '0') + token.slice(place + 1);
      expect(await testServices().projects.shares.open(other), other).toBeNull();
    }
    for (const other of ['', 'x', share.id, `${token}x`, token.slice(1), `${token.slice(0, -1)}é`, '%00', '../credits'])
      expect(await testServices().projects.shares.open(other), other).toBeNull();
  });

  it('another person cannot revoke a share', async () => {
    const cookie = await seedSession(await seedPerson());
    expect((await ask(`/shares/${share.id}/revocation`, { as: { cookie }, form: {} })).status).toBe(404);
    expect((await pageOf()).status).toBe(200);
  });
});

describe('visits of a share', () => {
  it('a visit is counted when the film starts, once per browser, and not for opening the page', async () => {
    const visitor = somebody();
    for (let times = 0; times < 3; times++) await pageOf(visitor);
    expect((await sheet()).share).toMatchObject({ views: 0, watched: 0 });
    const ticket = /"ticket":"([^"]+)"/.exec((await pageOf(visitor)).text)?.[1] as string;
    for (let times = 0; times < 3; times++)
      expect((await visit(ticket, visitor)).json()).toEqual({ outcome: 'started', ticket: expect.any(String) });
    expect((await sheet()).share).toMatchObject({ views: 1, watched: 0 });
  });

  it('one network with ever new browsers adds twenty visits, and the owner’s browsers have their bound', async () => {
    const rows = async () => (await db.select().from(shareVisits).where(eq(shareVisits.shareId, share.id))).length;
    const before = await rows();
    for (let count = 0; count < 25; count++)
      expect((await watch({ ip: '203.0.113.99', browser: `Bot ${count}` })).outcome).toBe('watched');
    expect((await sheet()).share).toMatchObject({ views: 20, watched: 20 });
    expect(await rows()).toBe(before + 20);
    for (let count = 0; count < 60; count++) {
      const request = new Request(origin, { headers: headersOf({ ip: '203.0.113.1', browser: `Own ${count}` }) });
      await testServices().projects.visits.markOwner({ shareId: share.id, request });
    }
    expect(await rows()).toBe(70);
    await watch(somebody());
    expect((await sheet()).share).toMatchObject({ views: 21 });
  });

  it('a visitor hash is anonymous and differs between shares', async () => {
    const visitor = { ip: '203.0.113.77', browser: 'A rare browser' };
    await watch(visitor);
    const rows = JSON.stringify(await db.select().from(shareVisits));
    expect(rows).not.toMatch(/203\.0\.113|rare/);
    await ask(`/shares/${share.id}/revocation`, { as: { cookie: owner.cookie }, form: {} });
    const second = (
      await ask(`/projects/${owner.projectId}/shares`, { as: { cookie: owner.cookie }, form: {} })
    ).json();
    await watch(visitor, { shareId: second.share.id });
    const named = (await db.select().from(shareVisits)).filter(({ visitorHash }) => !visitorHash.startsWith('owner.'));
    expect(new Set(named.map(({ visitorHash }) => visitorHash)).size).toBe(named.length);
  });

  it('the network of an address is all of IPv4, or the first half of IPv6', () => {
    expect(networkOf('203.0.113.7')).toBe('203.0.113.7');
    expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
    expect(networkOf('2001:0DB8:0001:2::9')).toBe('2001:db8:1:2::/64');
    expect(networkOf('2001:db8::1')).toBe('2001:db8:0:0::/64');
    expect(networkOf('::1')).toBe('0:0:0:0::/64');
  });
});

describe('the reward for a watched film', () => {
  it('a film watched to the end from three networks earns its owner credits once', async () => {
    expect((await sheet()).reward).toEqual({ credits: 1, viewers: 3, most: 3, left: 3 });
    for (const count of [1, 2]) {
      expect(await watch(somebody())).toEqual({ outcome: 'watched' });
      expect([count, await earned()]).toEqual([count, []]);
    }
    await Promise.all([watch(somebody()), watch(somebody()), watch(somebody())]);
    expect(await earned()).toMatchObject([{ delta: 1, key: `share:${owner.projectId}` }]);
    expect(await sheet()).toMatchObject({ reward: null, share: { views: 5, watched: 5 } });
    expect(await auditLedger(env.DB)).toEqual([]);
  });

  it('a film earns nothing again by another share', async () => {
    for (let count = 0; count < 3; count++) await watch(somebody());
    await ask(`/shares/${share.id}/revocation`, { as: { cookie: owner.cookie }, form: {} });
    const next = (await ask(`/projects/${owner.projectId}/shares`, { as: { cookie: owner.cookie }, form: {} })).json()
      .share;
    for (let count = 0; count < 4; count++) await watch(somebody(), { shareId: next.id });
    expect(await earned()).toHaveLength(1);
  });
});

describe('visits that earn nothing', () => {
  const tryIt = async (...visits: (() => Promise<unknown>)[]) => {
    await watch(somebody());
    await watch(somebody());
    for (const one of visits) await one();
    expect(await earned()).toEqual([]);
    expect(await auditLedger(env.DB)).toEqual([]);
  };

  it('the owner’s visits earn nothing: signed in, signed out, or with another browser on the same network', () =>
    tryIt(
      async () => expect(await watch(somebody(), { visitorId: owner.id })).toEqual({ outcome: 'own' }),
      () => watch(ownersHome),
      () => watch({ ...ownersHome, browser: 'Firefox' }),
    ));

  it('a network on which the owner was signed in with the share open earns nothing', () => {
    const cafe = somebody();
    return tryIt(
      () => watch(cafe, { visitorId: owner.id }),
      () => watch({ ...cafe, browser: 'A phone' }),
    );
  });

  it('one visitor’s many visits earn nothing', async () => {
    const visitor = somebody();
    await watch(somebody());
    for (let times = 0; times < 4; times++) await watch(visitor);
    expect(await earned()).toEqual([]);
  });

  it('many browsers of one network earn nothing', async () => {
    const { ip } = somebody();
    for (const browser of ['A', 'B', 'C', 'D', 'E']) await watch({ ip: ip as string, browser });
    const sixes = ['1', '2', '3'].map((host) => ({ ip: `2001:db8:7:7::${host}`, browser: host }));
    for (const visitor of sixes) await watch(visitor);
    expect(await earned()).toEqual([]);
  });

  it('bots that open the page, or press play and leave, earn nothing', () =>
    tryIt(
      () => pageOf(),
      async () => expect(await watch(somebody(), { seconds: 0 })).toEqual({ outcome: 'refused', reason: 'too-quick' }),
      () => watch(somebody(), { seconds: 6 }),
    ));

  it('tickets that are forged, expired, of another share or of another moment earn nothing', async () => {
    const visitor = somebody();
    const request = new Request(origin, { headers: headersOf(visitor) });
    const of = { share: { id: share.id, userId: owner.id }, seconds: 8.5, visitorId: null, request };
    const opened = at(0).projects.visits.open({ shareId: share.id, request });
    const begun = await at(1).projects.visits.take({ ...of, ticket: opened });
    const started = begun.outcome === 'started' ? begun.ticket : '';
    const refused = { outcome: 'refused', reason: 'ticket' };
    const late = at(20);
    const [, when] = started.split('.');
    for (const ticket of [
      opened.replace('opened', 'started'),
      started.replace(`${when}`, `${Number(when) - 60_000}`),
      started.slice(0, -1) + (started.endsWith('A') ? 'B' : 'A'),
      started.replace(/\.[\w-]{22}\.[\w-]{22}\./, `.${'x'.repeat(22)}.${'y'.repeat(22)}.`),
      testServices().projects.visits.open({ shareId: `shr_${unique()}`, request }),
      '',
      'started',
    ])
      expect(await late.projects.visits.take({ ...of, ticket })).toEqual(refused);
    expect(await at(13 * 3600).projects.visits.take({ ...of, ticket: started })).toEqual(refused);
    expect(await at(-5).projects.visits.take({ ...of, ticket: started })).toEqual(refused);
    expect((await sheet()).share).toMatchObject({ watched: 0 });
    // The ticket is still valid for its own visitor, and counts once however often it is sent.
    for (let times = 0; times < 3; times++)
      expect(await late.projects.visits.take({ ...of, ticket: started })).toEqual({ outcome: 'watched' });
    expect((await sheet()).share).toMatchObject({ watched: 1 });
  });

  it('a film without an approved clip earns nothing', async () => {
    await testServices().projects.clips.approve({
      userId: owner.id,
      clipId: owner.clipIds[0] as string,
      generationId: null,
    });
    for (let count = 0; count < 4; count++) await watch(somebody());
    expect(await earned()).toEqual([]);
  });

  it('visits earn nothing once the share has ended', async () => {
    await watch(somebody());
    await watch(somebody());
    await testServices().projects.shares.revoke({ userId: owner.id, shareId: share.id });
    await watch(somebody());
    expect(await earned()).toEqual([]);
  });
});
