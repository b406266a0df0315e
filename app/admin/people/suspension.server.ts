import type { AuditLog } from '~/admin/audit-log.server';
import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import type { Live } from '~/live/channel.server';

/** Whom it is about, and which admin does it. */
interface Asked {
  adminId: string;
  userId: string;
  requestId: string;
}

export type SuspensionOutcome = 'suspended' | 'lifted' | 'already-so' | 'yourself' | 'not-found';

const find = 'SELECT suspended_at AS suspendedAt FROM users WHERE id = ?1 AND deleted_at IS NULL';
const suspend = 'UPDATE users SET suspended_at = ?2 WHERE id = ?1 AND suspended_at IS NULL AND deleted_at IS NULL';
const lift = 'UPDATE users SET suspended_at = NULL WHERE id = ?1';
const endSessions = 'DELETE FROM sessions WHERE user_id = ?1';

/** Keeping somebody out, letting them in again, and signing them out. Nothing of theirs is deleted by any of it. */
export function createSuspension({
  db,
  auditLog,
  live,
  clock,
}: {
  db: Database;
  auditLog: AuditLog;
  live: Pick<Live, 'signOut'>;
  clock: Clock;
}) {
  const run = (sql: string, ...values: (string | number)[]) => db.$client.prepare(sql).bind(...values);
  const closeSockets = (userId: string) => live.signOut({ userId, session: null });

  return {
    /** From the next request on they are signed in nowhere; their open pages are closed and their shared films stop. */
    async suspend({ adminId, userId, reason, requestId }: Asked & { reason: string }): Promise<SuspensionOutcome> {
      if (adminId === userId) return 'yourself';
      const person = await run(find, userId).first<{ suspendedAt: number | null }>();
      if (!person) return 'not-found';
      if (person.suspendedAt !== null) return 'already-so';
      const act = auditLog.statement({ what: 'suspended', adminId, userId, subject: userId, reason, requestId });
      await db.$client.batch([run(suspend, userId, clock()), act]);
      await closeSockets(userId);
      return 'suspended';
    },

    /** They can sign in again, and the devices that were signed in are again. */
    async lift({ adminId, userId, reason, requestId }: Asked & { reason: string }): Promise<SuspensionOutcome> {
      const person = await run(find, userId).first<{ suspendedAt: number | null }>();
      if (!person) return 'not-found';
      if (person.suspendedAt === null) return 'already-so';
      const before = new Date(person.suspendedAt).toISOString();
      const act = auditLog.statement({ what: 'lifted', adminId, userId, subject: userId, before, reason, requestId });
      await db.$client.batch([run(lift, userId), act]);
      return 'lifted';
    },

    /** Ends every session of this person and closes their sockets. */
    async signOut({ adminId, userId, requestId }: Asked): Promise<'signed-out' | 'not-found'> {
      if (!(await run(find, userId).first())) return 'not-found';
      const act = auditLog.statement({ what: 'signed-out', adminId, userId, subject: userId, requestId });
      await db.$client.batch([run(endSessions, userId), act]);
      await closeSockets(userId);
      return 'signed-out';
    },
  };
}
