// A flood of strangers against the built Worker with the limits of wrangler.toml: what it leaves in the database, and how
// much longer a signed-in person waits for a page meanwhile. And the photos that cost the most of those that are taken.
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { startEchoes } from '../journeys/echoes.ts';
import { percentile } from './figures.ts';

const requestsPerSecond = 500;
/** Requests that are under way at a time: a flood through more connections only measures the client. */
const mostAtOnce = 8;

/** The five kinds of requests, by what they are. */
const kinds: Readonly<Record<string, (number: number) => { path: string; init: RequestInit }>> = {
  'unknown addresses of 4 kB': (number) => ({ path: `/${number}${'x'.repeat(4000)}`, init: {} }),
  'sign-ins that are begun': () => ({ path: '/auth/google', init: { method: 'POST', body: new URLSearchParams() } }),
  'callbacks without a sign-in': (number) => ({ path: `/auth/google/callback?code=x&state=${number}`, init: {} }),
  'posts with made-up sessions': (number) => ({
    path: '/clips/clp_1/generations',
    init: { method: 'POST', body: new URLSearchParams(), headers: { Cookie: `echoes=${number}` } },
  }),
  'webhooks with a forged signature': () => ({
    path: '/webhooks/stripe',
    init: { method: 'POST', body: '{}', headers: { 'Stripe-Signature': `t=${Math.floor(Date.now() / 1000)},v1=00` } },
  }),
};

/** What a flood came to. `rows`: how many more rows the database has after it. */
export interface FloodFigures {
  sent: number;
  seconds: number;
  refused: number;
  rows: number;
  quietMs: number[];
  floodMs: number[];
}

/** Sends `count` requests from two networks, at most 500 a second, while a signed-in person opens their projects again and again. */
export async function measureFlood({ count = 10_000 } = {}): Promise<FloodFigures> {
  const echoes = await startEchoes();
  const db = await echoes.worker.getD1Database('DB');
  try {
    const cookie = await person(db);
    const open = async () => {
      const began = performance.now();
      const answer = await fetch(`${echoes.origin}/projects`, { headers: { Cookie: cookie, Accept: 'text/html' } });
      await answer.text();
      if (answer.status !== 200) throw new Error(`the person's page answered ${answer.status}`);
      return performance.now() - began;
    };
    const send = async (number: number) => {
      const of = Object.values(kinds);
      const { path, init } = of[number % of.length]?.(number) ?? { path: '/', init: {} };
      const headers = new Headers(init.headers);
      headers.set('CF-Connecting-IP', `203.0.113.${Math.floor(number / of.length) % 2}`);
      headers.set('Accept', number % 2 === 0 ? 'text/html' : 'application/json');
      headers.set('Origin', echoes.origin);
      const answer = await fetch(echoes.origin + path, { redirect: 'manual', ...init, headers });
      await answer.arrayBuffer();
      return answer.status;
    };
    // Warms the Worker, and makes the row of the day's figure.
    for (let number = 0; number < 50; number++) await Promise.all([open(), send(number)]);
    const quietMs: number[] = [];
    for (let round = 0; round < 200; round++) {
      quietMs.push(await open());
      await wait(20);
    }
    const before = await rowsOf(db);
    const floodMs: number[] = [];
    let isFlooding = true;
    const visitor = (async () => {
      while (isFlooding) {
        floodMs.push(await open());
        await wait(20);
      }
    })();
    const began = performance.now();
    const statuses: number[] = [];
    let next = 0;
    const flood = async () => {
      while (next < count) {
        const number = next++;
        const early = (number / requestsPerSecond) * 1000 - (performance.now() - began);
        if (early > 0) await wait(early);
        // A connection that the Worker closes is as good as a refusal.
        statuses.push(await send(number).catch(() => 0));
      }
    };
    await Promise.all(Array.from({ length: mostAtOnce }, flood));
    const seconds = (performance.now() - began) / 1000;
    isFlooding = false;
    await visitor;
    const refused = statuses.filter((status) => status === 429).length;
    return { sent: statuses.length, seconds, refused, rows: (await rowsOf(db)) - before, quietMs, floodMs };
  } finally {
    await echoes.close();
  }
}

/** How many times longer the p95 of a page is in the flood than in the quiet. */
export const slowdown = ({ quietMs, floodMs }: FloodFigures): number =>
  percentile(floodMs, 0.95) / percentile(quietMs, 0.95);

type Database = Awaited<ReturnType<Awaited<ReturnType<typeof startEchoes>>['worker']['getD1Database']>>;

/** A signed-in person: the cookie of their browser. */
async function person(db: Database): Promise<string> {
  const [secret, userId] = ['secret-of-the-person', `usr_${'0'.repeat(26)}`];
  const now = Date.now();
  const hash = createHash('sha256').update(secret).digest('base64url');
  await db.batch([
    db.prepare('INSERT INTO users (id, created_at) VALUES (?1, 1)').bind(userId),
    db.prepare('INSERT INTO credit_accounts (user_id) VALUES (?1)').bind(userId),
    db
      .prepare('INSERT INTO profiles (user_id, google_sub, email, name, updated_at) VALUES (?1, ?1, ?1, ?1, 1)')
      .bind(userId),
    db
      .prepare(
        "INSERT INTO sessions (id_hash, user_id, user_agent, created_at, seen_at, expires_at) VALUES (?1, ?2, '', ?3, ?3, ?4)",
      )
      .bind(hash, userId, now, now + 1e9),
  ]);
  return `echoes=${secret}`;
}

async function rowsOf(db: Database): Promise<number> {
  const { results } = await db
    .prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'",
    )
    .all<{ name: string }>();
  const counts = await Promise.all(
    results.map(({ name }) => db.prepare(`SELECT count(*) AS n FROM ${name}`).first<number>('n')),
  );
  return counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}
