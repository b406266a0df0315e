import type { Database } from '~/db/client.server';
import { all, batch } from '~/db/statement';
import type { GenerationFilter, GenerationRow } from './generations';
import { endedStatements, mostOpen, openStatements, providersStatement, rangeOf } from './generations-query';

/** A page of generations, newest first. */
export interface GenerationsPage {
  rows: GenerationRow[];
  /** The id before which the next page begins; null at the end. */
  next: string | null;
  /** True if one page cannot hold all open generations; it holds those whose state changed longest ago. */
  isCut: boolean;
  /** Providers that have generations, for the filter. */
  providers: string[];
  now: number;
}

/** Lists generations by a filter. Rows read grow with the page, not with the history. `now` in ms. */
export async function listGenerations(
  { db, now }: { db: Database; now: number },
  filter: GenerationFilter,
  limit: number,
): Promise<GenerationsPage> {
  const providers = (await all<{ provider: string }>(db, providersStatement)).map(({ provider }) => provider);
  const { from, to } = rangeOf(filter, now);
  const isOpen = filter.reason === null && !['ready', 'failed', 'canceled', null].includes(filter.state);
  const answers = await batch<GenerationRow>(
    db,
    isOpen ? openStatements(filter, providers) : endedStatements(filter, { from, to, limit: limit + 1, providers }),
  );
  const rows = answers
    .flat()
    .filter(({ id }) => id >= from && id < to)
    .sort((a, b) => (a.id < b.id ? 1 : -1));
  const next = rows.length > limit ? (rows[limit - 1]?.id ?? null) : null;
  const isCut = isOpen && answers.some((answer) => answer.length === mostOpen);
  return { rows: rows.slice(0, limit), next, isCut, providers, now };
}
