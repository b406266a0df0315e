// One way to write SQL by hand: a statement is data, and these four functions send it to D1. The pure files that make
// statements are also used by the simulator and the audit, which send them to SQLite.

/** A value that a statement binds. */
export type SqlValue = string | number | null;

/** SQL with numbered parameters (`?1`, `?2`, …) and the values for them. */
export interface Statement {
  sql: string;
  params: readonly SqlValue[];
}

/** The generation states that are not final, spelled as the partial indexes spell them: other words would miss them. */
export const openStates = "('queued','submitting','generating','copying')";

/**
 * The ids of all accounts that a person's Google account has had, as SQL: what is limited per person is counted over them.
 * `parameter`: the number of the parameter with one of the ids.
 */
export const sameAccount = (parameter: `?${number}`) =>
  `(SELECT same.id FROM users me JOIN users same ON same.account_hash = me.account_hash WHERE me.id = ${parameter})`;

/** Makes a statement of SQL and its values, in the order of their numbers. */
export const statement = (sql: string, ...params: readonly SqlValue[]): Statement => ({ sql, params });

/** A query of drizzle as a statement. */
export function statementOf(query: { toSQL(): { sql: string; params: unknown[] } }): Statement {
  const { sql, params } = query.toSQL();
  return statement(sql, ...(params as SqlValue[]));
}

/** What the functions below need of the database. */
interface Client {
  $client: D1Database;
}

const prepare = ({ $client }: Client, { sql, params }: Statement): D1PreparedStatement =>
  $client.prepare(sql).bind(...params);

/** Runs a write. It does not return the number of changed rows: writes are compare-and-set, and their effect is read back. */
export async function run(db: Client, write: Statement): Promise<void> {
  await prepare(db, write).run();
}

/** All rows that a read returns. */
export async function all<Row>(db: Client, read: Statement): Promise<Row[]> {
  return (await prepare(db, read).all<Row>()).results;
}

/** The first row that a read returns, or null. */
export async function first<Row>(db: Client, read: Statement): Promise<Row | null> {
  return prepare(db, read).first<Row>();
}

/** Sends statements as one transaction: all of them happen or none. Returns the rows of each, in their order. */
export async function batch<Row>(db: Client, statements: readonly Statement[]): Promise<Row[][]> {
  if (statements.length === 0) return [];
  const results = await db.$client.batch<Row>(statements.map((one) => prepare(db, one)));
  return results.map(({ results: rows }) => rows);
}
