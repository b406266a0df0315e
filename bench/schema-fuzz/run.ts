import { createRandom } from '../simulator/random.ts';
import { invariants } from './invariants.ts';
import { livedInDatabase } from './lived-in.ts';
import { randomStatement, readTables } from './statements.ts';

/** A statement that the schema took although it breaks an invariant. */
interface Hole {
  seed: number;
  number: number;
  statement: string;
  broken: string;
  rows: string;
}

export interface FuzzResult {
  holes: Hole[];
  /** How many statements changed something, by table and first word. */
  accepted: ReadonlyMap<string, number>;
  refused: number;
}

/** Accepted statements that stay, so that later ones meet another database; the others are taken back. */
const staying = 0.1;
/** Statements until the database is made anew. */
const perDatabase = 1_000;

/**
 * Sends random single statements to a lived-in database and checks every invariant after each one that changed something.
 * The same seed gives the same statements. `schema`: changes of the schema, to plant a missing law.
 */
export function fuzzSchema({
  migrations,
  seed,
  statements,
  schema = '',
  mostHoles = 1,
}: {
  migrations: readonly string[];
  seed: number;
  statements: number;
  schema?: string;
  mostHoles?: number;
}): FuzzResult {
  const random = createRandom(seed);
  const holes: Hole[] = [];
  const accepted = new Map<string, number>();
  let refused = 0;
  for (let number = 0; number < statements && holes.length < mostHoles; ) {
    const database = livedInDatabase(migrations, schema);
    database.exec("ATTACH ':memory:' AS earlier");
    const names = readTables(database).map(({ name }) => name);
    for (const name of names) database.exec(`CREATE TABLE earlier.${name} AS SELECT * FROM main.${name}`);
    /** Copies the tables that differ into `earlier`. */
    const remember = () => {
      for (const name of names) {
        database.exec(`DELETE FROM earlier.${name}`);
        database.exec(`INSERT INTO earlier.${name} SELECT * FROM main.${name}`);
      }
    };
    let tables = readTables(database);
    for (let turn = 0; turn < perDatabase && number < statements && holes.length < mostHoles; turn += 1) {
      number += 1;
      const text = randomStatement(tables, random);
      const keep = random.chance(staying);
      database.exec('SAVEPOINT one');
      const [{ before = 0 } = {}] = database.all<{ before: number }>('SELECT total_changes() AS before');
      try {
        database.exec(text);
      } catch {
        refused += 1;
        database.exec('ROLLBACK TO one; RELEASE one');
        continue;
      }
      const [{ after = 0 } = {}] = database.all<{ after: number }>('SELECT total_changes() AS after');
      let isSound = true;
      if (after > before) {
        const [verb = '', table = ''] = /^(\w+)(?: OR \w+)?(?: INTO| FROM)? (\w+)/.exec(text)?.slice(1) ?? [];
        accepted.set(`${verb} ${table}`, (accepted.get(`${verb} ${table}`) ?? 0) + 1);
        for (const [broken, sql] of Object.entries(invariants)) {
          const rows = database.all(sql);
          if (rows.length === 0) continue;
          isSound = false;
          holes.push({ seed, number, statement: text, broken, rows: JSON.stringify(rows.slice(0, 2)) });
        }
      }
      if (isSound && keep && after > before) {
        database.exec('RELEASE one');
        remember();
        tables = readTables(database);
      } else database.exec('ROLLBACK TO one; RELEASE one');
    }
    database.close();
  }
  return { holes, accepted, refused };
}
