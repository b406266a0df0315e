import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { hashOf } from '~/auth/secrets.server';
import { admins, profiles, sessions } from '~/db/schema.server';
import { type Recorded, recording } from '~/testing/recording';
import { seedPerson, seedProject, testServices } from '~/testing/services';
import worker from './app';

/** Opens a page through the whole Worker and counts the rows that D1 read for it. */
async function open(path: string, cookie: string): Promise<{ status: number; queries: number; rowsRead: number }> {
  const statements: Recorded[] = [];
  const context = createExecutionContext();
  const request = new Request(`https://echoes.test${path}`, { headers: { Cookie: cookie, Accept: 'text/html' } });
  const answer = await worker.fetch(request, { ...env, DB: recording(env.DB, statements) } as Env, context);
  await answer.text();
  await waitOnExecutionContext(context);
  let rowsRead = 0;
  for (const { sql, values } of statements) {
    if (!/^\s*select/i.test(sql)) continue;
    const { meta } = await env.DB.prepare(sql)
      .bind(...values)
      .all();
    rowsRead += meta.rows_read;
  }
  return { status: answer.status, queries: statements.length, rowsRead };
}

/** A person who owns `filmCount` films of ten clips each, signed in. */
async function owner(filmCount: number) {
  const { db } = testServices();
  const userId = await seedPerson({ credits: 5 });
  const secret = `secret-of-${userId}`;
  const now = Date.now();
  await db.insert(profiles).values({ userId, googleSub: userId, email: 'a@echoes.test', name: 'A', updatedAt: 1 });
  await db
    .insert(sessions)
    .values({ idHash: hashOf(secret), userId, userAgent: 'test', createdAt: now, seenAt: now, expiresAt: now + 1e9 });
  const { projectId } = await seedProject({ userId, clipCount: 10 });
  // The other projects are inserted by SQL: ten thousand clips one by one would take most of the test's time.
  const film = `prj_${userId.slice(-18)}`;
  const numbers = (count: number) =>
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`;
  if (filmCount > 1) {
    const films = filmCount - 1;
    const each = `printf('%s%08d', ?2, (i - 1) / 10 + 1)`;
    const id = (kind: string) => `'${kind}_' || printf('%s%08d', substr(?2, 5), i)`;
    const run = (sql: string) => env.DB.prepare(sql).bind(userId, film).run();
    await run(
      `INSERT INTO projects (id, user_id, title, created_at, updated_at) ${numbers(films)} SELECT printf('%s%08d', ?2, i), ?1, 'Film', 1, 1 FROM n`,
    );
    await run(
      `INSERT INTO uploads (id, user_id, project_id, request_key, file_name, length_bytes, offset_bytes, state, created_at, expires_at) ${numbers(films * 10)} SELECT ${id('pho')}, ?1, ${each}, 'req' || i, 'a.jpg', 1, 1, 'done', 1, 2 FROM n`,
    );
    await run(
      `INSERT INTO photos (id, user_id, project_id, media_key, size_bytes, width, height, created_at) ${numbers(films * 10)} SELECT ${id('pho')}, ?1, ${each}, 'u/' || ?1 || '/p/' || i, 1, 1080, 1440, 1 FROM n`,
    );
    await run(
      `INSERT INTO clips (id, user_id, project_id, photo_id, position, created_at) ${numbers(films * 10)} SELECT ${id('clp')}, ?1, ${each}, ${id('pho')}, 'a' || (i % 10), 1 FROM n`,
    );
  }
  return { userId, projectId, cookie: `__Host-echoes=${secret}` };
}

/** Gives this person a credit and a purchase of five, `times` over. */
async function live(userId: string, times: number): Promise<void> {
  const numbers = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)';
  const run = (sql: string) => env.DB.prepare(sql).bind(userId, times).run();
  await run(
    `INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, reference, created_at) ${numbers} SELECT 'adjustment:' || ?1 || i, ?1, i + 1, 1, i + 5, 'adjustment', 'test', i FROM n`,
  );
  await run(
    `INSERT INTO purchases (id, user_id, request_key, pack_id, credits, amount, currency, return_to, checkout_session_id, state_at, created_at) ${numbers} SELECT printf('pur_%s%08d', substr(?1, 13), i), ?1, 'request-' || i, 'moment', 5, 490, 'eur', '/credits', 'cs_' || ?1 || i, i, i FROM n`,
  );
  await env.DB.prepare("UPDATE purchases SET state = 'paid' WHERE user_id = ?1").bind(userId).run();
}

/** Gives every clip of this person one old generation; half of them are ready, the others canceled. */
async function tryAll(userId: string): Promise<void> {
  const day = 100 * 86_400_000;
  const run = (sql: string, ...values: unknown[]) =>
    env.DB.prepare(sql)
      .bind(userId, ...values)
      .run();
  const { ledger } = testServices().credits;
  await ledger.grant({ key: `adjustment:${userId}:all`, userId, credits: 5000, kind: 'adjustment', reference: 'test' });
  await run(
    `INSERT INTO generations (id, user_id, clip_id, request_key, cost, state_at, deadline_at, provider, model, preset_id, words,
       prompt, shape, duration_seconds, frame_x, frame_y, frame_zoom, created_at)
     SELECT 'gen_' || substr(id, 5), ?1, id, id, 1, ?2, ?2, 'runway', 'gen4_turbo', 'gentle', '', '', '9:16', 5, 0.5, 0.5, 1, ?2
     FROM clips WHERE user_id = ?1`,
    day,
  );
  await run(
    "UPDATE generations SET state = 'canceled' WHERE user_id = ?1 AND substr(id, -1) IN ('1', '3', '5', '7', '9')",
  );
  for (const state of ['submitting', 'generating', 'copying'])
    await run('UPDATE generations SET state = ?2 WHERE user_id = ?1 AND state <> ?3', state, 'canceled');
  await run(
    "UPDATE generations SET state = 'ready', media_key = id, media_bytes = 1, state_at = ?2 WHERE user_id = ?1 AND state = 'copying'",
    day + 40_000,
  );
}

/** Inserts the daily figures of the last `days` days, today included. */
async function count(days: number): Promise<void> {
  const today = Math.floor(Date.now() / 86_400_000);
  await env.DB.prepare(
    `INSERT INTO day_figures (day, figure, value)
     WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 - 1)
     SELECT ?2 - i, f.value, 7 FROM n, json_each(?3) f WHERE true
     ON CONFLICT (day, figure) DO UPDATE SET value = value + 1`,
  )
    .bind(
      days,
      today,
      JSON.stringify(['signed-in', 'tries', 'ready', 'failed', 'credits:generation', 'wait:40', 'wait:60']),
    )
    .run();
}

describe('rows read', () => {
  it('the rows read for a film page are the same with 10 clips and with 10,000', async ({ annotate }) => {
    // Another person's rows before theirs in every index: a scan from the newest reads one row past the oldest it finds.
    await seedPerson({ credits: 1 });
    const small = await owner(1);
    const large = await owner(1000);
    for (const page of ['', '/play']) {
      const before = await open(`/projects/${small.projectId}${page}`, small.cookie);
      const after = await open(`/projects/${large.projectId}${page}`, large.cookie);
      expect(before.status).toBe(200);
      expect(after).toEqual(before);
      await annotate(
        `/projects/:id${page}: ${after.rowsRead} rows read in ${after.queries} queries, with 10 and with 10,000 clips`,
      );
    }
    const credits = await open('/credits', large.cookie);
    expect(credits).toEqual(await open('/credits', small.cookie));
    await annotate(`/credits: ${credits.rowsRead} rows read in ${credits.queries} queries`);
  });

  it('the rows read for the credit history do not grow with its length, by page or by kind', async ({ annotate }) => {
    await seedPerson({ credits: 1 });
    const few = await owner(1);
    const many = await owner(1);
    await live(few.userId, 40);
    await live(many.userId, 2000);
    const newest = { few: 2 * 40 + 1, many: 2 * 2000 + 1 };
    const pages = [
      () => '',
      (last: number) => `?before=${last - 5}`,
      () => '?before=40',
      () => '?kind=purchase',
      (last: number) => `?kind=purchase&before=${last - 5}`,
      () => '?kind=adjustment',
      () => '?kind=share',
    ];
    for (const page of pages) {
      const before = await open(`/credits${page(newest.few)}`, few.cookie);
      const after = await open(`/credits${page(newest.many)}`, many.cookie);
      expect(before.status).toBe(200);
      expect(after).toEqual(before);
      const name = page(newest.many);
      await annotate(
        `/credits${name}: ${after.rowsRead} rows read in ${after.queries} queries, with 81 and 4,001 entries`,
      );
    }
  });

  it('the rows read for the projects page are bounded by the page size', async ({ annotate }) => {
    const hundred = await open('/projects', (await owner(100)).cookie);
    const thousand = await open('/projects', (await owner(1000)).cookie);
    expect(thousand).toEqual(hundred);
    await annotate(
      `/projects: ${thousand.rowsRead} rows read in ${thousand.queries} queries, with 1,000 and with 10,000 clips`,
    );
  });

  it('the rows read for the admin overview do not grow with days or generations, in at most nine queries', async ({
    annotate,
  }) => {
    const { cookie, userId } = await owner(1);
    await testServices().db.insert(admins).values({ googleSub: userId, grantedAt: 1 });
    await count(60);
    const before = await open('/admin', cookie);
    expect(before.status).toBe(200);
    expect(before.queries).toBeLessThanOrEqual(9);
    await count(600);
    await tryAll((await owner(200)).userId);
    const after = await open('/admin', cookie);
    expect(after).toEqual(before);
    await annotate(
      `/admin: ${after.rowsRead} rows read in ${after.queries} queries, with 60 and 600 days, without and with 2,000 generations`,
    );
  });
});
