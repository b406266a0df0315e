import type { AdminContext } from '~/admin/audit-log.server';
import { batch, first, statement } from '~/db/statement';
import type { Live } from '~/live/channel.server';

/** Which admin acts on which person, in which request. */
interface Order {
  adminId: string;
  userId: string;
  requestId: string;
}

export type SuspensionOutcome = 'suspended' | 'lifted' | 'already-so' | 'yourself' | 'not-found';

const find = 'SELECT suspended_at AS suspendedAt FROM users WHERE id = ?1 AND deleted_at IS NULL';
const suspend = 'UPDATE users SET suspended_at = ?2 WHERE id = ?1 AND suspended_at IS NULL AND deleted_at IS NULL';
const lift = 'UPDATE users SET suspended_at = NULL WHERE id = ?1';
const endSessions = 'DELETE FROM sessions WHERE user_id = ?1';

/** Suspends people, lifts suspensions, and signs people out. None of it deletes anything. */
export function createSuspension({ db, auditLog, clock }: AdminContext, { live }: { live: Pick<Live, 'signOut'> }) {
  const closeSockets = (userId: string) => live.signOut({ userId, session: null });
  const read = (userId: string) => first<{ suspendedAt: number | null }>(db, statement(find, userId));

  return {
    /** Ends the person's access with their next request, closes their open pages, and stops their shared films. */
    async suspend({ adminId, userId, reason, requestId }: Order & { reason: string }): Promise<SuspensionOutcome> {
      if (adminId === userId) return 'yourself';
      const person = await read(userId);
      if (!person) return 'not-found';
      if (person.suspendedAt !== null) return 'already-so';
      const entry = { what: 'suspended', adminId, userId, subject: userId, reason, requestId } as const;
      await batch(db, [statement(suspend, userId, clock()), auditLog.statement(entry)]);
      await closeSockets(userId);
      return 'suspended';
    },

    /** Lets the person sign in again; devices that were signed in before the suspension are signed in again. */
    async lift({ adminId, userId, reason, requestId }: Order & { reason: string }): Promise<SuspensionOutcome> {
      const person = await read(userId);
      if (!person) return 'not-found';
      if (person.suspendedAt === null) return 'already-so';
      const before = new Date(person.suspendedAt).toISOString();
      const entry = { what: 'lifted', adminId, userId, subject: userId, before, reason, requestId } as const;
      await batch(db, [statement(lift, userId), auditLog.statement(entry)]);
      return 'lifted';
    },

    /** Ends every session of the person and closes their sockets. */
    async signOut({ adminId, userId, requestId }: Order): Promise<'signed-out' | 'not-found'> {
      if (!(await read(userId))) return 'not-found';
      const entry = { what: 'signed-out', adminId, userId, subject: userId, requestId } as const;
      await batch(db, [statement(endSessions, userId), auditLog.statement(entry)]);
      await closeSockets(userId);
      return 'signed-out';
    },
  };
}
