import { env, exports } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { generations, photos, purchases, users } from '~/db/schema.server';
import type { ProblemJson } from '~/problem';
import { seedAdmin, seedPerson, seedProject, seedSession, testServices } from '~/testing/services';
// The routes of app/routes.ts as Remix has built them: no other route can be reached.
import { routes } from '../build/server/index.js';

/**
 * The access rights of every address. `public`: no session. `signed-in`: any session. `owner`: the session of the person
 * to whom the thing belongs; 404 for others. `admin`: an admin's session; 404 for others. Methods that are not named are
 * answered 405.
 * A route that is not in this table fails the first test.
 */
const table: Record<string, { who: 'public' | 'signed-in' | 'owner' | 'admin'; methods: string }> = {
  '/': { who: 'public', methods: 'GET' },
  '/offline': { who: 'public', methods: 'GET' },
  '/repair': { who: 'public', methods: 'GET' },
  '/problem/:status': { who: 'public', methods: 'GET' },
  '/r/:code': { who: 'public', methods: 'GET' },
  // Public with a valid token, which this test does not have; app/projects/shares.server.test.ts does.
  '/s/:token': { who: 'public', methods: 'GET' },
  '/s/:token/media': { who: 'public', methods: 'GET' },
  '/s/:token/visits': { who: 'public', methods: 'POST' },
  '/auth/google': { who: 'public', methods: 'GET POST' },
  '/auth/google/callback': { who: 'public', methods: 'GET' },
  '/sign-out': { who: 'public', methods: 'GET POST' },
  '/sign-out/everywhere': { who: 'public', methods: 'GET POST' },
  '/projects': { who: 'signed-in', methods: 'GET POST' },
  '/projects/:projectId': { who: 'owner', methods: 'GET' },
  '/projects/:projectId/details': { who: 'owner', methods: 'POST' },
  '/projects/:projectId/deletion': { who: 'owner', methods: 'POST DELETE' },
  '/projects/:projectId/play': { who: 'owner', methods: 'GET' },
  '/projects/:projectId/completion': { who: 'owner', methods: 'POST' },
  '/projects/:projectId/shares': { who: 'owner', methods: 'GET POST' },
  '/shares/:shareId/revocation': { who: 'owner', methods: 'POST' },
  '/shares/:shareId/preview': { who: 'owner', methods: 'POST' },
  '/projects/:projectId/generations': { who: 'owner', methods: 'POST' },
  '/projects/:projectId/clips': { who: 'owner', methods: 'POST' },
  '/projects/:projectId/cancellation': { who: 'owner', methods: 'POST' },
  '/clips/:clipId/details': { who: 'owner', methods: 'POST' },
  '/clips/:clipId/position': { who: 'owner', methods: 'POST' },
  '/clips/:clipId/approval': { who: 'owner', methods: 'POST DELETE' },
  '/clips/:clipId/deletion': { who: 'owner', methods: 'POST DELETE' },
  '/clips/:clipId/privacy': { who: 'owner', methods: 'GET' },
  '/clips/:clipId/generations': { who: 'owner', methods: 'GET POST' },
  '/generations/:generationId/cancellation': { who: 'owner', methods: 'POST' },
  '/generations/:generationId/feedback': { who: 'owner', methods: 'POST' },
  '/generations/:generationId/timeline': { who: 'owner', methods: 'GET' },
  '/credits': { who: 'signed-in', methods: 'GET' },
  '/credits.csv': { who: 'signed-in', methods: 'GET' },
  '/purchases': { who: 'signed-in', methods: 'POST' },
  '/purchases/:purchaseId': { who: 'owner', methods: 'GET' },
  '/account': { who: 'signed-in', methods: 'GET' },
  '/account/sessions/sign-out': { who: 'signed-in', methods: 'POST' },
  '/account/sessions/:sessionId/sign-out': { who: 'signed-in', methods: 'POST' },
  '/account/deletion': { who: 'signed-in', methods: 'GET POST' },
  '/account/deletion/withdrawal': { who: 'signed-in', methods: 'POST' },
  '/account/deletion/completion': { who: 'signed-in', methods: 'POST' },
  '/account/erasure': { who: 'signed-in', methods: 'POST' },
  '/referral': { who: 'signed-in', methods: 'GET POST' },
  '/diagnostics': { who: 'signed-in', methods: 'GET' },
  '/admin': { who: 'admin', methods: 'GET' },
  '/admin/providers': { who: 'admin', methods: 'GET' },
  '/admin/providers/rest': { who: 'admin', methods: 'POST' },
  '/admin/providers/waking': { who: 'admin', methods: 'POST' },
  '/admin/health': { who: 'admin', methods: 'GET' },
  '/admin/health/alert-tests': { who: 'admin', methods: 'POST' },
  '/admin/people': { who: 'admin', methods: 'GET' },
  '/admin/people/:userId': { who: 'admin', methods: 'GET' },
  '/admin/people/:userId/adjustments': { who: 'admin', methods: 'POST' },
  '/admin/people/:userId/suspension': { who: 'admin', methods: 'POST' },
  '/admin/people/:userId/suspension/lifting': { who: 'admin', methods: 'POST' },
  '/admin/people/:userId/sign-out': { who: 'admin', methods: 'POST' },
  '/admin/adjustments/:adjustmentId/decision': { who: 'admin', methods: 'POST' },
  '/admin/media-access/:clipId': { who: 'admin', methods: 'GET POST' },
  '/admin/money': { who: 'admin', methods: 'GET' },
  '/admin/money/reconciliations': { who: 'admin', methods: 'POST' },
  '/admin/sign-ups': { who: 'admin', methods: 'GET' },
  '/admin/sign-ups/suspension': { who: 'admin', methods: 'POST' },
  '/admin/sign-ups/lifting': { who: 'admin', methods: 'POST' },
  '/admin/purchases/:purchaseId': { who: 'admin', methods: 'GET' },
  '/admin/purchases/:purchaseId/question': { who: 'admin', methods: 'POST' },
  '/admin/purchases/:purchaseId/refunds': { who: 'admin', methods: 'POST' },
  '/admin/refunds/:refundRequestId/decision': { who: 'admin', methods: 'POST' },
  '/admin/settings': { who: 'admin', methods: 'GET POST' },
  '/admin/settings/changes/:changeId/decision': { who: 'admin', methods: 'POST' },
  '/admin/presets': { who: 'admin', methods: 'GET POST' },
  '/admin/audit-log': { who: 'admin', methods: 'GET' },
  '/admin/prompt': { who: 'admin', methods: 'GET POST' },
  '/admin/prompt/:version': { who: 'admin', methods: 'GET' },
  '/admin/prompt/:version/live': { who: 'admin', methods: 'POST' },
  '/admin/prompt/:version/trials': { who: 'admin', methods: 'POST' },
  '/admin/generations': { who: 'admin', methods: 'GET' },
  '/admin/generations/:generationId': { who: 'admin', methods: 'GET' },
  '/admin/generations/:generationId/poll': { who: 'admin', methods: 'POST' },
  '/admin/generations/:generationId/cancellation': { who: 'admin', methods: 'POST' },
  '/admin/generations/:generationId/failure': { who: 'admin', methods: 'POST' },
  '/admin/generations/:generationId/retry': { who: 'admin', methods: 'POST' },
  '/admin/log': { who: 'admin', methods: 'GET' },
  '/admin/log/heartbeat': { who: 'admin', methods: 'POST' },
  '/admin/sign-in-again': { who: 'admin', methods: 'GET' },
};
/** The doors beside Remix (workers/app.ts). */
const doors: typeof table = {
  '/healthz': { who: 'public', methods: 'GET' },
  '/live': { who: 'signed-in', methods: 'GET' },
  '/media/:key': { who: 'owner', methods: 'GET' },
  '/uploads': { who: 'signed-in', methods: 'POST' },
  '/uploads/:uploadId': { who: 'owner', methods: 'HEAD PATCH DELETE' },
  '/webhooks/runway': { who: 'public', methods: 'POST' },
  '/webhooks/stripe': { who: 'public', methods: 'POST' },
};
const all = { ...table, ...doors };
const methods = ['GET', 'HEAD', 'POST', 'DELETE', 'PUT'] as const;
type Method = (typeof methods)[number];

const origin = env.APP_ORIGIN;
const words = 'a secret of the owner';
const owner = { id: '', cookie: '', names: {} as Record<string, string>, secrets: [] as string[] };
const others: Record<string, { cookie?: string }> = {};
const admin = { cookie: '' };
const unknown = '0123456789ABCDEFGHJKMNPQRS';
const nobodys: Record<string, string> = {
  projectId: `prj_${unknown}`,
  clipId: `clp_${unknown}`,
  generationId: `gen_${unknown}`,
  uploadId: `pho_${unknown}`,
  purchaseId: `pur_${unknown}`,
  key: `u/usr_${unknown}/p/pho_${unknown}.jpg`,
  userId: `usr_${unknown}`,
  code: 'zzzzzzzz',
  shareId: `shr_${unknown}`,
  adjustmentId: `adj_${unknown}`,
  refundRequestId: `rfd_${unknown}`,
  changeId: `chg_${unknown}`,
  sessionId: 'no'.repeat(21),
  token: `${unknown}${'x'.repeat(22)}`,
};

beforeAll(async () => {
  const {
    auth,
    projects,
    media: { links },
    photos: { uploads },
  } = testServices();
  owner.id = await seedPerson({ credits: 5 });
  owner.cookie = await seedSession(owner.id);
  const { projectId, clipIds } = await seedProject({ userId: owner.id, clipCount: 2 });
  const [clipId = ''] = clipIds;
  await projects.update({ userId: owner.id, projectId, change: { title: 'Titled by the owner' } });
  const generationId = await seedReady({ userId: owner.id, clipId });
  const metadata = { projectId, requestKey: 'upload-of-the-owner', fileName: 'secret.jpg', takenAt: null };
  const begun = await uploads.begin({ userId: owner.id, lengthBytes: 9, metadata });
  if (begun.outcome !== 'at') throw new Error(begun.outcome);
  const purchaseId = `pur_${unknown.replace('Q', 'R')}`;
  const sold = { packId: 'film', credits: 15, amount: 1190, currency: 'eur', returnTo: `/projects/${projectId}` };
  const bought = { id: purchaseId, userId: owner.id, requestKey: 'purchase-of-the-owner', stateAt: 1, createdAt: 1 };
  await testServices()
    .db.insert(purchases)
    .values({ ...bought, ...sold });
  const ofOwner = eq(photos.userId, owner.id);
  const [photo] = await testServices().db.select().from(photos).where(ofOwner).orderBy(photos.id);
  const mediaKey = String(photo?.mediaKey);
  await env.MEDIA.put(mediaKey, 'the photo itself');
  owner.names = {
    ...{ projectId, clipId, generationId, purchaseId, userId: owner.id, uploadId: begun.upload.id },
    adjustmentId: `adj_${unknown}`,
    refundRequestId: `rfd_${unknown}`,
    changeId: `chg_${unknown}`,
    sessionId: (await auth.sessionsOf(owner.id))[0]?.id ?? '',
    key: links.ownerPath({ key: mediaKey, userId: owner.id }).slice('/media/'.length),
    code: await testServices().credits.rewards.code(owner.id),
    ...(await seedShare({ userId: owner.id, projectId })),
  };
  owner.secrets = [
    'Titled by the owner',
    words,
    owner.id,
    'secret.jpg',
    'the photo itself',
    'of-the-owner',
    ...clipIds,
  ];
  owner.secrets.push(...Object.values(owner.names));

  const deleted = await seedPerson();
  others.nobody = {};
  others['another person'] = { cookie: await seedSession(await seedPerson({ credits: 5 })) };
  others['somebody whose account was deleted'] = { cookie: await seedSession(deleted) };
  const suspended = await seedPerson({ credits: 5 });
  others['somebody who is suspended'] = { cookie: await seedSession(suspended) };
  await testServices().db.update(users).set({ suspendedAt: 1 }).where(eq(users.id, suspended));
  admin.cookie = (await seedAdmin()).cookie;
  await auth.deleteAccount(deleted);
  await auth.closeAccount(deleted);
  const leaving = await seedPerson({ credits: 5 });
  await seedSession(leaving);
  await auth.deleteAccount(leaving);
  others['somebody whose account is being deleted'] = { cookie: await seedSession(leaving) };
});

/** A ready generation with its video, inserted without the queue. */
async function seedReady({ userId, clipId }: { userId: string; clipId: string }): Promise<string> {
  const { db } = testServices();
  const id = `gen_${unknown.replace('Q', 'R')}`;
  const frame = { frameX: 0.5, frameY: 0.5, frameZoom: 1 };
  const made = {
    provider: 'runway',
    model: 'gen4_turbo',
    presetId: 'gentle',
    shape: '9:16',
    durationSeconds: 5,
  } as const;
  const at = { stateAt: 1, deadlineAt: 2, createdAt: 1 };
  const paid = { words, prompt: words, requestKey: 'key-of-the-owner', cost: 1 };
  await db.insert(generations).values({ id, userId, clipId, ...frame, ...made, ...at, ...paid });
  const mediaKey = `u/${userId}/g/${id}.mp4`;
  for (const step of [
    { state: 'submitting', submitNonce: 'nonce-of-the-owner', submits: 1 },
    { state: 'generating', providerTaskId: 'task-of-the-owner' },
    { state: 'copying' },
    { state: 'ready', mediaKey, mediaBytes: 4 },
  ] as const)
    await db.update(generations).set(step).where(eq(generations.id, id));
  await env.MEDIA.put(mediaKey, 'film');
  return id;
}

/** The token of the project's share. */
async function seedShare({ userId, projectId }: { userId: string; projectId: string }) {
  const made = await testServices().projects.shares.create({ userId, projectId, request: new Request(origin) });
  if (made.outcome !== 'shared') throw new Error(made.outcome);
  return { shareId: made.share.id, token: made.share.url.split('/s/')[1] ?? '' };
}

/** A valid body for each form, so that a refusal is about the person and not about the form. */
function formFor(path: string): Record<string, string> {
  const { clipId = '', generationId = '' } = owner.names;
  const key = crypto.randomUUID();
  if (path.endsWith('/details')) return path.startsWith('/clips') ? { words: 'taken over' } : { title: 'Taken over' };
  if (path.endsWith('/feedback')) return { requestKey: key, reason: 'odd-movement', words: 'taken over' };
  if (path.endsWith('/approval')) return { generationId };
  if (path.endsWith('/preview')) return { clipId };
  if (path.endsWith('/position')) return { after: clipId, before: '' };
  if (path.startsWith('/clips') && path.endsWith('/generations')) return { requestKey: key, presetId: 'gentle' };
  if (path === '/projects/:projectId/clips') return { kind: 'remove', clipIds: clipId };
  if (path.endsWith('/generations')) return { requestKey: key, clipIds: clipId };
  if (path.endsWith('/failure')) return { reason: 'stopped' };
  if (path.endsWith('/retry')) return { requestKey: key, maker: 'runway gen4_turbo' };
  if (path === '/purchases') return { requestKey: key, packId: 'film' };
  return {};
}

function addressOf(path: string, names: Record<string, string>): string {
  // Prompt versions are numbered from 1, so the first one always exists.
  const filled = path.replace(':version', '1').replace(/:(\w+)/g, (_all, name: string) => names[name] ?? '');
  return path === '/problem/:status' ? '/problem/404' : filled;
}

async function ask(path: string, method: Method, who: { cookie?: string }, names = owner.names) {
  const headers = new Headers({ Origin: origin, 'Sec-Fetch-Site': 'same-origin', 'Tus-Resumable': '1.0.0' });
  const isPage = method === 'GET' || method === 'HEAD';
  headers.set('Accept', isPage && !isResource(path) ? 'text/html' : 'application/json');
  if (who.cookie) headers.set('Cookie', who.cookie);
  if (path === '/uploads') {
    headers.set('Upload-Length', '9');
    const metadata = { projectId: names.projectId ?? '', requestKey: crypto.randomUUID() };
    headers.set(
      'Upload-Metadata',
      Object.entries(metadata)
        .map(([name, value]) => `${name} ${btoa(value)}`)
        .join(),
    );
  }
  const body = isPage ? null : new URLSearchParams(formFor(path));
  const request = new Request(origin + addressOf(path, names), { method, headers, body, redirect: 'manual' });
  const response = await exports.default.fetch(request);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, line: `${method} ${path}` };
}

/** True for addresses that scripts read and people do not open. */
const isResource = (path: string) =>
  /shares|visits|^\/clips.*generations|timeline|privacy|media|uploads|live|webhooks|healthz/.test(path);
const takes = (path: string, method: Method) => {
  const named = all[path]?.methods.split(' ') ?? [];
  return named.includes(method) || (method === 'HEAD' && named.includes('GET'));
};

/** Every row of D1, except stored log lines and the counts of refused webhooks, and every object of R2, as one text. */
async function dump(): Promise<string> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name NOT IN ('log_lines','webhook_refusals')",
  ).all<{ name: string }>();
  const tables = await Promise.all(
    results.map(async ({ name }) => {
      const rows = (await env.DB.prepare(`SELECT * FROM "${name}"`).all()).results;
      // What strangers are refused is counted: one row a day, whatever they ask.
      return [name, rows.filter(({ figure }) => figure !== 'refused-strangers')];
    }),
  );
  const { objects } = await env.MEDIA.list();
  return JSON.stringify([tables, objects.map(({ key, etag }) => [key, etag])], null, 1);
}

const cases = Object.keys(all).flatMap((path) => methods.map((method) => ({ path, method })));

describe('the table of access rights', () => {
  it('the table of access rights names exactly the routes of the build', () => {
    type BuiltRoute = { id: string; parentId?: string; path?: string };
    const built = Object.values(routes as Record<string, BuiltRoute>).filter(({ id }) => id !== 'root');
    expect(built.every(({ parentId }) => parentId === 'root')).toBe(true);
    expect(Object.keys(table).sort()).toEqual(built.map(({ path }) => `/${path ?? ''}`).sort());
  });
});

describe('access by others', { timeout: 60_000 }, () => {
  for (const who of [
    'nobody',
    'another person',
    'somebody whose account was deleted',
    'somebody whose account is being deleted',
    'somebody who is suspended',
  ])
    it(`the owner’s data is neither shown to nor changed by others: ${who}`, async () => {
      const isThere = who === 'another person';
      const before = await dump();
      // Addresses at which a person changes their own data are left to another test.
      const isOwn = (path: string) =>
        /^\/(sign-out|auth|account\/(deletion|erasure|sessions)|projects$|purchases$|referral$)/.test(path);
      for (const { path, method } of cases) {
        // A suspended person may still sign out, and one who leaves may end that, or stay.
        const isBeingDeleted = who.includes('being deleted');
        const isLeaving =
          (/suspended|being deleted/.test(who) && path.startsWith('/sign-out')) ||
          (isBeingDeleted && path.startsWith('/account/deletion/'));
        if (isOwn(path) && method === 'POST' && (isThere || isLeaving || path.startsWith('/auth'))) continue;
        const names = path.startsWith('/s/') ? nobodys : owner.names;
        const answer = await ask(path, method, others[who] ?? {}, names);
        for (const secret of owner.secrets) expect(answer.text.includes(secret) && answer.line).toBe(false);
        const location = answer.headers.get('Location');
        expect({ line: answer.line, status: answer.status, location }).toEqual({
          line: answer.line,
          ...expected(path, method, isThere, isBeingDeleted),
        });
      }
      expect(await dump()).toBe(before);
    });

  function expected(path: string, method: Method, isThere: boolean, isBeingDeleted: boolean) {
    const status = (status: unknown, location: unknown = null) => ({ status, location });
    const door = all[path];
    // This test has no valid Stripe signature.
    if (path === '/webhooks/stripe') return status(method === 'POST' ? 401 : 405);
    if (path.startsWith('/webhooks')) return status(method === 'POST' ? 404 : 405);
    if (path === '/live' && takes(path, method)) return status(400);
    // The uploads' door checks the person before the method.
    if (path.startsWith('/uploads') && !isThere) return status(401);
    if (path === '/uploads/:uploadId' && method === 'GET') return status(405);
    // An admin address is answered 404 to others whatever the method.
    if (door?.who === 'admin') return status(takes(path, method) ? 404 : expect.toBeOneOf([404, 405]));
    if (!takes(path, method)) return status(405);
    if (path === '/problem/:status' || path.startsWith('/s/')) return status(404);
    if (path === '/auth/google/callback')
      return status(302, isThere ? '/projects' : expect.stringMatching(/^\/\?flash=/));
    if (path === '/auth/google' || path.startsWith('/sign-out')) return status(302, '/');
    if (door?.who === 'public') return status(200);
    if (door?.who === 'signed-in' && isThere) return status(path === '/uploads' ? 404 : 200);
    if (path === '/media/:key' || isThere) return status(404);
    const isPage = (method === 'GET' || method === 'HEAD') && !isResource(path);
    if (isBeingDeleted && path === '/account/deletion' && isPage) return status(200);
    if (!isPage) return status(401);
    return status(302, isBeingDeleted ? '/account/deletion' : expect.stringMatching(/^\/\?returnTo=/));
  }

  it('another person’s id and an unknown id get the same answer', async () => {
    const stranger = others['another person'] ?? {};
    for (const { path, method } of cases.filter(({ path }) => all[path]?.who === 'owner')) {
      const without = ({ text }: { text: string }) =>
        text.replace(/req_\w+|nonce="\w+"/g, '').replaceAll(/(prj|clp|gen|pho|shr|pur)_\w+/g, '');
      const [foreign, unknownOne] = [await ask(path, method, stranger), await ask(path, method, stranger, nobodys)];
      expect([foreign.line, unknownOne.status, without(unknownOne)]).toEqual([
        foreign.line,
        foreign.status,
        without(foreign),
      ]);
    }
  });
});

describe('the owner', { timeout: 60_000 }, () => {
  it('the owner can open every address of theirs, and reading changes nothing', async () => {
    const before = await dump();
    for (const round of [1, 2])
      for (const { path, method } of cases) {
        if (method !== 'GET' && method !== 'HEAD') continue;
        if (!takes(path, method) || /public|admin/.test(all[path]?.who ?? '') || path === '/live') continue;
        const answer = await ask(path, method, owner);
        expect([round, answer.line, answer.status]).toEqual([round, answer.line, 200]);
      }
    expect(await dump()).toBe(before);
  });

  it('the owner gets 405 for every other method, and nothing changes', async () => {
    const before = await dump();
    for (const { path, method } of cases.filter(({ path, method }) => !takes(path, method))) {
      if (all[path]?.who === 'admin') continue;
      const answer = await ask(path, method, owner);
      expect([answer.line, answer.status]).toEqual([answer.line, 405]);
      const isJson = method !== 'GET' && method !== 'HEAD' && !path.startsWith('/webhooks');
      if (isJson) {
        expect((JSON.parse(answer.text) as ProblemJson).error).toMatchObject({
          status: 405,
          reason: expect.stringContaining('method'),
        });
      }
    }
    expect(await dump()).toBe(before);
  });
});

describe('an admin', { timeout: 60_000 }, () => {
  const adminCases = cases.filter(({ path }) => all[path]?.who === 'admin');

  it('an admin can open every admin page, gets 405 for other methods, and reading changes nothing', async () => {
    const before = await dump();
    for (const { path, method } of adminCases) {
      const isReading = method === 'GET' || method === 'HEAD';
      if (!isReading && takes(path, method)) continue;
      const answer = await ask(path, method, admin);
      expect([answer.line, answer.status]).toEqual([answer.line, takes(path, method) ? 200 : 405]);
    }
    expect(await dump()).toBe(before);
  });

  it('a removed admin gets 404 from the next request on', async () => {
    const { adminId, cookie } = await seedAdmin();
    expect((await ask('/admin/audit-log', 'GET', { cookie })).status).toBe(200);
    await env.DB.prepare('DELETE FROM admins WHERE google_sub = ?1').bind(adminId).run();
    for (const { path, method } of adminCases) {
      const { status, line } = await ask(path, method, { cookie });
      expect([line, status]).toEqual([line, takes(path, method) ? 404 : expect.toBeOneOf([404, 405])]);
    }
  });
});
