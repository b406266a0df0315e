import type { AuditLog } from '~/admin/audit-log.server';
import type { Database } from '~/db/client.server';
import type { Clock, NewId } from '~/db/ids';
import { log } from '~/log';
import type { SettingsReader } from '~/settings/settings.server';
import type { AlertSender, Told } from './alert-sender.server';
import { type AlertView, type LastHour, messageOf, pauseAfter, tellFor, troublesIn } from './alerts';
import type { SystemStatusReader } from './system-status.server';

const hour = 3_600_000;
/** Ended tries of the last hour are counted up to here. */
const mostEnded = 1000;
/** Messages of one minute. */
const mostTold = 10;
const columns = `id, kind, subject, detail, opened_at AS openedAt, closed_at AS closedAt, delivered_at AS deliveredAt,
  next_try_at AS nextTryAt`;

/**
 * Watches over Echoes for its owner: what is wrong is a row of `alerts` while it lasts, one for each kind and subject, and
 * its beginning and its end are told to the owner's address.
 */
export function createAlerts({
  db,
  systemStatus,
  settings,
  sender,
  auditLog,
  appOrigin,
  newId,
  clock,
}: {
  db: Database;
  systemStatus: SystemStatusReader;
  settings: SettingsReader;
  sender: AlertSender;
  auditLog: AuditLog;
  appOrigin: string;
  newId: NewId;
  clock: Clock;
}) {
  const { $client: d1 } = db;
  const adminUrl = `${appOrigin}/admin`;

  /** Ids sort by time, so the index of ended tries knows which were asked for in the last hour. */
  async function lastHour(now: number): Promise<LastHour> {
    const since = idsSince(now - hour);
    const ended = (what: string) =>
      `(SELECT count(*) FROM (SELECT 1 FROM generations WHERE state = '${what}' AND id >= ?1 ORDER BY id DESC LIMIT ${mostEnded}))`;
    const declined = `(SELECT count(*) FROM (SELECT 1 FROM (SELECT failure_reason FROM generations
      WHERE state = 'failed' AND id >= ?1 ORDER BY id DESC LIMIT ${mostEnded}) WHERE failure_reason = 'moderated'))`;
    const query = `SELECT ${ended('ready')} AS ready, ${ended('failed')} - ${declined} AS failed`;
    return (await d1.prepare(query).bind(since).first<LastHour>()) ?? { ready: 0, failed: 0 };
  }

  /** One message of one row. Whoever takes the row has it to themselves until its next try. */
  async function tell(row: AlertView & { tries: number }, address: string, now: number): Promise<void> {
    const tries = row.tries + 1;
    const isLast = now + pauseAfter(tries) > (row.closedAt ?? row.openedAt) + tellFor;
    const taken = await d1
      .prepare(
        `UPDATE alerts SET tries = ?2, next_try_at = ?3 WHERE id = ?1 AND tries = ?4 AND next_try_at = ?5
         AND closed_at IS ?6 RETURNING id`,
      )
      .bind(row.id, tries, isLast ? null : now + pauseAfter(tries), row.tries, row.nextTryAt, row.closedAt)
      .first();
    if (!taken) return;
    const told = await sender.send({ address, ...messageOf(row, adminUrl) });
    const detail = told.outcome === 'told' ? {} : { detail: told.detail };
    log({ event: 'alert', alertId: row.id, kind: row.kind, outcome: told.outcome, ...detail });
    if (told.outcome === 'told')
      await d1
        .prepare(
          'UPDATE alerts SET delivered_at = ?2, next_try_at = NULL WHERE id = ?1 AND tries = ?3 AND closed_at IS ?4',
        )
        .bind(row.id, now, tries, row.closedAt)
        .run();
  }

  return {
    /** Opens what is wrong now and closes what is over. `failedSteps`: of the sweep that is running. `now` in ms. */
    async watch(now: number, failedSteps: readonly string[]): Promise<void> {
      const [stands, limits, ended] = await Promise.all([systemStatus.read(now), settings.read(), lastHour(now)]);
      const troubles = troublesIn({ systemStatus: stands, lastHour: ended, failedSteps, limits, now });
      const tellAt = limits.alertUrl ? now : null;
      const { results: open } = await d1
        .prepare('SELECT id, kind, subject FROM alerts WHERE closed_at IS NULL')
        .all<Pick<AlertView, 'id' | 'kind' | 'subject'>>();
      const isSame = (a: { kind: string; subject: string }, b: { kind: string; subject: string }) =>
        a.kind === b.kind && a.subject === b.subject;
      const statements = [
        ...troubles
          .filter((trouble) => !open.some((alert) => isSame(alert, trouble)))
          .map(({ kind, subject, detail }) =>
            d1
              .prepare(
                `INSERT INTO alerts (id, kind, subject, detail, opened_at, next_try_at)
                 SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS
                 (SELECT 1 FROM alerts WHERE kind = ?2 AND subject = ?3 AND closed_at IS NULL)`,
              )
              .bind(newId('alr'), kind, subject, detail, now, tellAt),
          ),
        // What was never told of its beginning is told once, with both moments.
        ...open
          .filter((alert) => !troubles.some((trouble) => isSame(alert, trouble)))
          .map(({ id }) =>
            d1
              .prepare(
                `UPDATE alerts SET closed_at = ?2, next_try_at = ?3, tries = 0, delivered_at = NULL
                 WHERE id = ?1 AND closed_at IS NULL`,
              )
              .bind(id, now, tellAt),
          ),
      ];
      if (statements.length > 0) await d1.batch(statements);
    },

    /** Tells what is to be told now, all at once; takes five seconds at most. `now` in ms. */
    async tell(now: number): Promise<void> {
      const { alertUrl } = await settings.read();
      if (!alertUrl) return;
      const query = `SELECT ${columns}, tries FROM alerts WHERE next_try_at IS NOT NULL AND next_try_at <= ?1
        ORDER BY next_try_at LIMIT ?2`;
      const { results } = await d1.prepare(query).bind(now, mostTold).all<AlertView & { tries: number }>();
      await Promise.all(results.map((row) => tell(row, alertUrl, now)));
    },

    /** Alerts newest first, at most `limit`. */
    async list(limit: number): Promise<AlertView[]> {
      const query = `SELECT ${columns} FROM alerts ORDER BY opened_at DESC LIMIT ?1`;
      return (await d1.prepare(query).bind(limit).all<AlertView>()).results;
    },

    /** Why the last test message was not accepted, or null where it was. */
    async whyNotTold(): Promise<string | null> {
      const [last] = await auditLog.list({ what: 'alert-tested', limit: 1 });
      const told = JSON.parse(last?.after ?? '{}') as Partial<Extract<Told, { outcome: 'not-told' }>>;
      return told.detail ?? null;
    },

    /** Sends one message by which the owner sees that the address works; the act is written down with what came of it. */
    async test({ adminId, requestId }: { adminId: string; requestId: string }): Promise<Told> {
      const { alertUrl } = await settings.read();
      const data = { what: 'A test of this address', adminUrl };
      const body = JSON.stringify({ type: 'alert.test', timestamp: new Date(clock()).toISOString(), data });
      const told: Told = alertUrl
        ? await sender.send({ address: alertUrl, id: `${newId('alr')}_test`, body })
        : { outcome: 'not-told', detail: 'no address is set' };
      await auditLog.record({ what: 'alert-tested', adminId, subject: 'alertUrl', after: told, requestId });
      return told;
    },
  };
}

const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The smallest id that a try made at this moment can have: the time as ids spell it. */
function idsSince(milliseconds: number): string {
  let time = '';
  for (let rest = Math.max(0, Math.floor(milliseconds)); time.length < 10; rest = Math.floor(rest / 32))
    time = `${letters[rest % 32]}${time}`;
  return `gen_${time}`;
}
