// The list of generations as statements. Each reads one page from one index, in the order of that index, and skips no row.
import { openStates, type Statement } from '~/db/statement';
import { type GenerationFilter, idAt } from './generations';

/** Open generations that one statement reads at most; those whose state changed longest ago come first. */
export const mostOpen = 400;

const rows = `
  SELECT g.id, g.user_id AS userId, p.name, g.state, g.created_at AS createdAt, g.state_at AS stateAt,
    g.deadline_at AS deadlineAt, g.provider, g.model, g.provider_status AS providerStatus,
    g.failure_reason AS failureReason, g.submits
  FROM generations g`;
const person = 'LEFT JOIN profiles p ON p.user_id = g.user_id';
/** Spelled as in the partial indexes, which SQLite uses only for the same words. */
const ended = "g.state IN ('ready','failed','canceled')";
const page = 'AND g.id >= ?1 AND g.id < ?2 ORDER BY g.id DESC LIMIT ?3';
const afterAll = 'gen_~';

/** The providers that have generations: jumps from one to the next in the index. */
export const providersStatement: Statement = {
  sql: `WITH RECURSIVE found(provider) AS (
      SELECT min(provider) FROM generations
      UNION ALL
      SELECT (SELECT min(g.provider) FROM generations g WHERE g.provider > found.provider) FROM found
      WHERE found.provider IS NOT NULL
    ) SELECT provider FROM found WHERE provider IS NOT NULL`,
  params: [],
};

/** The range of ids that a filter allows. */
export function rangeOf(
  { olderThan, youngerThan, before }: GenerationFilter,
  now: number,
): { from: string; to: string } {
  const from = youngerThan === null ? '' : idAt(now - youngerThan * 60_000);
  const to = olderThan === null ? afterAll : idAt(now - olderThan * 60_000);
  return { from, to: before !== null && before < to ? before : to };
}

/** The statements whose rows together hold the page, each the newest `limit` in its range; for all but open generations. */
export function endedStatements(
  { state, provider, reason }: GenerationFilter,
  { from, to, limit, providers }: { from: string; to: string; limit: number; providers: readonly string[] },
): Statement[] {
  const params = [from, to, limit];
  if (reason !== null)
    // The index of reasons is ordered by provider, then by time.
    return (provider === null ? providers : [provider]).map((one) => ({
      sql: `${rows} ${person} WHERE g.failure_reason = ?4 AND g.provider = ?5 ${page}`,
      params: [...params, reason, one],
    }));
  if (state !== null)
    return provider === null
      ? [{ sql: `${rows} ${person} WHERE ${ended} AND g.state = ?4 ${page}`, params: [...params, state] }]
      : [
          {
            // Without the hint SQLite uses the index of states and scans all providers.
            sql: `${rows} INDEXED BY generations_ended_at_provider ${person} WHERE ${ended} AND g.provider = ?4 AND g.state = ?5 ${page}`,
            params: [...params, provider, state],
          },
        ];
  return provider === null
    ? [{ sql: `${rows} ${person} WHERE true ${page}`, params }]
    : [{ sql: `${rows} ${person} WHERE g.provider = ?4 ${page}`, params: [...params, provider] }];
}

/** The statements for open generations, unordered: all of a provider in a state, or those that moved longest ago. */
export function openStatements(
  { state, provider }: Pick<GenerationFilter, 'state' | 'provider'>,
  providers: readonly string[],
): Statement[] {
  const open = `g.state IN ${openStates}`;
  if (state === 'open' && provider === null)
    return [
      { sql: `${rows} ${person} WHERE ${open} AND g.state_at >= 0 ORDER BY g.state_at LIMIT ?1`, params: [mostOpen] },
    ];
  const states = state === 'open' ? ['queued', 'submitting', 'generating', 'copying'] : [state];
  return (provider === null ? providers : [provider]).flatMap((one) =>
    states.map((each) => ({
      sql: `${rows} ${person} WHERE ${open} AND g.provider = ?1 AND g.state = ?2 LIMIT ?3`,
      params: [one, each, mostOpen],
    })),
  );
}
