import type { AdminContext } from '~/admin/audit-log.server';
import { idAt } from '~/admin/generations/generations';
import { all, batch, first, run, statement } from '~/db/statement';
import { log } from '~/log';
import { balanceAt, balanceInWords } from '~/providers/balance';
import { dayOf, spentRead } from '~/providers/budget';
import type { Providers } from '~/providers/registry.server';
import type { SettingsReader } from '~/settings/settings.server';
import { type AlertSender, sendAlert, type Told } from './alert-sender.server';
import {
  type AlertView,
  type LastHour,
  messageOf,
  pauseAfter,
  quietFor,
  type StopsOfPerson,
  tellFor,
  troublesIn,
} from './alerts';
import { troublesOfBudgets } from './budget-troubles';
import { troublesOfSignals } from './signals';
import { readSignals } from './signals.server';
import type { SystemStatus } from './system-status';
import { readSystemStatus } from './system-status.server';

const hour = 3_600_000;
/** Ended generations of the last hour are counted up to here. */
const mostEnded = 1000;
/** Messages sent in one minute. */
const mostMessages = 10;

const columns = `id, kind, subject, detail, opened_at AS openedAt, closed_at AS closedAt, delivered_at AS deliveredAt,
  next_try_at AS nextTryAt`;
const ended = (state: string) =>
  `(SELECT count(*) FROM (SELECT 1 FROM generations WHERE state = '${state}' AND id >= ?1 ORDER BY id DESC LIMIT ${mostEnded}))`;
const declined = `(SELECT count(*) FROM (SELECT 1 FROM (SELECT failure_reason FROM generations
  WHERE state = 'failed' AND id >= ?1 ORDER BY id DESC LIMIT ${mostEnded}) WHERE failure_reason = 'moderated'))`;
const countLastHour = `SELECT ${ended('ready')} AS ready, ${ended('failed')} - ${declined} AS failed`;
const countStops = `SELECT max(u.id) AS userId, count(*) AS count
  FROM generations g INDEXED BY generations_stopped_at JOIN users u ON u.id = g.user_id
  WHERE g.state = 'canceled' AND g.submits > 0 AND g.state_at > ?1 GROUP BY u.account_hash ORDER BY count DESC LIMIT ${mostEnded}`;
const takeMessage = `UPDATE alerts SET tries = ?2, next_try_at = ?3 WHERE id = ?1 AND tries = ?4 AND next_try_at = ?5
  AND closed_at IS ?6 RETURNING id`;
const markDelivered =
  'UPDATE alerts SET delivered_at = ?2, next_try_at = NULL WHERE id = ?1 AND tries = ?3 AND closed_at IS ?4';
const findOpen = 'SELECT id, kind, subject, seen_at AS seenAt FROM alerts WHERE closed_at IS NULL';
const openAlert = `INSERT INTO alerts (id, kind, subject, detail, opened_at, seen_at, next_try_at)
  SELECT ?1, ?2, ?3, ?4, ?5, ?5, ?6
  WHERE NOT EXISTS (SELECT 1 FROM alerts WHERE kind = ?2 AND subject = ?3 AND closed_at IS NULL)`;
const seeAlert = 'UPDATE alerts SET seen_at = ?2, detail = ?3 WHERE id = ?1 AND closed_at IS NULL';
const closeAlert = `UPDATE alerts SET closed_at = ?2, next_try_at = ?3, tries = 0, delivered_at = NULL
  WHERE id = ?1 AND closed_at IS NULL`;
const findDue = `SELECT ${columns}, tries AS attempts FROM alerts WHERE next_try_at IS NOT NULL AND next_try_at <= ?1
  ORDER BY next_try_at LIMIT ?2`;
const listNewest = `SELECT ${columns} FROM alerts ORDER BY opened_at DESC LIMIT ?1`;

/** An alert whose message is due, with the number of attempts so far. */
type Due = AlertView & { attempts: number };

/**
 * Watches Echoes for its owner: each trouble is a row of `alerts` while it lasts, one for each kind and subject. Its
 * beginning and its end are sent to the owner's address.
 */
export function createAlerts(
  { db, auditLog, clock, newId }: AdminContext,
  {
    settings,
    sender,
    providers,
  }: { settings: SettingsReader; sender: AlertSender; providers: Pick<Providers, 'find'> },
) {
  const adminUrl = `${sender.appOrigin}/admin`;

  /** Sends the message of one alert. The row is claimed first, so that two sweeps at once send it once. */
  async function tell(row: Due, address: string, now: number): Promise<void> {
    const attempts = row.attempts + 1;
    const isLast = now + pauseAfter(attempts) > (row.closedAt ?? row.openedAt) + tellFor;
    const nextAt = isLast ? null : now + pauseAfter(attempts);
    const claim = statement(takeMessage, row.id, attempts, nextAt, row.attempts, row.nextTryAt, row.closedAt);
    if (!(await first(db, claim))) return;
    const sent = await sendAlert(sender, { address, ...messageOf(row, adminUrl), at: clock() });
    const detail = sent.outcome === 'told' ? {} : { detail: sent.detail };
    log({ event: 'alert', alertId: row.id, kind: row.kind, outcome: sent.outcome, ...detail });
    if (sent.outcome === 'told') await run(db, statement(markDelivered, row.id, now, attempts, row.closedAt));
  }

  /** What our accounts hold at providers that call them empty, as sentences; each is asked, in four seconds at most. */
  async function emptyAccounts(resting: SystemStatus['resting']): Promise<Map<string, string>> {
    const empty = resting.filter(({ reason }) => reason === 'out-of-funds');
    const told = await Promise.all(
      empty.map(async ({ provider }) => [provider, balanceInWords(await balanceAt(providers.find(provider)))] as const),
    );
    return new Map(told.flatMap(([provider, words]) => (words === null ? [] : [[provider, words] as const])));
  }

  return {
    /**
     * Opens an alert for each new trouble, and closes those whose trouble has been away for its window. `failedSteps`: of
     * the running sweep; `now` in ms.
     */
    async watch(now: number, failedSteps: readonly string[]): Promise<void> {
      const limits = await settings.read();
      const [systemStatus, signals, lastHour, stops, spent] = await Promise.all([
        readSystemStatus(db, now),
        readSignals(db, limits, now),
        // Ids begin with their time, so a range of ids is the last hour.
        first<LastHour>(db, statement(countLastHour, idAt(now - hour))),
        all<StopsOfPerson>(db, statement(countStops, now - 24 * hour)),
        db.ask(spentRead, { day: dayOf(now) }),
      ]);
      const accounts = await emptyAccounts(systemStatus.resting);
      const counts = lastHour ?? { ready: 0, failed: 0 };
      const troubles = [
        ...troublesIn({ systemStatus, lastHour: counts, stops, accounts, failedSteps, limits, now }),
        ...troublesOfBudgets(limits, spent, providers),
        ...troublesOfSignals(signals, systemStatus.reports, now),
      ];
      const tellAt = limits.alertUrl ? now : null;
      const open = await all<Pick<AlertView, 'id' | 'kind' | 'subject'> & { seenAt: number }>(db, statement(findOpen));
      const isSame = (a: { kind: string; subject: string }, b: { kind: string; subject: string }) =>
        a.kind === b.kind && a.subject === b.subject;
      await batch(db, [
        ...troubles
          .filter((trouble) => !open.some((alert) => isSame(alert, trouble)))
          .map(({ kind, subject, detail }) => statement(openAlert, newId('alr'), kind, subject, detail, now, tellAt)),
        ...open.flatMap((alert) => {
          const trouble = troubles.find((one) => isSame(alert, one));
          if (trouble) return [statement(seeAlert, alert.id, now, trouble.detail)];
          // An alert whose beginning was never delivered is sent once, with both times.
          return now - alert.seenAt < quietFor[alert.kind] ? [] : [statement(closeAlert, alert.id, now, tellAt)];
        }),
      ]);
    },

    /** Sends all due messages at once; takes at most five seconds. `now` in ms. */
    async tell(now: number): Promise<void> {
      const { alertUrl } = await settings.read();
      if (!alertUrl) return;
      const due = await all<Due>(db, statement(findDue, now, mostMessages));
      await Promise.all(due.map((row) => tell(row, alertUrl, now)));
    },

    /** Alerts newest first, at most `limit`. */
    list: (limit: number): Promise<AlertView[]> => all(db, statement(listNewest, limit)),

    /** Why the last test message was not accepted, or null where it was. */
    async whyNotTold(): Promise<string | null> {
      const [last] = await auditLog.list({ what: 'alert-tested', limit: 1 });
      const sent = JSON.parse(last?.after ?? '{}') as Partial<Extract<Told, { outcome: 'not-told' }>>;
      return sent.detail ?? null;
    },

    /** Sends a test message to the owner's address; its audit entry holds the outcome. */
    async test({ adminId, requestId }: { adminId: string; requestId: string }): Promise<Told> {
      const { alertUrl } = await settings.read();
      const data = { what: 'A test of this address', adminUrl };
      const body = JSON.stringify({ type: 'alert.test', timestamp: new Date(clock()).toISOString(), data });
      const sent: Told = alertUrl
        ? await sendAlert(sender, { address: alertUrl, id: `${newId('alr')}_test`, body, at: clock() })
        : { outcome: 'not-told', detail: 'no address is set' };
      await auditLog.record({ what: 'alert-tested', adminId, subject: 'alertUrl', after: sent, requestId });
      return sent;
    },
  };
}
