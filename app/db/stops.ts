// Stops: which open generations a person may cancel, spelled once for the statement that cancels and for the reads of pages.
// The laws are in migrations/0019_stops.sql.
import { openStates, type Statement, statement } from './statement';

/**
 * True for a row of `generations` with nothing at its provider, or with a task that the provider can still stop. A finished
 * task is being copied and can no longer be stopped.
 */
const stoppable = `state IN ('queued','submitting','generating') AND ((submit_nonce IS NULL AND provider_task_id IS NULL)
  OR can_stop = 'always' OR (can_stop = 'queued' AND provider_status IS NOT 'running'))`;

/** How many generations of the person ?1 (all their accounts) were canceled after a submit in the 24 hours before ?2 (ms). */
const stopsOfDay = `(SELECT count(*) FROM users me JOIN users same ON same.account_hash = me.account_hash
  JOIN generations s ON s.user_id = same.id AND s.state = 'canceled' AND s.submits > 0 AND s.state_at > ?2 - 86400000
  WHERE me.id = ?1)`;

/** SQL: how many more such stops the person ?1 has at ?2 (ms). The default is that of the setting, as in the law. */
export const stopsLeft = `max(0, coalesce((SELECT CAST(value AS INTEGER) FROM settings WHERE key = 'mostStopsPerDay'), 5) - ${stopsOfDay})`;

/**
 * Cancels those of a person's generations that may be stopped; a trigger returns their credits. `ids` null: all that are
 * open and no task yet, for a provider is asked first whether its task is still at work. One that was submitted uses one of
 * the day's stops, and goes on where none is left. `now` in ms.
 */
export const cancelStatement = ({
  userId,
  ids,
  now,
}: {
  userId: string;
  ids: readonly string[] | null;
  now: number;
}): Statement =>
  statement(
    `UPDATE generations SET state = 'canceled', state_at = ?2
     WHERE user_id = ?1 AND state IN ${openStates} AND (?3 IS NULL OR id IN (SELECT value FROM json_each(?3)))
       AND ${stoppable} AND (?3 IS NOT NULL OR provider_task_id IS NULL) AND (submits = 0 OR id IN (SELECT id FROM generations
         WHERE user_id = ?1 AND state IN ${openStates} AND (?3 IS NULL OR id IN (SELECT value FROM json_each(?3)))
           AND ${stoppable} AND (?3 IS NOT NULL OR provider_task_id IS NULL) AND submits > 0 ORDER BY id LIMIT ${stopsLeft}))`,
    userId,
    now,
    ids && JSON.stringify(ids),
  );
