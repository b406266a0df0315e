import type { AdminContext } from '~/admin/audit-log.server';
import { brokenLaw } from '~/db/client.server';
import { all, batch, first, type Statement, statement } from '~/db/statement';
import { defaults, type SettingKey } from '~/settings/settings';
import { type SettingsCache, storedValue } from '~/settings/settings.server';
import type { DecideChangeOutcome, SettingChangeView } from './settings-changes';

interface Row {
  id: string;
  key: SettingKey;
  value: string;
  reason: string | null;
  requestedBy: string;
  requester: string | null;
  requestedAt: number;
}

const insert = `INSERT INTO setting_changes (id, key, value, seen_version, reason, requested_by, requested_at)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`;
// Also for a decided change: then the law refuses the whole batch, its audit entry too.
const update = 'UPDATE setting_changes SET state = ?2, decided_by = ?3, decided_at = ?4 WHERE id = ?1';
const findOne = `SELECT c.key, c.value, c.reason, c.state, c.decided_by AS decidedBy, s.value AS before
  FROM setting_changes c LEFT JOIN settings s ON s.key = c.key WHERE c.id = ?1`;
const waitingChanges = `SELECT c.id, c.key, c.value, c.reason, c.requested_by AS requestedBy, p.name AS requester,
    c.requested_at AS requestedAt
  FROM setting_changes c LEFT JOIN profiles p ON p.user_id = c.requested_by WHERE c.state = 'waiting' ORDER BY c.key`;
const countAdmins = 'SELECT count(*) AS n FROM admins a JOIN profiles p ON p.google_sub = a.google_sub';

/**
 * Changes of guarded settings: one admin asks, an admin with another Google account says yes, and a trigger writes the
 * setting. One change of a setting waits at a time; each step is one batch with its audit entry.
 */
export function createGuardedChanges(
  { db, clock, auditLog, newId }: AdminContext,
  { settings: cache }: { settings: Pick<SettingsCache, 'forget'> },
) {
  const find = (changeId: string) =>
    first<Row & { state: 'waiting' | 'done' | 'declined'; decidedBy: string | null; before: string | null }>(
      db,
      statement(findOne, changeId),
    );

  return {
    /** The statement that asks for a change; it belongs into the batch of its audit entry. */
    ask(change: {
      key: SettingKey;
      value: string;
      seenVersion: number;
      reason: string | null;
      adminId: string;
    }): Statement {
      const { key, value, seenVersion, reason, adminId } = change;
      return statement(insert, newId('chg'), key, value, seenVersion, reason, adminId, clock());
    },

    /** The changes that wait, by setting: one of each at most. */
    async waiting(): Promise<SettingChangeView[]> {
      const rows = await all<Row>(db, statement(waitingChanges));
      return rows.map(({ value, ...row }) => ({ ...row, value: storedValue(row.key, value) ?? null }));
    },

    /** How many admins have an account here. With one, every change of a guarded setting waits. */
    admins: async (): Promise<number> => (await first<{ n: number }>(db, statement(countAdmins)))?.n ?? 0,

    /** Another admin's yes or no; the admin who asked may say no too. Of two at once the first counts. */
    async decide({
      adminId,
      changeId,
      isYes,
      requestId,
    }: {
      adminId: string;
      changeId: string;
      isYes: boolean;
      requestId: string;
    }): Promise<DecideChangeOutcome> {
      const change = await find(changeId);
      if (!change) return 'not-found';
      const { key, value, before, reason } = change;
      const outcome = isYes ? 'done' : 'declined';
      const entry = auditLog.statement({
        what: isYes ? 'setting-changed' : 'setting-declined',
        ...{ adminId, subject: key, reason, requestId },
        ...{ before: before ?? JSON.stringify(defaults[key]), after: value },
      });
      try {
        await batch(db, [statement(update, changeId, outcome, adminId, clock()), entry]);
      } catch (error) {
        const now = await find(changeId);
        const isMine = now?.state === outcome && now.decidedBy === adminId;
        if (!isMine && now?.state !== 'waiting') return 'decided-before';
        if (brokenLaw(error) === 'setting:needs-another-admin') return 'needs-another-admin';
        if (!isMine) throw error;
      } finally {
        cache.forget();
      }
      return outcome;
    },
  };
}
