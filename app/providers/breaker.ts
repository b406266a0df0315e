// The circuit breaker of each provider, in SQL as data. It is a gauge: it counts what providers answer, in minutes, and
// holds new work back while one does badly. No credit hangs on it, so nothing here needs to be exact or done once.

import type { FailureKind, PollOutcome, SubmitOutcome } from './video-provider';

/**
 * What a provider did: took a request, gave a film in time, gave one late or never, failed by its own fault, let our key
 * in no more, or had too much to do. A refusal of a picture or of words is an answer like any other (`accepted`).
 */
export type ProviderNews = 'accepted' | 'finished' | 'slow' | 'failed' | 'auth' | 'quota';

/** News as they are noted. Times in ms. */
export interface Noted {
  provider: string;
  news: ProviderNews;
  /** When the request left, or the film was ordered: only what began after a pause tells whether it has helped. */
  since: number;
  now: number;
  /** When the provider itself said that it may be asked again. */
  retryAfterSeconds?: number;
}

/** From how many bad calls, at which share of all in the window, a provider rests, and for how long. */
export interface BreakerSettings {
  breakerFailures: number;
  /** Per cent. */
  breakerRate: number;
  breakerWindowMinutes: number;
  breakerPauseMinutes: number;
}

type Statement = { sql: string; params: readonly (string | number | null)[] };

const minuteOf = (milliseconds: number) => Math.floor(milliseconds / 60_000);
const hour = 3_600_000;

/** Adds a call to its minute. */
export function countStatement({ provider, news, now }: Noted): Statement {
  const isSlow = news === 'slow';
  const isFailure = !isSlow && news !== 'accepted' && news !== 'finished';
  return {
    sql: `INSERT INTO provider_minutes (provider, minute, calls, failures, slow) VALUES (?1, ?2, 1, ?3, ?4)
          ON CONFLICT (provider, minute) DO UPDATE
          SET calls = calls + 1, failures = failures + excluded.failures, slow = slow + excluded.slow`,
    params: [provider, minuteOf(now), Number(isFailure), Number(isSlow)],
  };
}

/**
 * What the news do to the breaker; a row comes back when they changed it. Good news from after the pause close it: an
 * accepted request, or a film in time where films were slow. Bad news open it: at once when the key or the quota is the
 * trouble, else at the threshold; and again, for twice as long, when they are from after the pause.
 */
export function breakerStatement(noted: Noted, settings: BreakerSettings): Statement {
  const { provider, news, since, now, retryAfterSeconds } = noted;
  if (news === 'accepted' || news === 'finished')
    return {
      sql: `DELETE FROM provider_breakers WHERE provider = ?1 AND open_until <= ?2 AND (reason = 'slow') = ?3
            RETURNING 'closed' AS state, reason, openings, open_until AS until`,
      params: [provider, since, Number(news === 'finished')],
    };
  const pause = retryAfterSeconds === undefined ? settings.breakerPauseMinutes * 60_000 : retryAfterSeconds * 1000;
  // What the provider says itself is believed, however often; our own guess grows.
  const mostPause = retryAfterSeconds === undefined ? Math.max(hour, pause) : pause;
  const atOnce = news === 'auth' || news === 'quota' ? news : null;
  return {
    sql: `INSERT INTO provider_breakers (provider, opened_at, open_until, reason, openings)
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
    params: [
      provider,
      now,
      pause,
      news === 'slow' ? 'slow' : 'failures',
      atOnce,
      settings.breakerFailures,
      settings.breakerRate,
      minuteOf(now) - settings.breakerWindowMinutes,
      mostPause,
      since,
    ],
  };
}

/** What an answer to a request says about the provider. */
export function newsOfSubmit(answer: SubmitOutcome): ProviderNews {
  switch (answer.outcome) {
    case 'accepted':
      return 'accepted';
    case 'unknown':
      return 'failed';
    case 'refused':
      return newsOfKind[answer.error.kind] ?? 'accepted';
    default:
      return answer satisfies never;
  }
}

/** A question about a film that taught nothing. */
export type Silence = Extract<PollOutcome, { outcome: 'unreachable' }>;

/** What an answer about a film says, once it has ended; null while it has not. `milliseconds` since it was ordered. */
export function newsOfPoll(
  answer: Exclude<PollOutcome, Silence>,
  milliseconds: number,
  slowSeconds: number,
): ProviderNews | null {
  if (answer.outcome === 'gone') return 'failed';
  if (answer.state.status === 'succeeded') return milliseconds > slowSeconds * 1000 ? 'slow' : 'finished';
  return answer.state.status === 'failed' ? (newsOfKind[answer.state.error.kind] ?? 'finished') : null;
}

/**
 * What it says when a question about a film teaches nothing. A key that is let in no more is told each time. Any other
 * failure may come again with every question about this film, and one film must not count for many. So there are moments
 * in its age, half as many in a window as failures open the breaker, and a question counts if one of them lies between it
 * (`from`, ms since the film was ordered) and the soonest next one (`to`): nothing has to be remembered for that.
 */
export function newsOfSilence(
  { error }: Silence,
  { from, to }: { from: number; to: number },
  { breakerWindowMinutes, breakerFailures }: Pick<BreakerSettings, 'breakerWindowMinutes' | 'breakerFailures'>,
): ProviderNews | null {
  if (error.kind === 'auth') return 'auth';
  // Asked too often, or without a film in the end: it is there, and answers.
  if (error.httpStatus === 429 || error.kind === 'bad-output') return null;
  const apart = Math.min(1, 2 / breakerFailures) * breakerWindowMinutes * 60_000;
  // The first moment comes after half of that: an answer that is lost now and then is no news at all.
  const momentsBefore = (age: number) => Math.floor(age / apart + 0.5);
  return momentsBefore(to) > momentsBefore(from) ? 'failed' : null;
}

/** Failures that are the provider's own; the others are about this picture or these words. */
const newsOfKind: Readonly<Partial<Record<FailureKind, ProviderNews>>> = {
  retryable: 'failed',
  unknown: 'failed',
  auth: 'auth',
  quota: 'quota',
};
