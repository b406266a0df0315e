import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import type { Statement } from '~/db/statement';
import type { GenerationFilter, GenerationRow } from './generations';
import { endedStatements, mostOpen, openStatements, providersStatement, rangeOf } from './generations-query';

/** A page of tries, newest first. `isCut`: more are open than are looked at, and the list has those that moved longest ago. */
export interface GenerationsPage {
  rows: GenerationRow[];
  /** The id to go on before, or null at the end. */
  next: string | null;
  isCut: boolean;
  /** Providers that have tries, for the filter. */
  providers: string[];
  now: number;
}

/** The list of all tries. What it reads grows with the page, not with what there is. */
export function createGenerationList({ db, clock }: { db: Database; clock: Clock }) {
  const prepared = ({ sql, params }: Statement) => db.$client.prepare(sql).bind(...params);

  async function answersTo(statements: readonly Statement[]): Promise<GenerationRow[][]> {
    if (statements.length === 0) return [];
    return (await db.$client.batch<GenerationRow>(statements.map(prepared))).map(({ results }) => results);
  }

  return {
    async list(asked: GenerationFilter, limit: number): Promise<GenerationsPage> {
      const now = clock();
      const found = await prepared(providersStatement).all<{ provider: string }>();
      const providers = found.results.map(({ provider }) => provider);
      const { from, to } = rangeOf(asked, now);
      const isOpen = asked.reason === null && !['ready', 'failed', 'canceled', null].includes(asked.state);
      const answers = await answersTo(
        isOpen ? openStatements(asked, providers) : endedStatements(asked, { from, to, limit: limit + 1, providers }),
      );
      const rows = answers
        .flat()
        .filter(({ id }) => id >= from && id < to)
        .sort((a, b) => (a.id < b.id ? 1 : -1));
      const next = rows.length > limit ? (rows[limit - 1]?.id ?? null) : null;
      const isCut = isOpen && answers.some((answer) => answer.length === mostOpen);
      return { rows: rows.slice(0, limit), next, isCut, providers, now };
    },
  };
}
