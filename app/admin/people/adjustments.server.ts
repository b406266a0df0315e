import type { AdminContext } from '~/admin/audit-log.server';
import type { Ledger } from '~/credits/ledger.server';
import { brokenLaw } from '~/db/client.server';
import { all, batch, first, type Statement, statement } from '~/db/statement';
import type { Live } from '~/live/channel.server';
import type { SettingsReader } from '~/settings/settings.server';
import { type AdjustmentView, type AskOutcome, type DecideOutcome, signed } from './adjustments';
import { readAlone } from './alone.server';

/** An adjustment as an admin asks for it: positive `credits` are given, negative ones taken; `requestKey` marks a repeat. */
interface Asked {
  adminId: string;
  userId: string;
  credits: number;
  /** The person reads it in the credit history. */
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
// Also for a decided adjustment: then the law refuses the whole batch, its audit entry too.
const update = 'UPDATE adjustments SET state = ?2, decided_by = ?3, decided_at = ?4 WHERE id = ?1';
const views = `SELECT j.id, j.user_id AS userId, p.name AS person, a.balance, j.credits, j.reason, j.state,
    j.requested_by AS requestedBy, r.name AS requester, j.requested_at AS requestedAt, d.name AS decider, j.decided_at AS decidedAt
  FROM adjustments j JOIN credit_accounts a ON a.user_id = j.user_id LEFT JOIN profiles p ON p.user_id = j.user_id
    LEFT JOIN profiles r ON r.user_id = j.requested_by LEFT JOIN profiles d ON d.user_id = j.decided_by`;
const viewsWaiting = `${views} WHERE j.state = 'waiting' ORDER BY j.id LIMIT ?1`;
const viewsOfPerson = `${views} WHERE j.user_id = ?1 ORDER BY j.id DESC LIMIT ?2`;

/**
 * Credits given and taken by hand. A trigger books an adjustment when it becomes `done`, and demands another admin's Google
 * account for oneself and above the daily limit; each step is one batch with its audit entry.
 */
export function createAdjustments(
  { db, auditLog, clock, newId }: AdminContext,
  {
    ledger,
    live,
    settings,
  }: { ledger: Pick<Ledger, 'balance'>; live: Pick<Live, 'publish'>; settings: SettingsReader },
) {
  const decided = (id: string, state: 'done' | 'declined', adminId: string): Statement =>
    statement(update, id, state, adminId, clock());
  const accountOf = (userId: string) => first<{ balance: number }>(db, statement(findAccount, userId));

  async function tell(userId: string): Promise<void> {
    await live.publish(userId, [{ type: 'balance', ...(await ledger.balance(userId)) }]);
  }

  /** The outcome of an earlier request with this key; `used-before` if its values were others. */
  async function again(asked: Asked): Promise<AskOutcome | null> {
    const made = await first<Row>(db, statement(findRequest, asked.adminId, asked.requestKey));
    if (!made) return null;
    const isSame = made.userId === asked.userId && made.credits === asked.credits && made.reason === asked.reason;
    return { outcome: isSame ? made.state : 'used-before' };
  }

  async function book(asked: Asked, outcome: 'done' | 'waiting'): Promise<AskOutcome> {
    const { adminId, userId, credits, reason, requestKey, requestId } = asked;
    const id = newId('adj');
    const what = outcome === 'done' ? 'adjustment-done' : 'adjustment-asked';
    const entry = auditLog.statement({ what, adminId, userId, subject: id, after: signed(credits), reason, requestId });
    const asking = statement(insert, id, userId, requestKey, credits, reason, adminId, clock());
    try {
      await batch(db, [asking, ...(outcome === 'done' ? [decided(id, 'done', adminId)] : []), entry]);
      return { outcome };
    } catch (error) {
      // Two posts at once, or an answer lost after the write: the stored row counts.
      const made = await again(asked);
      if (made) return made;
      switch (brokenLaw(error)) {
        case 'ledger:overdraft':
          return { outcome: 'overdraft', balance: (await ledger.balance(userId)).balance };
        case 'adjustment:not-asked-for-by-an-admin':
          return { outcome: 'not-an-admin' };
        case 'adjustment:needs-another-admin':
          // The limit was lowered, or used up by another adjustment, after it was read.
          if (outcome === 'done') return book(asked, 'waiting');
      }
      throw error;
    }
  }

  return {
    /** How far this admin may go alone for this person now. */
    alone: (asked: { adminId: string; userId: string }) => readAlone({ db, settings, now: clock() }, asked),

    /** Gives or takes credits at once; for oneself, or past the day's limit, asks for another admin's yes. */
    async ask(asked: Asked): Promise<AskOutcome> {
      const made = await again(asked);
      if (made) return made;
      const account = await accountOf(asked.userId);
      if (!account) return { outcome: 'not-found' };
      if (account.balance + asked.credits < 0) return { outcome: 'overdraft', balance: account.balance };
      const { left } = await readAlone({ db, settings, now: clock() }, asked);
      const answer = await book(asked, Math.abs(asked.credits) > left ? 'waiting' : 'done');
      if (answer.outcome === 'done') await tell(asked.userId);
      return answer;
    },

    /** Another admin's yes or no; the admin who asked may say no too. Of two at once the first counts, with its audit entry. */
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
      const row = await first<Row>(db, statement(findOne, adjustmentId));
      const account = row && (await accountOf(row.userId));
      if (!row || (isYes && !account)) return { outcome: 'not-found' };
      const { id, userId, credits, reason } = row;
      const outcome = isYes ? 'done' : 'declined';
      const what = isYes ? 'adjustment-done' : 'adjustment-declined';
      const entry = { adminId, userId, subject: id, reason, requestId, before: `${signed(credits)}, waiting` };
      try {
        await batch(db, [
          decided(id, outcome, adminId),
          auditLog.statement({ ...entry, what, after: isYes ? signed(credits) : 'declined' }),
        ]);
      } catch (error) {
        const now = await first<Row>(db, statement(findOne, id));
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

    /** Adjustments that wait for another admin, oldest first. */
    waiting: (): Promise<AdjustmentView[]> => all(db, statement(viewsWaiting, mostWaiting)),

    /** Adjustments of one person, newest first. */
    ofPerson: (userId: string): Promise<AdjustmentView[]> => all(db, statement(viewsOfPerson, userId, mostOfPerson)),
  };
}
