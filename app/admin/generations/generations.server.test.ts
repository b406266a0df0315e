import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Statement } from '~/db/statement';
import { seedPerson, seedProject, testServices } from '~/testing/services';
import { ageInWords, type GenerationFilter, idAt, troubleOf } from './generations';
import { endedStatements, openStatements, providersStatement, rangeOf } from './generations-query';

const now = 1_900_000_000_000;
const minute = 60_000;
const generationCount = 5000;
const pageOf = 50;
const providers = ['fal', 'luma', 'runway'];
const all: GenerationFilter = {
  state: null,
  provider: null,
  reason: null,
  olderThan: null,
  youngerThan: null,
  before: null,
};

/** One generation a minute, each ended before the next began; nearly all at one provider and for one reason, the newest is open. */
beforeAll(async () => {
  const userId = await seedPerson({ credits: generationCount });
  const { clipIds } = await seedProject({ userId });
  const insert = env.DB.prepare(
    `INSERT INTO generations (id, user_id, clip_id, request_key, cost, state_at, deadline_at, provider, model, preset_id,
       words, prompt, shape, duration_seconds, frame_x, frame_y, frame_zoom, created_at)
     VALUES (?1, ?2, ?3, ?4, 1, ?5, ?5 + 1800000, ?6, 'm', 'gentle', '', 'x', '9:16', 5, 0.5, 0.5, 1, ?5)`,
  );
  const end = env.DB.prepare('UPDATE generations SET state = ?2, failure_reason = ?3 WHERE id = ?1');
  for (let from = 0; from < generationCount; from += 500) {
    const statements = Array.from({ length: 500 }, (_, index) => from + index).flatMap((number) => {
      const createdAt = now - (generationCount - number) * minute;
      const id = `${idAt(createdAt)}${`${number}`.padStart(16, '0')}`;
      const provider = number % 1000 === 7 ? 'luma' : number % 1000 === 8 ? 'fal' : 'runway';
      const made = insert.bind(id, userId, clipIds[0], `request-${number}`, createdAt, provider);
      if (number === generationCount - 1) return [made];
      const reason = number % 500 === 10 ? 'lost' : 'retryable';
      return [made, number % 3 === 0 ? end.bind(id, 'canceled', null) : end.bind(id, 'failed', reason)];
    });
    await env.DB.batch(statements);
  }
});

async function cost({ sql, params }: Statement) {
  const plan = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...params)
    .all<{ detail: string }>();
  const { meta } = await env.DB.prepare(sql)
    .bind(...params)
    .all();
  return { plan: plan.results.map(({ detail }) => detail).join('; '), rowsRead: meta.rows_read };
}

const questions: [string, Partial<GenerationFilter>, RegExp][] = [
  ['everything', {}, /sqlite_autoindex_generations/],
  ['the oldest hour', { olderThan: 7 * 24 * 60 }, /sqlite_autoindex_generations/],
  ['a common end', { state: 'failed' }, /generations_ended /],
  ['an end that there is none of', { state: 'ready' }, /generations_ended /],
  ['a common provider', { provider: 'runway' }, /generations_by_provider/],
  ['a rare provider', { provider: 'fal' }, /generations_by_provider/],
  ['a rare provider and a state', { provider: 'luma', state: 'canceled' }, /generations_ended_at_provider/],
  ['a common error', { reason: 'retryable' }, /generations_failed/],
  ['a rare error', { reason: 'lost' }, /generations_failed/],
  ['an error nobody has', { reason: 'auth', provider: 'runway' }, /generations_failed/],
  ['a rare error that is old', { reason: 'lost', olderThan: 24 * 60 }, /generations_failed/],
  ['a state, young', { state: 'failed', youngerThan: 60 }, /generations_ended /],
  ['what is open', { state: 'open' }, /generations_open /],
  ['what is open at a provider', { state: 'open', provider: 'runway' }, /generations_open_at_provider/],
  ['what is copied now', { state: 'copying' }, /generations_open_at_provider/],
];

describe('the list of generations', () => {
  it.each(questions)(
    'the list reads one page of %s from an index, without a large sort',
    async (_name, filter, index) => {
      const asked = { ...all, ...filter };
      const range = { ...rangeOf(asked, now), limit: pageOf + 1, providers };
      const isOpen = ['open', 'queued', 'copying'].includes(asked.state ?? '');
      const statements = isOpen ? openStatements(asked, providers) : endedStatements(asked, range);
      for (const statement of statements) {
        const { plan, rowsRead } = await cost(statement);
        expect(plan).toMatch(index);
        expect(plan).not.toMatch(/SCAN g|TEMP B-TREE/);
        // Each row of the page, and its person.
        expect(rowsRead).toBeLessThanOrEqual(3 * (pageOf + 1));
      }
    },
  );

  it('the list finds the providers without reading their generations', async () => {
    const { rowsRead } = await cost(providersStatement);
    expect(rowsRead).toBeLessThan(30);
  });

  it('the list pages every filter by id: each generation once, newest first', async () => {
    const { admin } = testServices({ clock: () => now });
    for (const filter of [{ reason: 'lost' }, { provider: 'luma' }, { state: 'failed', provider: 'fal' }] as const) {
      const ids: string[] = [];
      let before: string | null = null;
      do {
        const page = await admin.generations({ ...all, ...filter, before }, 3);
        ids.push(...page.rows.map(({ id }) => id));
        before = page.next;
      } while (before !== null);
      expect(ids).toEqual([...new Set(ids)].sort().reverse());
      const { results } = await env.DB.prepare(
        `SELECT count(*) AS count FROM generations WHERE (?1 IS NULL OR failure_reason = ?1)
           AND (?2 IS NULL OR provider = ?2) AND (?3 IS NULL OR state = ?3)`,
      )
        .bind(
          'reason' in filter ? filter.reason : null,
          'provider' in filter ? filter.provider : null,
          'state' in filter ? filter.state : null,
        )
        .all<{ count: number }>();
      expect(ids.length).toBe(results[0]?.count);
    }
  });

  it('the list filters by age', async () => {
    const { admin } = testServices({ clock: () => now });
    const young = await admin.generations({ ...all, youngerThan: 60 }, 100);
    expect(young.rows.length).toBe(60);
    const old = await admin.generations({ ...all, olderThan: 60 }, 1);
    expect(now - (old.rows[0]?.createdAt ?? 0)).toBe(61 * minute);
    expect((await admin.generations({ ...all, state: 'open' }, 9)).rows.map(({ state }) => state)).toEqual(['queued']);
  });
});

it('an open generation is overdue past its deadline, and stale after five minutes without a change of state', () => {
  const generation = { state: 'generating', stateAt: now - 6 * minute, deadlineAt: now + 1 } as const;
  expect(troubleOf(generation, now)).toBe('stale');
  expect(troubleOf({ ...generation, deadlineAt: now - 1 }, now)).toBe('overdue');
  expect(troubleOf({ ...generation, state: 'queued' }, now)).toBeNull();
  expect(troubleOf({ ...generation, state: 'ready', deadlineAt: 0 }, now)).toBeNull();
  expect([30_000, 180_000, 7_200_000, 200_000_000].map(ageInWords)).toEqual(['30 s', '3 min', '2 h', '2 d']);
});
