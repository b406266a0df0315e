import { createRandom } from '../simulator/random.ts';
import { invariants } from './invariants.ts';
import { livedInDatabase } from './lived-in.ts';
import { defaultsByReplace, randomStatement, readTables } from './statements.ts';

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
 * The same seed gives the same statements. `schema`: changes of the schema, to plant a missing law; `table`: the only one
 * that statements are sent to.
 */
export function fuzzSchema({
  migrations,
  seed,
  statements,
  schema = '',
  table: only,
  mostHoles = 1,
}: {
  migrations: readonly string[];
  seed: number;
  statements: number;
  schema?: string;
  table?: string;
  mostHoles?: number;
}): FuzzResult {
  const random = createRandom(seed);
  const holes: Hole[] = [];
  const accepted = new Map<string, number>();
  let refused = 0;
  for (let number = 0; number < statements && holes.length < mostHoles; ) {
    const { database, remember, send } = watchedDatabase(migrations, schema);
    let tables = readTables(database);
    for (let turn = 0; turn < perDatabase && number < statements && holes.length < mostHoles; turn += 1) {
      number += 1;
      const statement = randomStatement(tables, random, only);
      const keep = random.chance(staying);
      const { outcome, broken } = send(statement);
      if (outcome === 'refused') refused += 1;
      if (outcome === 'changed') {
        const [verb = '', table = ''] = /^(\w+)(?: OR \w+)?(?: INTO| FROM)? (\w+)/.exec(statement)?.slice(1) ?? [];
        accepted.set(`${verb} ${table}`, (accepted.get(`${verb} ${table}`) ?? 0) + 1);
        holes.push(...broken.map((one) => ({ seed, number, statement, ...one })));
      }
      if (outcome === 'changed' && broken.length === 0 && keep) {
        database.exec('RELEASE one');
        remember();
        tables = readTables(database);
      } else database.exec('ROLLBACK TO one; RELEASE one');
    }
    database.close();
  }
  return { holes, accepted, refused };
}

/** The columns whose default can be written behind the laws against an invariant, with that invariant. */
export function defaultsBehindLaws(migrations: readonly string[]): string[] {
  const { database, send } = watchedDatabase(migrations);
  const found = new Set<string>();
  for (const statement of defaultsByReplace(database)) {
    for (const { broken } of send(statement).broken) found.add(`${statement.split(' WHERE ')[0]}: ${broken}`);
    database.exec('ROLLBACK TO one; RELEASE one');
  }
  database.close();
  return [...found];
}

/** A lived-in database beside a copy of its rows, with which the invariants compare it. */
function watchedDatabase(migrations: readonly string[], schema = '') {
  const database = livedInDatabase(migrations, schema);
  database.exec("ATTACH ':memory:' AS earlier");
  const names = readTables(database).map(({ name }) => name);
  for (const name of names) database.exec(`CREATE TABLE earlier.${name} AS SELECT * FROM main.${name}`);
  const changes = () => database.all<{ count: number }>('SELECT total_changes() AS count')[0]?.count ?? 0;
  return {
    database,

    /** Copies the tables as they are. */
    remember() {
      for (const name of names) {
        database.exec(`DELETE FROM earlier.${name}`);
        database.exec(`INSERT INTO earlier.${name} SELECT * FROM main.${name}`);
      }
    },

    /** Runs a statement inside the savepoint `one`, which stays open; `broken`: the invariants that it breaks. */
    send(statement: string): { outcome: 'refused' | 'unchanged' | 'changed'; broken: Pick<Hole, 'broken' | 'rows'>[] } {
      database.exec('SAVEPOINT one');
      const before = changes();
      try {
        database.exec(statement);
      } catch {
        return { outcome: 'refused', broken: [] };
      }
      if (changes() === before) return { outcome: 'unchanged', broken: [] };
      const broken = Object.entries(invariants).flatMap(([name, sql]) => {
        const rows = database.all(sql);
        return rows.length === 0 ? [] : [{ broken: name, rows: JSON.stringify(rows.slice(0, 2)) }];
      });
      return { outcome: 'changed', broken };
    },
  };
}
