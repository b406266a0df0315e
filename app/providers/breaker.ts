// The circuit breaker of each provider, as SQL. It counts calls per minute and pauses a provider that fails too often. No
// credit depends on it, so its writes need be neither exact nor done once.
import { type Statement, statement } from '~/db/statement';
import type { FailureKind, PollOutcome, SubmitOutcome } from './video-provider';

/**
 * What a call says about its provider. `accepted`: it answers, be it with a refusal of this picture or these words.
 * `finished`: a task ended in time. `slow`: a task ended late or not at all. `failed`: its own fault. `auth`: the key is no
 * longer valid. `quota`: it takes no more. `out-of-funds`: our account there is empty.
 */
export type SignalKind = 'accepted' | 'finished' | 'slow' | 'failed' | 'auth' | 'quota' | 'out-of-funds';

/** A signal of one call, for the provider's breaker. Times in ms. */
export interface ProviderSignal {
  provider: string;
  kind: SignalKind;
  /** When the call, or for `finished` and `slow` the task, began: only signals from after a pause end or extend it. */
  since: number;
  now: number;
  /** The provider's own Retry-After. */
  retryAfterSeconds?: number | undefined;
}

/** A provider rests after `breakerFailures` bad calls, if they are `breakerRate` of all calls in the window. */
export interface BreakerSettings {
  breakerFailures: number;
  /** Per cent. */
  breakerRate: number;
  breakerWindowMinutes: number;
  breakerPauseMinutes: number;
}

const minuteOf = (milliseconds: number) => Math.floor(milliseconds / 60_000);
const hour = 3_600_000;

/** Adds a call to its minute. */
export function countStatement({ provider, kind, now }: ProviderSignal): Statement {
  const isSlow = kind === 'slow';
  const isFailure = !isSlow && kind !== 'accepted' && kind !== 'finished';
  return statement(
    `INSERT INTO provider_minutes (provider, minute, calls, failures, slow) VALUES (?1, ?2, 1, ?3, ?4)
     ON CONFLICT (provider, minute) DO UPDATE
     SET calls = calls + 1, failures = failures + excluded.failures, slow = slow + excluded.slow`,
    provider,
    minuteOf(now),
    Number(isFailure),
    Number(isSlow),
  );
}

/**
 * Applies a signal to the breaker; returns a row if the breaker changed. A good signal from after the pause closes it: an
 * accepted call, or a task in time where tasks were slow. A bad signal opens it: at once for `auth`, `quota` and `out-of-funds`, else at
 * the threshold; and again, for twice as long, if it is from after the pause.
 */
export function breakerStatement(signal: ProviderSignal, settings: BreakerSettings): Statement {
  const { provider, kind, since, now, retryAfterSeconds } = signal;
  if (kind === 'accepted' || kind === 'finished')
    return statement(
      `DELETE FROM provider_breakers WHERE provider = ?1 AND open_until <= ?2 AND (reason = 'slow') = ?3
       RETURNING 'closed' AS state, reason, openings, open_until AS until`,
      provider,
      since,
      Number(kind === 'finished'),
    );
  const pause = retryAfterSeconds === undefined ? settings.breakerPauseMinutes * 60_000 : retryAfterSeconds * 1000;
  // A pause that the provider asks for does not grow; ours doubles up to an hour, or up to the setting if that is longer.
  const mostPause = retryAfterSeconds === undefined ? Math.max(hour, pause) : pause;
  const atOnce = kind === 'auth' || kind === 'quota' || kind === 'out-of-funds' ? kind : null;
  return statement(
    `INSERT INTO provider_breakers (provider, opened_at, open_until, reason, openings)
          SELECT ?1, ?2, ?2 + ?3, coalesce(reason, ?4), 1 FROM (
            SELECT CASE
              WHEN ?5 IS NOT NULL THEN ?5
              WHEN failures >= ?6 AND failures * 100 >= ?7 * calls THEN 'failures'
              WHEN failures + slow >= ?6 AND (failures + slow) * 100 >= ?7 * calls THEN 'slow' END AS reason
            FROM (SELECT sum(calls) AS calls, sum(failures) AS failures, sum(slow) AS slow FROM provider_minutes
              WHERE provider = ?1 AND minute > ?8))
          WHERE reason IS NOT NULL OR EXISTS (SELECT 1 FROM provider_breakers WHERE provider = ?1)
          ON CONFLICT (provider) DO UPDATE
          SET opened_at = ?2, open_until = ?2 + min(?9, ?3 * (1 << min(openings, 10))), reason = excluded.reason,
            openings = openings + 1
          WHERE open_until <= ?10
          RETURNING 'opened' AS state, reason, openings, open_until AS until`,
    provider,
    now,
    pause,
    kind === 'slow' ? 'slow' : 'failures',
    atOnce,
    settings.breakerFailures,
    settings.breakerRate,
    minuteOf(now) - settings.breakerWindowMinutes,
    mostPause,
    since,
  );
}

/** Lets a provider rest until `until` (ms), whatever its calls say meanwhile: a signal ends a rest only once it is over. */
export const restStatement = ({ provider, until, now }: { provider: string; until: number; now: number }): Statement =>
  statement(
    `INSERT INTO provider_breakers (provider, opened_at, open_until, reason, openings) VALUES (?1, ?2, ?3, 'by-hand', 1)
     ON CONFLICT (provider) DO UPDATE SET opened_at = ?2, open_until = ?3, reason = 'by-hand', openings = 1`,
    provider,
    now,
    until,
  );

/**
 * Ends the rest of a provider. One by hand is gone; one of the breaker is over, and the next calls have to show that the
 * provider works again: an account that is still empty refuses one generation, not all that wait.
 */
export const wakeStatements = ({ provider, now }: { provider: string; now: number }): Statement[] => [
  statement("DELETE FROM provider_breakers WHERE provider = ?1 AND reason = 'by-hand'", provider),
  statement('UPDATE provider_breakers SET open_until = ?2 WHERE provider = ?1 AND open_until > ?2', provider, now),
];

/** What the answer to a submit says about the provider. */
export function signalOfSubmit(answer: SubmitOutcome): SignalKind {
  switch (answer.outcome) {
    case 'accepted':
      return 'accepted';
    case 'unknown':
      return 'failed';
    case 'refused':
      return signalOfFailure[answer.error.kind] ?? 'accepted';
    default:
      return answer satisfies never;
  }
}

/** A poll without a result. */
export type UnreachablePoll = Extract<PollOutcome, { outcome: 'unreachable' }>;

/** What a poll's result says about the provider: null while the task runs. `milliseconds` since its acceptance. */
export function signalOfPoll(
  answer: Exclude<PollOutcome, UnreachablePoll>,
  milliseconds: number,
  slowSeconds: number,
): SignalKind | null {
  if (answer.outcome === 'gone') return 'failed';
  if (answer.state.status === 'succeeded') return milliseconds > slowSeconds * 1000 ? 'slow' : 'finished';
  return answer.state.status === 'failed' ? (signalOfFailure[answer.state.error.kind] ?? 'finished') : null;
}

/**
 * What a poll without a result says about the provider. `auth` counts each time. Any other failure may repeat with every
 * poll of the same task, and one task must not open the breaker alone: counting moments are spread over a task's age, half
 * as many per window as `breakerFailures`, and a poll counts if one lies between it (`from`, ms since the acceptance) and
 * the soonest next poll (`to`). That needs no stored state.
 */
export function signalOfUnreachable(
  { error }: UnreachablePoll,
  { from, to }: { from: number; to: number },
  { breakerWindowMinutes, breakerFailures }: Pick<BreakerSettings, 'breakerWindowMinutes' | 'breakerFailures'>,
): SignalKind | null {
  if (error.kind === 'auth') return 'auth';
  // A 429, or a finished task without a video: the provider answers.
  if (error.httpStatus === 429 || error.kind === 'bad-output') return null;
  const apart = Math.min(1, 2 / breakerFailures) * breakerWindowMinutes * 60_000;
  // The first moment is at half that distance, so that one lost answer of a young task counts nothing.
  const momentsBefore = (age: number) => Math.floor(age / apart + 0.5);
  return momentsBefore(to) > momentsBefore(from) ? 'failed' : null;
}

/** Failures that are the provider's fault; the others are about this picture or these words. */
const signalOfFailure: Readonly<Partial<Record<FailureKind, SignalKind>>> = {
  retryable: 'failed',
  unknown: 'failed',
  auth: 'auth',
  quota: 'quota',
  'out-of-funds': 'out-of-funds',
};
