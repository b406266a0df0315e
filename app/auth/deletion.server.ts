import type { Base } from '~/db/base';
import { all, batch, first, run, statement } from '~/db/statement';
import { cancelStatement } from '~/db/stops';
import { retention } from '~/media/retention';
import { type BoughtPack, costOfCredits, type WhatGoes } from './deletion';

/** Accounts that one run closes; the next run goes on. */
const mostAccounts = 50;
/** Purchases that are looked at for what the credits left have cost. */
const mostPurchases = 50;

const ask = 'UPDATE users SET deleted_at = ?2 WHERE id = ?1 AND deleted_at IS NULL';
const endSessions = 'DELETE FROM sessions WHERE user_id = ?1';
const endUploads = "UPDATE uploads SET expires_at = min(expires_at, ?2) WHERE user_id = ?1 AND state = 'open'";
const takeBack = 'UPDATE users SET deleted_at = NULL WHERE id = ?1 AND deleted_at > ?2 AND closed_at IS NULL';
const isLiving = 'SELECT 1 AS living FROM users WHERE id = ?1 AND deleted_at IS NULL';
// By trigger the profile and the sessions go with it.
const close =
  'UPDATE users SET closed_at = ?2 WHERE id = ?1 AND deleted_at <= ?3 AND deleted_at IS NOT NULL AND closed_at IS NULL';
const findDue = `SELECT id FROM users WHERE deleted_at IS NOT NULL AND closed_at IS NULL AND deleted_at <= ?1
  LIMIT ${mostAccounts}`;

const countWhatGoes = `SELECT
  (SELECT count(*) FROM projects p WHERE p.user_id = ?1 AND p.deleted_at IS NULL) AS films,
  (SELECT count(*) FROM photos f WHERE f.user_id = ?1 AND f.erased_at IS NULL) AS photos,
  (SELECT count(*) FROM generations g WHERE g.user_id = ?1 AND g.media_bytes IS NOT NULL AND g.erased_at IS NULL) AS clips,
  (SELECT count(*) FROM shares s WHERE s.user_id = ?1 AND s.revoked_at IS NULL AND s.expires_at > ?2) AS shares,
  (SELECT count(*) FROM purchases b WHERE b.user_id = ?1 AND b.state = 'paid') AS purchases,
  (SELECT a.balance FROM credit_accounts a WHERE a.user_id = ?1) AS balance`;
const listBought = `SELECT b.credits, b.amount, b.currency,
    b.credits - (SELECT coalesce(sum(v.moved), 0) FROM reversals v WHERE v.purchase_id = b.id) AS kept
  FROM purchases b WHERE b.user_id = ?1 AND b.state = 'paid' ORDER BY b.id DESC LIMIT ${mostPurchases}`;

/**
 * The deletion of an account: asked for, taken back within seven days, or closed for good. From the moment it is asked for
 * nothing of the account is shown, because sessions and shares belong to living people only; nothing else is changed, so that
 * taking it back needs no repair. Erasure follows when it is closed.
 */
export function createDeletion({ db, clock }: Pick<Base, 'db' | 'clock'>) {
  return {
    /**
     * Asks for the deletion: ends all sessions, the uploads on their way, and the open generations that may be stopped. One
     * that can no longer be stopped goes on to its end. Asking again changes nothing.
     */
    async ask(userId: string): Promise<void> {
      const now = clock();
      await batch(db, [
        statement(ask, userId, now),
        statement(endSessions, userId),
        statement(endUploads, userId, now),
        cancelStatement({ userId, ids: null, now }),
      ]);
    },

    /** Takes the deletion back. False if it is too late; an admin's role does not come back. */
    async takeBack(userId: string): Promise<boolean> {
      await run(db, statement(takeBack, userId, clock() - retention.takeBack));
      return (await first(db, statement(isLiving, userId))) !== null;
    },

    /** Closes an account whose deletion was asked for before `askedBefore` (ms); by default whenever that was. */
    async close(userId: string, askedBefore = clock()): Promise<void> {
      await run(db, statement(close, userId, clock(), askedBefore));
    },

    /** Closes accounts whose seven days are over. `now` in ms. */
    async closeDue(now: number): Promise<void> {
      const askedBefore = now - retention.takeBack;
      const due = await all<{ id: string }>(db, statement(findDue, askedBefore));
      await batch(
        db,
        due.map(({ id }) => statement(close, id, now, askedBefore)),
      );
    },

    /** What goes with the account. */
    async whatGoes(userId: string): Promise<WhatGoes> {
      const [counts = [], bought = []] = await batch<Record<string, number>>(db, [
        statement(countWhatGoes, userId, clock()),
        statement(listBought, userId),
      ]);
      const counted = counts[0] as unknown as Omit<WhatGoes, 'paid'>;
      return { ...counted, paid: costOfCredits(counted.balance, bought as unknown as BoughtPack[]) };
    },
  };
}

export type Deletion = ReturnType<typeof createDeletion>;
