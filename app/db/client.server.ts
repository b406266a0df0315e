import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1';
import * as schema from './schema.server';

/** D1 through drizzle for reads and plain writes; `$client` is the binding itself, for the statements of the ledger. */
export type Database = DrizzleD1Database<typeof schema> & { $client: D1Database };

/** Opens the database. */
export function createDatabase(binding: D1Database): Database {
  return drizzle(binding, { schema });
}

/** The law a failed write ran into (`ledger:overdraft`, `generation:duplicate-request`, …), or null for any other error. */
export function brokenLaw(error: unknown): string | null {
  // drizzle wraps the error of D1; the text we raise is in one of the two.
  const text = `${error instanceof Error ? error.message : error} ${error instanceof Error && error.cause ? error.cause : ''}`;
  return /(?:ledger|generation|clip|timeline):[a-z-]+/.exec(text)?.[0] ?? null;
}
