import { describe, expect, it } from 'vitest';
import { readMigrations } from '../simulator/database.ts';
import { livedInDatabase } from './lived-in.ts';
import { defaultsBehindLaws, fuzzSchema } from './run.ts';
import { readTables } from './statements.ts';

/** `npm run nightly` sends more, from another seed each night. */
const statements = Number(process.env.FUZZ_STATEMENTS ?? 3_000);
const seed = Number(process.env.FUZZ_SEED ?? 20_261_130);
const migrations = readMigrations();

describe('random single statements against a lived-in database', { timeout: 900_000 }, () => {
  it('every table has rows to begin with', () => {
    const database = livedInDatabase(migrations);
    expect(readTables(database).flatMap(({ name, rows }) => (rows.length === 0 ? [name] : []))).toEqual([]);
    database.close();
  });

  it(`no statement that the schema takes breaks an invariant, of ${statements} with seed ${seed}`, () => {
    const { holes, accepted, refused } = fuzzSchema({ migrations, seed, statements });
    expect(holes).toEqual([]);
    // Neither side is empty: many statements go through, in most tables, and many do not.
    const total = [...accepted.values()].reduce((sum, count) => sum + count, 0);
    expect(total).toBeGreaterThan(statements / 8);
    expect(refused).toBeGreaterThan(statements / 4);
    expect(new Set([...accepted.keys()].map((what) => what.split(' ')[1])).size).toBeGreaterThan(20);
  });

  it('no default is written behind the laws against an invariant, in any row', () => {
    expect(defaultsBehindLaws(migrations)).toEqual([]);
  });

  it('the same seed gives the same statements', () => {
    const twice = [1, 2].map(() => fuzzSchema({ migrations, seed: 7, statements: 200 }));
    expect(twice[0]?.accepted).toEqual(twice[1]?.accepted);
  });
});

describe('a law that is missing', { timeout: 300_000 }, () => {
  // Of each kind of invariant, one law whose absence a few thousand statements to its table find.
  it.each([
    ['clips_8_latest', 'clips'],
    ['clips_9_ready', 'clips'],
    ['clips_5_approval', 'clips'],
    ['entries_7_no_update', 'credit_entries'],
    ['purchases_8_session', 'purchases'],
    ['sessions_2_frozen', 'sessions'],
    ['share_networks_4_fresh', 'share_networks'],
  ])('the fuzz finds a statement that gets through without %s', (law, table) => {
    const { holes } = fuzzSchema({ migrations, seed: 3, statements: 10_000, table, schema: `DROP TRIGGER ${law}` });
    expect(holes).not.toEqual([]);
  });
});
