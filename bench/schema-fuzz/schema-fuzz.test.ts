import { describe, expect, it } from 'vitest';
import { readMigrations } from '../simulator/database.ts';
import { livedInDatabase } from './lived-in.ts';
import { fuzzSchema } from './run.ts';
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

  it('the same seed gives the same statements', () => {
    const twice = [1, 2].map(() => fuzzSchema({ migrations, seed: 7, statements: 200 }));
    expect(twice[0]?.accepted).toEqual(twice[1]?.accepted);
  });
});

describe('a law that is missing', { timeout: 300_000 }, () => {
  // Of each kind of invariant, one law whose absence a few thousand statements find.
  const laws = [
    'clips_8_latest',
    'clips_9_ready',
    'clips_5_approval',
    'entries_7_no_update',
    'purchases_8_session',
    'sessions_2_frozen',
  ];
  it.each(laws)('the fuzz finds a statement that gets through without %s', (law) => {
    const { holes } = fuzzSchema({ migrations, seed: 1, statements: 20_000, schema: `DROP TRIGGER ${law}` });
    expect(holes).not.toEqual([]);
  });
});
