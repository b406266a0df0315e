// The machine's writes as SQL: the runner sends them to D1, the simulator to SQLite. Each write names the state it expects
// (compare-and-set); its result is not used, since the row is read back in the same batch.
import { openStates, type Statement, statement } from '~/db/statement';
import { videoKey } from '~/media/keys';
import { overBudget } from '~/providers/budget';
import { costOfTask, costsNothing, type Destination, moveStatements } from './cost-statements';
import type { Effect, EffectKind } from './effects';

/** Reads the machine's record of a generation at `now` (ms); the last statement of every batch. */
export const readStatement = (id: string, now: number): Statement =>
  statement(
    `SELECT provider, state, state_at AS stateAt, created_at AS createdAt, deadline_at AS deadlineAt, submits,
       submit_nonce AS submitNonce, provider_task_id AS providerTaskId, provider_status AS providerStatus, progress,
       media_key AS mediaKey, cleaned_at AS cleanedAt,
       (SELECT open_until FROM provider_breakers b WHERE b.provider = g.provider) AS restingUntil,
       (SELECT reason FROM provider_breakers b WHERE b.provider = g.provider) AS restingReason,
       iif(${overBudget('g', '?2')}, (CAST(?2 AS INTEGER) / 86400000 + 1) * 86400000, NULL) AS budgetUntil
     FROM generations g WHERE id = ?1`,
    id,
    now,
  );

/** Counts a person's open generations, up to `most`; reads no others. */
export const openCountStatement = ({ userId, most }: { userId: string; most: number }): Statement =>
  statement(
    `SELECT count(*) AS count FROM (SELECT 1 FROM generations WHERE user_id = ?1 AND state IN ${openStates} LIMIT ?2)`,
    userId,
    most,
  );

/** The effects that write the database, except `begin` (admission-queue.ts). */
type WriteKind = Extract<
  EffectKind,
  | 'record-attempt'
  | 'hold-back'
  | 'note-unknown'
  | 'bind'
  | 'progress'
  | 'retry'
  | 'finish'
  | 'commit'
  | 'fail'
  | 'cleaned'
>;
export type WriteEffect =
  | Extract<Effect, { kind: WriteKind }>
  | (Extract<Effect, { kind: 'move' }> & { to: Destination | null });

/** The statements of one effect's write. `now` in ms. */
export function statementsFor({
  effect,
  id,
  userId,
  now,
}: {
  effect: WriteEffect;
  id: string;
  userId: string;
  now: number;
}): Statement[] {
  switch (effect.kind) {
    case 'record-attempt':
      return [
        write(
          `UPDATE generations SET submit_nonce = ?3, submits = submits + ?4, provider_status = NULL, state_at = ?2
           WHERE id = ?1 AND state = 'submitting' AND submit_nonce IS ?5 AND NOT ${overBudget('generations', '?2')}`,
          effect.nonce,
          effect.free ? 0 : 1,
          effect.previous,
        ),
        step('sent', effect.nonce, 'g.submit_nonce = ?4'),
        ...(effect.carried ? [step('carried', effect.nonce, 'g.submit_nonce = ?4')] : []),
        ...givenUp(effect.previous, 'g.submit_nonce = ?5', effect.nonce),
      ];
    case 'hold-back':
      return [
        // The step comes first: the write removes the nonce that guards it.
        step('held-back', effect.detail, "g.submit_nonce = ?5 AND g.state = 'submitting'", effect.nonce),
        costsNothing({ id, nonce: effect.nonce }),
        write(
          `UPDATE generations SET submit_nonce = NULL, provider_status = 'held-back', state_at = ?2
           WHERE id = ?1 AND state = 'submitting' AND submit_nonce = ?3`,
          effect.nonce,
        ),
      ];
    case 'note-unknown':
      return [
        step('no-answer', effect.detail, "g.submit_nonce = ?5 AND g.state = 'submitting'", effect.nonce),
        ...(effect.answered ? [step('answered', effect.nonce, "g.submit_nonce = ?4 AND g.state = 'submitting'")] : []),
      ];
    case 'bind':
      return [
        write(
          `UPDATE generations SET state = 'generating', provider_task_id = ?4, provider_status = NULL, progress = NULL,
             state_at = ?2 WHERE id = ?1 AND state = 'submitting' AND submit_nonce = ?3`,
          effect.nonce,
          effect.taskId,
        ),
      ];
    case 'progress':
      return [
        step(
          effect.status === 'throttled' ? 'held-back' : 'at-provider',
          effect.status,
          "g.provider_task_id = ?5 AND g.state = 'generating' AND g.provider_status IS NOT ?4",
          effect.taskId,
        ),
        statement(
          `UPDATE generations SET provider_status = ?3, progress = ?4
           WHERE id = ?1 AND state = 'generating' AND provider_task_id = ?2`,
          id,
          effect.taskId,
          effect.status,
          effect.progress,
        ),
      ];
    case 'retry':
      return [
        ...costOfTask(id, effect),
        step('retrying', effect.detail, "g.provider_task_id = ?5 AND g.state = 'generating'", effect.taskId),
        write(
          `UPDATE generations SET state = 'submitting', submit_nonce = NULL, provider_task_id = NULL,
             provider_status = NULL, progress = NULL, state_at = ?2
           WHERE id = ?1 AND state = 'generating' AND provider_task_id = ?3`,
          effect.taskId,
        ),
      ];
    case 'finish':
      return [
        ...costOfTask(id, effect),
        write(
          `UPDATE generations SET state = 'copying', provider_status = NULL, progress = NULL, provider_cost = ?4,
             state_at = ?2 WHERE id = ?1 AND state = 'generating' AND provider_task_id = ?3`,
          effect.taskId,
          effect.costCents,
        ),
      ];
    case 'commit':
      return [
        write(
          `UPDATE generations SET state = 'ready', media_key = ?4, media_bytes = ?5, state_at = ?2
           WHERE id = ?1 AND state = 'copying' AND provider_task_id = ?3`,
          effect.taskId,
          videoKey({ userId, id }),
          effect.bytes,
        ),
      ];
    case 'fail': {
      const { reason, detail, isEstimate } = effect;
      const end = failStatement({ id, now, reason, detail, costCents: isEstimate ? null : effect.costCents });
      if (effect.refused === null) return [...costOfTask(id, effect), end];
      const close = write(
        `UPDATE generations SET submit_nonce = NULL, state_at = ?2
         WHERE id = ?1 AND state = 'submitting' AND submit_nonce = ?3`,
        effect.refused,
      );
      // A refused attempt is closed first: it is no longer waiting for an answer.
      return [costsNothing({ id, nonce: effect.refused }), close, end];
    }
    case 'move':
      return moveStatements({ id, now, ...effect });
    case 'cleaned':
      return [
        ...(effect.forgotten === null
          ? []
          : [step('forgotten', effect.forgotten, `g.cleaned_at IS NULL AND g.state NOT IN ${openStates}`)]),
        ...givenUp(effect.unanswered, `g.submit_nonce = ?4 AND g.cleaned_at IS NULL AND g.state NOT IN ${openStates}`),
        write(
          `UPDATE generations SET cleaned_at = ?2 WHERE id = ?1 AND cleaned_at IS NULL AND state NOT IN ${openStates}`,
        ),
      ];
    default:
      return effect satisfies never;
  }

  function write(sql: string, ...params: Statement['params']): Statement {
    return statement(sql, id, now, ...params);
  }

  /** Gives up an unanswered attempt. The schema marks it as lost if its picture reaches the provider, before or after. */
  function givenUp(nonce: string | null, guard: string, ...params: Statement['params']): Statement[] {
    return nonce === null ? [] : [step('given-up', nonce, guard, ...params)];
  }

  /** A step of the timeline, written only where `guard` holds for the generation `g`. ?3 what, ?4 detail. */
  function step(what: string, detail: string, guard: string, ...params: Statement['params']): Statement {
    return write(
      `INSERT INTO generation_steps (generation_id, at, what, detail)
       SELECT g.id, ?2, ?3, ?4 FROM generations g WHERE g.id = ?1 AND ${guard}`,
      what,
      detail.slice(0, 500),
      ...params,
    );
  }
}

/** Records once that the picture of a sent attempt was fetched, so the submit has reached the provider. */
export const pictureFetchedStatement = ({ id, nonce, now }: { id: string; nonce: string; now: number }): Statement =>
  statement(
    `INSERT INTO generation_steps (generation_id, at, what, detail)
     SELECT s.generation_id, ?3, 'fetched', s.detail FROM generation_steps s
     WHERE s.generation_id = ?1 AND s.what = 'sent' AND s.detail = ?2
       AND NOT EXISTS (SELECT 1 FROM generation_steps f
         WHERE f.generation_id = ?1 AND f.what = 'fetched' AND f.detail = ?2)`,
    id,
    nonce,
    now,
  );

/** Fails an open generation; a trigger returns its credit. `now` in ms. */
export function failStatement({
  id,
  now,
  reason,
  detail,
  costCents,
}: {
  id: string;
  now: number;
  reason: string;
  detail: string | null;
  costCents: number | null;
}): Statement {
  return statement(
    `UPDATE generations SET state = 'failed', failure_reason = ?3, failure_detail = ?4,
       provider_cost = coalesce(?5, provider_cost), state_at = ?2 WHERE id = ?1 AND state IN ${openStates}`,
    id,
    now,
    reason,
    detail?.slice(0, 500) ?? null,
    costCents,
  );
}
