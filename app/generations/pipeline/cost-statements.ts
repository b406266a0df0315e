// What a submit cost, once it is known, and the move to another provider of what has cost nothing: parts of the machine's writes.
import { type Statement, statement } from '~/db/statement';
import type { CanStop } from '~/providers/video-provider';
import type { KnownCost } from './effects';

/** Where a generation moves to: the provider that the runner has chosen. */
export interface Destination {
  provider: string;
  model: string;
  canStop: CanStop;
  listCents: number;
}

/** The attempt was refused: it is known to cost nothing. */
export const costsNothing = ({ id, nonce }: { id: string; nonce: string }): Statement =>
  statement(
    `UPDATE submit_costs SET cents = 0, is_estimate = 0 WHERE generation_id = ?1 AND nonce = ?2
       AND EXISTS (SELECT 1 FROM generations g WHERE g.id = ?1 AND g.state = 'submitting' AND g.submit_nonce = ?2)`,
    id,
    nonce,
  );

/** What the open task cost, where that is known; comes before the state changes, since the row names the task until then. */
export function costOfTask(id: string, { costCents, isEstimate = false }: KnownCost): Statement[] {
  if (costCents === null) return [];
  return [
    statement(
      `UPDATE submit_costs SET cents = ?2, is_estimate = ?3 WHERE generation_id = ?1
         AND nonce = (SELECT submit_nonce FROM generations g WHERE g.id = ?1 AND g.state = 'generating')`,
      id,
      costCents,
      Number(isEstimate),
    ),
  ];
}

/** Moves a generation that no provider has taken. `refused`: the nonce of the attempt that this one refused. `now` in ms. */
export function moveStatements({
  id,
  now,
  refused,
  to,
}: {
  id: string;
  now: number;
  refused: string | null;
  to: Destination | null;
}): Statement[] {
  if (to === null) return [];
  return [
    ...(refused === null ? [] : [costsNothing({ id, nonce: refused })]),
    statement(
      `INSERT INTO generation_steps (generation_id, at, what, detail)
       SELECT id, ?2, 'moved', provider FROM generations WHERE id = ?1 AND ${isFree}`,
      id,
      now,
      to.provider,
      refused,
    ),
    statement(
      `UPDATE generations SET state = 'queued', submit_nonce = NULL, provider_status = NULL, state_at = ?2, provider = ?3,
         model = ?5, can_stop = ?6, list_cents = ?7
       WHERE id = ?1 AND ${isFree}`,
      id,
      now,
      to.provider,
      refused,
      to.model,
      to.canStop,
      to.listCents,
    ),
  ];
}

/** Nothing of it is anywhere: each submit is known to cost nothing, and no provider had a task of it. */
const isFree = `provider <> ?3 AND state IN ('queued','submitting') AND submit_nonce IS ?4 AND provider_task_id IS NULL
  AND NOT EXISTS (SELECT 1 FROM submit_costs c WHERE c.generation_id = ?1 AND (c.is_estimate = 1 OR c.cents > 0))
  AND NOT EXISTS (SELECT 1 FROM generation_steps s WHERE s.generation_id = ?1 AND s.what = 'generating')`;
