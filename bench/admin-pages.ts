// How long the admin pages take with a thousand generations and with many.
import { desktop, launchBrowser, profile, signIn } from '../journeys/browser.ts';
import { type RunningEchoes, startEchoes } from '../journeys/echoes.ts';
import { print, type Row } from './figures.ts';
import { measureServerTime } from './server-time.ts';

type Database = Awaited<ReturnType<RunningEchoes['worker']['getD1Database']>>;

const people = 100;
const clipsEach = 10;
/** Rows of one statement: D1 ends a statement that runs longer than half a minute. */
const atOnce = 20_000;
/** Every admin page, and those of one person and one generation; a page that answers 404 is left out. */
const pages = [
  ...['', '/people', '/people?q=somebody', '/people/usr_00000000000000000000000001', '/jobs', '/jobs?state=failed'],
  ...['/jobs/gen_00000000000000000000000001', '/money', '/prompt', '/presets', '/settings', '/acts', '/log', '/health'],
].map((path) => `/admin${path}`);

/** Prints the times of every admin page with 1,000 generations beside those with `generations`. */
export async function measureAdmin(generations: number): Promise<void> {
  const few = await measured(1000);
  const many = await measured(generations);
  print(
    `The admin pages with 1,000 generations and with ${generations.toLocaleString('en')} (made in ${(many.seedMs / 1000).toFixed(0)} s), median / p95`,
    pages.flatMap((path): Row[] => {
      const [before, after] = [few.times.get(path), many.times.get(path)];
      if (!before || !after) return [];
      const words = ({ medianMs, p95Ms }: typeof before) => `${medianMs.toFixed(1)} / ${p95Ms.toFixed(1)} ms`;
      const times = after.p95Ms / before.p95Ms;
      return [[path, `${words(before)}, then ${words(after)}: p95 ${times.toFixed(2)} times as long`, '≤ 3 times']];
    }),
  );
}

/** The times of each page with this many generations, and how long writing those rows took. */
async function measured(generations: number) {
  const echoes = await startEchoes({ isUnlimited: true });
  const browser = await launchBrowser();
  try {
    const context = await profile(browser, desktop);
    await signIn(await context.newPage(), { origin: echoes.origin, name: 'Ada Admin' });
    await echoes.appointAda();
    const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    await browser.close();
    const began = performance.now();
    await seed(await echoes.worker.getD1Database('DB'), generations);
    const seedMs = performance.now() - began;
    const times = new Map<string, { medianMs: number; p95Ms: number }>();
    for (const path of pages) {
      const url = echoes.origin + path;
      const { status } = await fetch(url, { headers: { cookie, accept: 'text/html' } });
      if (status === 404) continue;
      const [time] = await measureServerTime({ url, cookie, seconds: 3, atOnce: [1] });
      if (time?.failed) throw new Error(`${path}: ${time.failed} answers were not 200`);
      if (time) times.set(path, time);
    }
    return { seedMs, times };
  } finally {
    await browser.close();
    await echoes.close();
  }
}

/**
 * A hundred people with ten clips each and this many generations over two years, a tenth of them failed. The triggers are
 * dropped while the rows are written, together with the rows that they would have written, and are then made again.
 */
async function seed(db: Database, generations: number): Promise<void> {
  const each = generations / people;
  const { results: laws } = await db
    .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
    .all<{ name: string; sql: string }>();
  for (const { name } of laws) await db.prepare(`DROP TRIGGER ${name}`).run();
  const numbered = (table: string, columns: string, values: string) => async (count: number) => {
    for (let from = 0; from < count; from += atOnce)
      await db
        .prepare(
          `INSERT INTO ${table} (${columns}) WITH RECURSIVE n(i) AS (SELECT CAST(?1 AS INTEGER) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?2) SELECT ${values} FROM n`,
        )
        .bind(from, Math.min(from + atOnce, count))
        .run();
  };
  const now = Date.now();
  const id = (kind: string, of: string) => `printf('${kind}_%026d', ${of} + 1)`;
  const person = (of: string) => id('usr', `(${of}) % ${people}`);
  const owner = person('i');
  const clip = id('clp', `i % ${people * clipsEach}`);
  // Two years, the newest today.
  const moment = `(${now} - 63072000000 + (63072000000 / ${generations}) * i)`;
  const isBad = `(i / ${people}) % 10 = 0`;
  const film = id('prj', `i % ${people}`);
  await numbered('users', 'id, created_at', `${owner}, 1`)(people);
  await numbered(
    'profiles',
    'user_id, google_sub, email, name, updated_at',
    `${owner}, 'sub' || i, i || '@bench.test', 'Somebody ' || i, 1`,
  )(people);
  await numbered(
    'credit_accounts',
    'user_id, balance, version',
    `${owner}, ${Math.ceil(each / 10)}, ${each + Math.ceil(each / 10) + Math.ceil(each / 10_000)}`,
  )(people);
  await numbered('projects', 'id, user_id, title, created_at, updated_at', `${film}, ${owner}, 'Film', 1, 1`)(people);
  const slots = people * clipsEach;
  await numbered(
    'uploads',
    'id, user_id, project_id, request_key, file_name, length_bytes, offset_bytes, state, created_at, expires_at',
    `${id('pho', 'i')}, ${owner}, ${film}, 'request-' || i, 'a.jpg', 1, 1, 'done', 1, 2`,
  )(slots);
  await numbered(
    'photos',
    'id, user_id, project_id, media_key, size_bytes, width, height, created_at',
    `${id('pho', 'i')}, ${owner}, ${film}, 'photo' || i, 1, 1, 1, 1`,
  )(slots);
  await numbered(
    'clips',
    'id, user_id, project_id, photo_id, position, created_at',
    `${id('clp', 'i')}, ${owner}, ${film}, ${id('pho', 'i')}, 'a' || i, 1`,
  )(slots);
  await numbered(
    'generations',
    `id, user_id, clip_id, request_key, cost, state, state_at, deadline_at, provider, model, preset_id, words, prompt, shape, duration_seconds,
     frame_x, frame_y, frame_zoom, provider_task_id, provider_cost, media_key, media_bytes, failure_reason, created_at, cleaned_at`,
    `${id('gen', 'i')}, ${owner}, ${clip}, 'request-' || i, 1, iif(${isBad}, 'failed', 'ready'), ${moment} + 40000, ${moment} + 1800000, 'runway',
     'gen4_turbo', 'gentle', 'a walk', 'a walk, gently', '9:16', 5, 0.5, 0.5, 1, 'task' || i, 25, iif(${isBad}, NULL, 'film' || i),
     iif(${isBad}, NULL, 1), iif(${isBad}, 'provider', NULL), ${moment}, ${moment} + 50000`,
  )(generations);
  await numbered('generation_steps', 'generation_id, at, what', `${id('gen', 'i')}, ${moment}, 'queued'`)(generations);
  // The ledger: credits added by the ten thousand, a debit for each generation, and the refunds.
  const grants = Math.ceil(each / 10_000);
  const entry = 'key, user_id, seq, delta, balance_after, kind, generation_id, reference, created_at';
  await numbered(
    'credit_entries',
    entry,
    `'adjustment:' || i, ${owner}, i / ${people} + 1, min(10000, ${each} - (i / ${people}) * 10000), min(${each}, (i / ${people} + 1) * 10000), 'adjustment', NULL, 'bench', 1`,
  )(people * grants);
  await numbered(
    'credit_entries',
    entry,
    `'generation:' || ${id('gen', 'i')}, ${owner}, i / ${people} + 1 + ${grants}, -1, ${each} - i / ${people} - 1, 'generation', ${id('gen', 'i')}, NULL, ${moment}`,
  )(generations);
  const failed = `((i / ${people}) * 10 * ${people} + i % ${people})`;
  await numbered(
    'credit_entries',
    entry,
    `'refund:' || ${id('gen', failed)}, ${owner}, i / ${people} + 1 + ${grants} + ${each}, 1, i / ${people} + 1, 'refund', ${id('gen', failed)}, NULL, ${now}`,
  )(people * Math.ceil(each / 10));
  for (const [figure, where] of [
    ['tries', 'true'],
    ['ready', "state = 'ready'"],
    ['failed', "state = 'failed'"],
    ['wait:40', "state = 'ready'"],
  ] as const)
    await db
      .prepare(
        `INSERT INTO day_figures (day, figure, value) SELECT created_at / 86400000, '${figure}', count(*) FROM generations WHERE ${where} GROUP BY 1
         ON CONFLICT (day, figure) DO UPDATE SET value = value + excluded.value`,
      )
      .run();
  for (const { sql } of laws) await db.prepare(sql).run();
  await db.prepare('PRAGMA optimize').run();
}
