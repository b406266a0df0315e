// The order in which a provider's admission queue is served, as SQL. Turns go round by person: first the generations of
// the person with the fewest slots in use, and among equals the oldest, so that fifty photos of one person never hold up
// another person's single one. All statements read the index of open generations per provider; ended ones cost nothing.
import { openStates, type Statement, statement } from '~/db/statement';
import { overBudget } from '~/providers/budget';

/**
 * Generations admitted after a breaker's pause, to see whether the provider works again. An empty account refuses every one,
 * so one is enough there.
 */
const probes = "CASE b.reason WHEN 'out-of-funds' THEN 1 ELSE 3 END";

/**
 * The open generations of a provider. `number` is the rowid, which grows in the order of the starts; `round` is how many
 * of the same person's generations are served before it.
 */
const openAtProvider = (provider: string) => `
  open_here AS (
    SELECT rowid AS number, state = 'queued' AS isQueued, state IN ('submitting','generating') AS hasSlot,
      row_number() OVER (PARTITION BY user_id, state = 'queued' ORDER BY rowid)
        + sum(state IN ('submitting','generating')) OVER (PARTITION BY user_id) AS round
    FROM generations WHERE provider = ${provider} AND state IN ${openStates}),
  turns AS (SELECT number, row_number() OVER (ORDER BY round, number) AS turn FROM open_here WHERE isQueued)`;

/** ?1 provider, ?2 now in ms, ?3 slots. */
const freeSlots = `
  slots AS (
    SELECT CASE
      WHEN b.open_until > ?2 THEN 0
      WHEN b.provider IS NOT NULL THEN ${probes} - (SELECT count(*) FROM generations
        WHERE provider = ?1 AND state IN ${openStates} AND state IN ('submitting','generating') AND state_at >= b.open_until)
      ELSE ?3 - (SELECT count(*) FROM open_here WHERE hasSlot) END AS free
    FROM (SELECT 1) LEFT JOIN provider_breakers b ON b.provider = ?1)`;

/** Why `row` is not admitted now, for the step that says so: null where its provider takes it. ?1 provider, ?2 now in ms. */
const heldBack = (row: string) => `CASE WHEN ${overBudget(row, '?2')} THEN 'budget'
  ELSE (SELECT iif(b.reason = 'out-of-funds', b.reason, 'the provider rests') FROM provider_breakers b
    WHERE b.provider = ?1 AND b.open_until > ?2) END`;

/** An admission at a provider. `now` in ms; `slots` is how many tasks the provider takes side by side. */
export interface Admission {
  provider: string;
  now: number;
  slots: number;
}

/**
 * queued → submitting for a generation whose turn it is and for which a slot is free; any other stays queued. While the
 * provider rests or a budget of the day is used up, none is admitted, and each that asks gets one step that says so.
 */
export function beginStatements({ id, provider, now, slots }: Admission & { id: string }): Statement[] {
  return [
    statement(
      `INSERT INTO generation_steps (generation_id, at, what, detail)
       SELECT id, ?2, 'held-back', why FROM (SELECT g.id, ${heldBack('g')} AS why FROM generations g
         WHERE g.id = ?3 AND g.state = 'queued' AND g.provider_status IS NOT 'held-back')
       WHERE why IS NOT NULL`,
      provider,
      now,
      id,
    ),
    statement(
      `UPDATE generations SET provider_status = 'held-back'
       WHERE id = ?3 AND state = 'queued' AND provider_status IS NOT 'held-back' AND (${heldBack('generations')}) IS NOT NULL`,
      provider,
      now,
      id,
    ),
    statement(
      `WITH ${openAtProvider('?1')}, ${freeSlots}
       UPDATE generations SET state = 'submitting', provider_status = NULL, state_at = ?2
       WHERE id = ?4 AND state = 'queued' AND NOT ${overBudget('generations', '?2')}
         AND rowid IN (SELECT number FROM turns WHERE turn <= (SELECT free FROM slots))`,
      provider,
      now,
      slots,
      id,
    ),
  ];
}

/** The generations (`id`) for which slots are free now, in the order of their turns. */
export const nextAdmissionsStatement = ({ provider, now, slots }: Admission): Statement =>
  statement(
    `WITH ${openAtProvider('?1')}, ${freeSlots}
     SELECT g.id FROM turns JOIN generations g ON g.rowid = turns.number
     WHERE turn <= (SELECT free FROM slots) ORDER BY turn LIMIT 20`,
    provider,
    now,
    slots,
  );

/** The queued generations (`id`) of a provider, oldest first: when its account is found empty, they look for another one. */
export const waitingStatement = (provider: string): Statement =>
  statement(
    `SELECT id FROM generations WHERE provider = ?1 AND state IN ${openStates} AND state = 'queued' ORDER BY rowid LIMIT 50`,
    provider,
  );

/** How many queued generations go first (`ahead`); no row when this one is not queued or not this person's. */
export const queuePositionStatement = ({ userId, generationId }: { userId: string; generationId: string }): Statement =>
  statement(
    `WITH mine AS (SELECT rowid AS number, provider FROM generations
       WHERE id = ?1 AND user_id = ?2 AND state = 'queued'),
     ${openAtProvider('(SELECT provider FROM mine)')}
     SELECT turn - 1 AS ahead FROM turns WHERE number = (SELECT number FROM mine)`,
    generationId,
    userId,
  );

/** The providers with an admission queue. */
export const queuedProvidersStatement: Statement = statement(
  `SELECT DISTINCT provider FROM generations WHERE state IN ${openStates} AND state = 'queued'`,
);
