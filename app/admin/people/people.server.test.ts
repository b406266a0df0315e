import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { profiles } from '~/db/schema.server';
import { planOf, type Recorded, recording } from '~/testing/recording';
import { closeAccount, seedAdmin, seedPerson, seedProject, seedSession, testServices } from '~/testing/services';
import worker from '../../../workers/app';

const origin = env.APP_ORIGIN;
const unknown = '0123456789ABCDEFGHJKMNPQRS';
let serial = 0;
let cookie = '';

beforeAll(async () => {
  cookie = (await seedAdmin()).cookie;
});

async function someone(name: string, email: string): Promise<string> {
  const userId = await seedPerson({ credits: 2 });
  await seedSession(userId);
  await testServices().db.update(profiles).set({ name, email }).where(eq(profiles.userId, userId));
  return userId;
}
const find = (asked: string) => testServices().admin.people.find(asked);
async function names(asked: string): Promise<(string | null)[] | string> {
  const found = await find(asked);
  return found.outcome === 'people' ? found.people.map(({ name }) => name) : found.outcome;
}
async function open(path: string) {
  const headers = { Cookie: cookie, Accept: 'text/html' };
  const response = await exports.default.fetch(new Request(origin + path, { headers, redirect: 'manual' }));
  return { status: response.status, location: response.headers.get('Location'), text: await response.text() };
}

/** A try of this person in the middle of its life, without its queue. */
async function seedGeneration(userId: string, clipId: string): Promise<string> {
  const id = `gen_${`${++serial}`.padStart(26, '0')}`;
  await env.DB.prepare(
    `INSERT INTO generations (id, user_id, clip_id, request_key, cost, state, state_at, deadline_at, provider, model, preset_id, words,
       prompt, shape, duration_seconds, frame_x, frame_y, frame_zoom, created_at)
     VALUES (?1, ?2, ?3, ?1, 1, 'queued', 1, 2, 'runway', 'm', 'gentle', 'secret words', 'x', '9:16', 5, 0.5, 0.5, 1, 1)`,
  )
    .bind(id, userId, clipId)
    .run();
  return id;
}

describe('the search for people', () => {
  beforeEach(async () => {
    await env.DB.prepare("UPDATE profiles SET name = 'Somebody', email = 'nobody@example.com'").run();
  });

  it('the search finds people by the beginning of a name or an e-mail, in any case', async () => {
    await someone('Grace Hopper', 'grace@navy.test');
    await someone('Grant', 'ulysses@white-house.test');
    await someone('Ulla', 'grandma@family.test');
    expect(await names('grace@NAVY')).toEqual(['Grace Hopper']);
    expect(await names('GRA')).toEqual(['Grace Hopper', 'Ulla', 'Grant']);
    expect(await names('ull')).toEqual(['Ulla']);
    expect(await names('hopper')).toBe('nothing');
    expect(await names('navy.test')).toBe('nothing');
  });

  it.each([['%'], ['_'], ['*'], ["' OR 1=1 --"], ['\u0000'], ['😀'], ['usr_%'], ['x'.repeat(320)]])(
    'the search for people reads %j as text',
    async (asked) => {
      await someone('Grace Hopper', 'grace@navy.test');
      expect(await names(asked)).toBe('nothing');
      expect((await open(`/admin/people?q=${encodeURIComponent(asked)}`)).status).toBe(200);
    },
  );

  it('the search leads from any id to its owner, generation or request', async () => {
    const userId = await someone('Grace Hopper', 'grace@navy.test');
    const { projectId, clipIds } = await seedProject({ userId });
    const [clipId = ''] = clipIds;
    const generationId = await seedGeneration(userId, clipId);
    const photoId =
      (await env.DB.prepare('SELECT id FROM photos WHERE user_id = ?1').bind(userId).first<string>('id')) ?? '';
    const share = await testServices().projects.shares.create({ userId, projectId, request: new Request(origin) });
    const shareId = share.outcome === 'shared' ? share.share.id : '';
    const path = `/admin/people/${userId}`;
    for (const [asked, leadsTo] of [
      [userId, path],
      [projectId, path],
      [photoId, path],
      [shareId, path],
      [` ${userId.toUpperCase()} `, path],
      [clipId, `${path}?clip=${clipId}`],
      [generationId, `/admin/generations/${generationId}`],
      [`req_${unknown}`, `/admin/log?request=req_${unknown}`],
    ] as const)
      expect([asked, (await open(`/admin/people?q=${encodeURIComponent(asked)}`)).location]).toEqual([asked, leadsTo]);
    for (const kind of ['usr', 'prj', 'clp', 'pho', 'gen', 'shr', 'pur', 'adj', 'rev'])
      expect([kind, (await find(`${kind}_${unknown}`)).outcome]).toEqual([kind, 'nothing']);
  });

  it('the search says when there are more people than it shows', async () => {
    for (let count = 0; count < 51; count += 1) await someone(`Many ${count}`, `x${count}@many.test`);
    const found = await find('many');
    expect(found).toMatchObject({ outcome: 'people', hasMore: true });
    expect(found.outcome === 'people' && found.people.length).toBe(50);
  }, 60_000);

  it('without a query people are listed newest first, by page, each once', async () => {
    const { people } = testServices().admin;
    const all = (await people.newest({ before: null, limit: 1000 })).map(({ id }) => id);
    const paged: string[] = [];
    for (let before: string | null = null; ; ) {
      const page = await people.newest({ before, limit: 7 });
      paged.push(...page.map(({ id }) => id));
      if (page.length < 7) break;
      before = page.at(-1)?.id ?? null;
    }
    expect(paged).toEqual(all);
    expect(all.length).toBeGreaterThan(10);
  });
});

describe('a person', () => {
  it('a person’s page shows no photo, no words of clips and no media', async () => {
    const userId = await someone('Grace Hopper', 'grace@navy.test');
    const { clipIds } = await seedProject({ userId });
    const generationId = await seedGeneration(userId, clipIds[0] as string);
    for (const suffix of ['', '.data']) {
      const { status, text } = await open(`/admin/people/${userId}${suffix}`);
      expect(status).toBe(200);
      for (const shown of ['Grace Hopper', 'grace@navy.test', 'Summer', generationId]) expect(text).toContain(shown);
      for (const kept of ['/media/', `u/${userId}/`, 'secret words']) expect(text).not.toContain(kept);
    }
  });

  it('the page of a deleted account shows what is left of it', async () => {
    const userId = await someone('Grace Hopper', 'grace@navy.test');
    await seedProject({ userId });
    await closeAccount(userId);
    const { status, text } = await open(`/admin/people/${userId}`);
    expect(status).toBe(200);
    expect(text).toContain('This account was deleted');
    expect(text).toContain(userId);
    for (const gone of ['Grace', 'navy.test', 'Summer', 'Suspend this account']) expect(text).not.toContain(gone);
  });

  it('a person’s page answers 404 for an unknown id', async () => {
    for (const id of [`usr_${unknown}`, 'usr_1', `clp_${unknown}`])
      expect((await open(`/admin/people/${id}`)).status).toBe(404);
  });
});

describe('the statements of the pages about people and money', () => {
  it('every statement about people and money reads from an index', async ({ annotate }) => {
    const userId = await someone('Grace Hopper', 'grace@navy.test');
    const { clipIds } = await seedProject({ userId });
    await seedGeneration(userId, clipIds[0] as string);
    const pages = [
      '/admin/people',
      `/admin/people?before=${userId}`,
      '/admin/people?q=gra',
      `/admin/people?q=${clipIds[0]}`,
      `/admin/people/${userId}`,
      `/admin/people/${userId}?before=9`,
      `/admin/media-access/${clipIds[0]}`,
      '/admin/money',
      '/admin/money?state=failed',
      `/admin/money?state=paid&before=pur_${unknown}`,
    ];
    for (const page of pages) {
      const statements: Recorded[] = [];
      const context = createExecutionContext();
      const request = new Request(origin + page, { headers: { Cookie: cookie, Accept: 'text/html' } });
      const answer = await worker.fetch(request, { ...env, DB: recording(env.DB, statements) } as Env, context);
      expect([page, answer.status]).toEqual([page, page.includes('q=clp') ? 302 : 200]);
      await answer.text();
      await waitOnExecutionContext(context);
      const found = statements.filter(({ sql }) => /^\s*(select|with)/i.test(sql));
      const plans = await Promise.all(found.map((statement) => planOf(env.DB, statement)));
      // The handful of settings are read whole; a list in a parameter, and the ten rows of an answer, are no table.
      const scans = plans
        .flat()
        .filter((line) => /^SCAN/.test(line) && !/^SCAN (settings|json_each|value|t|s|\(subquery)\b/.test(line))
        // From one end of a key until the limit.
        .filter(
          (line) =>
            !/USING (COVERING )?INDEX (sqlite_autoindex_|reversals_short|stripe_events_newest|adjustments_waiting|refund_requests_waiting|setting_changes_waiting)/.test(
              line,
            ),
        );
      expect([page, scans]).toEqual([page, []]);
      await annotate(`${page}: ${statements.length} queries`);
    }
  });

  it('the search for names and e-mails uses its own indexes', async () => {
    const statements: Recorded[] = [];
    const { createPeople } = await import('./people.server');
    const { createDatabase } = await import('~/db/client.server');
    await createPeople({ db: createDatabase(recording(env.DB, statements)) }).find('gra');
    const plans = await Promise.all(statements.map((statement) => planOf(env.DB, statement)));
    expect(plans.map(([first]) => first)).toEqual([
      expect.stringMatching(/^SEARCH p USING INDEX profiles_email \(/),
      expect.stringMatching(/^SEARCH p USING INDEX profiles_name \(/),
    ]);
    expect(plans.flat().filter((line) => /SCAN|TEMP B-TREE/.test(line))).toEqual([]);
  });
});
