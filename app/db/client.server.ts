import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1';
import { type Ask, createAsk } from './reads.server';

/**
 * D1 through drizzle for reads and plain writes; `ask` for the reads that every page makes, which travel together;
 * `$client` is the binding itself, for the statements of the ledger.
 */
export type Database = DrizzleD1Database & { $client: D1Database; ask: Ask };

/** Opens the database. Once per request, so without drizzle's relational queries, whose set-up costs more than a page. */
export function createDatabase(binding: D1Database): Database {
  return Object.assign(drizzle(binding), { ask: createAsk(binding) });
}

/** The law a failed write ran into (`ledger:overdraft`, `generation:duplicate-request`, …), or null for any other error. */
export function brokenLaw(error: unknown): string | null {
  // drizzle wraps the error of D1; the text we raise is in one of the two.
  const text = `${error instanceof Error ? error.message : error} ${error instanceof Error && error.cause ? error.cause : ''}`;
  return (
    /(?:ledger|generation|clip|timeline|purchase|reversal|referral|share|feedback|adjustment|desk):[a-z-]+/.exec(
      text,
    )?.[0] ?? null
  );
}
