// Who is let in next at a provider, in SQL as data. Turns go round by person: whoever has the fewest films at the provider
// goes first, the older wish where two have as many, so that one person with fifty photos never holds up another with one.
// Everything reads the index of what is open at the provider; what has ended costs nothing, however much there is.
import { openStates, type Statement } from '~/db/statement';

/** Tries let through after a pause, to see whether the provider works again. */
const probes = 3;

/**
 * Everything open at a provider. `number` is the row's own (rows are numbered in the order of the wishes), `round` how
 * many films its person has there before it.
 */
const openAtProvider = (provider: string) => `
  here AS (
    SELECT rowid AS number, state = 'queued' AS waits, state IN ('submitting','generating') AS isIn,
      row_number() OVER (PARTITION BY user_id, state = 'queued' ORDER BY rowid)
        + sum(state IN ('submitting','generating')) OVER (PARTITION BY user_id) AS round
    FROM generations WHERE provider = ${provider} AND state IN ${openStates}),
  turns AS (SELECT number, row_number() OVER (ORDER BY round, number) AS turn FROM here WHERE waits)`;

/** ?1 provider, ?2 now in ms, ?3 places there. */
const freeSlots = `
  room AS (
    SELECT CASE
      WHEN b.open_until > ?2 THEN 0
      WHEN b.provider IS NOT NULL THEN ${probes} - (SELECT count(*) FROM generations
        WHERE provider = ?1 AND state IN ${openStates} AND state IN ('submitting','generating') AND state_at >= b.open_until)
      ELSE ?3 - (SELECT count(*) FROM here WHERE isIn) END AS free
    FROM (SELECT 1) LEFT JOIN provider_breakers b ON b.provider = ?1)`;

const isResting = 'EXISTS (SELECT 1 FROM provider_breakers b WHERE b.provider = ?1 AND b.open_until > ?2)';

/** What asks for a place: `now` in ms, `places` that the provider has for us. */
export interface Admission {
  provider: string;
  now: number;
  slots: number;
}

/**
 * queued → submitting, for a try that has its turn and finds a free place; everything else stays in line. While the
 * provider rests nobody is let in, and the first to ask is told so in its timeline.
 */
export function beginStatements({ id, provider, now, slots }: Admission & { id: string }): Statement[] {
  return [
    {
      sql: `INSERT INTO generation_steps (generation_id, at, what, detail)
            SELECT g.id, ?2, 'held-back', 'the provider rests' FROM generations g
            WHERE g.id = ?3 AND g.state = 'queued' AND g.provider_status IS NOT 'held-back' AND ${isResting}`,
      params: [provider, now, id],
    },
    {
      sql: `UPDATE generations SET provider_status = 'held-back'
            WHERE id = ?3 AND state = 'queued' AND provider_status IS NOT 'held-back' AND ${isResting}`,
      params: [provider, now, id],
    },
    {
      sql: `WITH ${openAtProvider('?1')}, ${freeSlots}
            UPDATE generations SET state = 'submitting', provider_status = NULL, state_at = ?2
            WHERE id = ?4 AND state = 'queued'
              AND rowid IN (SELECT number FROM turns WHERE turn <= (SELECT free FROM room))`,
      params: [provider, now, slots, id],
    },
  ];
}

/** The tries (`id`) that may be let in now, the next one first; none where nothing is free. */
export function nextAdmissionsStatement({ provider, now, slots }: Admission): Statement {
  return {
    sql: `WITH ${openAtProvider('?1')}, ${freeSlots}
          SELECT g.id FROM turns JOIN generations g ON g.rowid = turns.number
          WHERE turn <= (SELECT free FROM room) ORDER BY turn LIMIT 20`,
    params: [provider, now, slots],
  };
}

/** How many tries are let in before this one (`ahead`); no row when it does not wait, or is somebody else's. */
export function queuePositionStatement({ userId, generationId }: { userId: string; generationId: string }): Statement {
  return {
    sql: `WITH mine AS (SELECT rowid AS number, provider FROM generations
            WHERE id = ?1 AND user_id = ?2 AND state = 'queued'),
          ${openAtProvider('(SELECT provider FROM mine)')}
          SELECT turn - 1 AS ahead FROM turns WHERE number = (SELECT number FROM mine)`,
    params: [generationId, userId],
  };
}

/** The providers that somebody waits for. */
export const queuedProvidersStatement: Statement = {
  sql: `SELECT DISTINCT provider FROM generations WHERE state IN ${openStates} AND state = 'queued'`,
  params: [],
};
