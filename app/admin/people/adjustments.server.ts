import type { AuditLog } from '~/admin/audit-log.server';
import type { Ledger } from '~/credits/ledger.server';
import { brokenLaw, type Database } from '~/db/client.server';
import type { Clock, NewId } from '~/db/ids';
import type { Live } from '~/live/channel.server';
import type { SettingsReader } from '~/settings/settings.server';
import { type AdjustmentView, type AskOutcome, type DecideOutcome, signed } from './adjustments';

/** What is asked for: `credits` above zero are given, below taken. The same `requestKey` is the same request. */
interface Asked {
  adminId: string;
  userId: string;
  credits: number;
  /** For the person: it stands in their diary. */
  reason: string;
  requestKey: string;
  requestId: string;
}

interface Row {
  id: string;
  userId: string;
  credits: number;
  reason: string;
  state: AdjustmentView['state'];
  decidedBy: string | null;
}

const mostWaiting = 50;
const mostOfPerson = 20;
const rowColumns = 'id, user_id AS userId, credits, reason, state, decided_by AS decidedBy';
const findRequest = `SELECT ${rowColumns} FROM adjustments WHERE requested_by = ?1 AND request_key = ?2`;
const findOne = `SELECT ${rowColumns} FROM adjustments WHERE id = ?1`;
const findAccount = `SELECT a.balance FROM users u JOIN credit_accounts a ON a.user_id = u.id
  WHERE u.id = ?1 AND u.deleted_at IS NULL`;
const insert = `INSERT INTO adjustments (id, user_id, request_key, credits, reason, requested_by, requested_at)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`;
// Also where it was decided already: then the law refuses it, and the act that travels with it.
const update = 'UPDATE adjustments SET state = ?2, decided_by = ?3, decided_at = ?4 WHERE id = ?1';
const views = `SELECT j.id, j.user_id AS userId, p.name AS person, a.balance, j.credits, j.reason, j.state,
    j.requested_by AS requestedBy, r.name AS requester, j.requested_at AS requestedAt, d.name AS decider, j.decided_at AS decidedAt
  FROM adjustments j JOIN credit_accounts a ON a.user_id = j.user_id LEFT JOIN profiles p ON p.user_id = j.user_id
    LEFT JOIN profiles r ON r.user_id = j.requested_by LEFT JOIN profiles d ON d.user_id = j.decided_by`;
const viewsWaiting = `${views} WHERE j.state = 'waiting' ORDER BY j.id LIMIT ?1`;
const viewsOfPerson = `${views} WHERE j.user_id = ?1 ORDER BY j.id DESC LIMIT ?2`;

/**
 * Credits given and taken by hand. The step to `done` books them, by the schema's own trigger, which also says when
 * another admin is needed; each step travels with its act, in one batch.
 */
export function createAdjustments({
  db,
  auditLog,
  ledger,
  live,
  settings,
  clock,
  newId,
}: {
  db: Database;
  auditLog: AuditLog;
  ledger: Pick<Ledger, 'balance'>;
  live: Pick<Live, 'publish'>;
  settings: SettingsReader;
  clock: Clock;
  newId: NewId;
}) {
  const run = (sql: string, ...values: (string | number)[]) => db.$client.prepare(sql).bind(...values);
  const decided = (id: string, state: 'done' | 'declined', adminId: string) => run(update, id, state, adminId, clock());

  async function tell(userId: string): Promise<void> {
    await live.publish(userId, [{ type: 'balance', ...(await ledger.balance(userId)) }]);
  }

  /** The answer to a request that was made before: what became of it, if it was the same. */
  async function again(asked: Asked): Promise<AskOutcome | null> {
    const made = await run(findRequest, asked.adminId, asked.requestKey).first<Row>();
    if (!made) return null;
    const isSame = made.userId === asked.userId && made.credits === asked.credits && made.reason === asked.reason;
    return { outcome: isSame ? made.state : 'used-before' };
  }

  async function book(asked: Asked, outcome: 'done' | 'waiting'): Promise<AskOutcome> {
    const { adminId, userId, credits, reason, requestKey, requestId } = asked;
    const id = newId('adj');
    const what = outcome === 'done' ? 'adjustment-done' : 'adjustment-asked';
    const act = auditLog.statement({ what, adminId, userId, subject: id, after: signed(credits), reason, requestId });
    const asking = run(insert, id, userId, requestKey, credits, reason, adminId, clock());
    try {
      await db.$client.batch([asking, ...(outcome === 'done' ? [decided(id, 'done', adminId)] : []), act]);
      return { outcome };
    } catch (error) {
      // Sent twice at once, or the answer was lost after the write: what is stored counts.
      const made = await again(asked);
      if (made) return made;
      switch (brokenLaw(error)) {
        case 'ledger:overdraft':
          return { outcome: 'overdraft', balance: (await ledger.balance(userId)).balance };
        case 'adjustment:not-asked-for-by-an-admin':
          return { outcome: 'not-an-admin' };
        case 'adjustment:needs-another-admin':
          // The limit has become lower since it was read.
          if (outcome === 'done') return book(asked, 'waiting');
      }
      throw error;
    }
  }

  return {
    /** Gives or takes credits at once, or where that is above the limit asks for another admin's yes. */
    async ask(asked: Asked): Promise<AskOutcome> {
      const made = await again(asked);
      if (made) return made;
      const account = await run(findAccount, asked.userId).first<{ balance: number }>();
      if (!account) return { outcome: 'not-found' };
      if (account.balance + asked.credits < 0) return { outcome: 'overdraft', balance: account.balance };
      const { secondAdminAbove } = await settings.read();
      const answer = await book(asked, Math.abs(asked.credits) > secondAdminAbove ? 'waiting' : 'done');
      if (answer.outcome === 'done') await tell(asked.userId);
      return answer;
    },

    /** Another admin's yes or no; a no may also come from who asked. Two at once: the first counts, and only its act stays. */
    async decide({
      adminId,
      adjustmentId,
      isYes,
      requestId,
    }: {
      adminId: string;
      adjustmentId: string;
      isYes: boolean;
      requestId: string;
    }): Promise<DecideOutcome> {
      const row = await run(findOne, adjustmentId).first<Row>();
      const account = row && (await run(findAccount, row.userId).first<{ balance: number }>());
      if (!row || (isYes && !account)) return { outcome: 'not-found' };
      const { id, userId, credits, reason } = row;
      const outcome = isYes ? 'done' : 'declined';
      const what = isYes ? 'adjustment-done' : 'adjustment-declined';
      const told = { adminId, userId, subject: id, reason, requestId, before: `${signed(credits)}, waiting` };
      try {
        await db.$client.batch([
          decided(id, outcome, adminId),
          auditLog.statement({ ...told, what, after: isYes ? signed(credits) : 'declined' }),
        ]);
      } catch (error) {
        const now = await run(findOne, id).first<Row>();
        const isMine = now?.state === outcome && now.decidedBy === adminId;
        if (!isMine && now?.state !== 'waiting') return { outcome: 'decided-before', userId };
        const law = brokenLaw(error);
        if (law === 'ledger:overdraft')
          return { outcome: 'overdraft', userId, balance: (await ledger.balance(userId)).balance };
        if (law === 'adjustment:needs-another-admin') return { outcome: 'needs-another-admin', userId };
        if (!isMine) throw error;
      }
      if (isYes) await tell(userId);
      return { outcome, userId };
    },

    /** What waits for another admin, the oldest first. */
    async waiting(): Promise<AdjustmentView[]> {
      return (await run(viewsWaiting, mostWaiting).all<AdjustmentView>()).results;
    },

    /** What was given to and taken from one person by hand, the newest first. */
    async ofPerson(userId: string): Promise<AdjustmentView[]> {
      return (await run(viewsOfPerson, userId, mostOfPerson).all<AdjustmentView>()).results;
    },
  };
}
