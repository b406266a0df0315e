import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1';
import { lawNouns } from './laws.server';
import { type Ask, createAsk } from './reads.server';

/**
 * D1 through drizzle for reads and plain writes; `ask` sends the reads of a page as one batch; `$client` is the binding,
 * for hand-written statements (`statement.ts`).
 */
export type Database = DrizzleD1Database & { $client: D1Database; ask: Ask };

/** Opens the database, once per request: drizzle's relational queries are left out, their set-up takes more CPU than a page. */
export function createDatabase(binding: D1Database): Database {
  return Object.assign(drizzle(binding), { ask: createAsk(binding) });
}

const lawName = new RegExp(`\\b(?:${lawNouns.join('|')}):[a-z-]+`);

/** The law that refused a write (`ledger:overdraft`, `generation:duplicate-request`, …), or null for any other error. */
export function brokenLaw(error: unknown): string | null {
  // drizzle wraps D1's error: the raised text is in the message of the error or of its cause.
  const text = `${error instanceof Error ? error.message : error} ${error instanceof Error && error.cause ? error.cause : ''}`;
  return lawName.exec(text)?.[0] ?? null;
}
