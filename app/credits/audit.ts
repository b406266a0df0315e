// The queries of the ledger audit. The Worker runs them on D1 each night, `npm run audit` by hand, simulators on SQLite.

/** What can be wrong with the ledger, and the query that finds the person or row concerned (`subject`). */
export const audits = {
  /** A balance is the sum of its entries, equals `balance_after` of the last one, and is never below zero. */
  balance: `SELECT a.user_id AS subject FROM credit_accounts a
    WHERE a.balance < 0 OR a.balance <> (SELECT coalesce(sum(e.delta), 0) FROM credit_entries e WHERE e.user_id = a.user_id)
      OR a.balance <> coalesce((SELECT e.balance_after FROM credit_entries e WHERE e.user_id = a.user_id ORDER BY e.seq DESC LIMIT 1), 0)`,

  /** Entries are numbered without gaps. */
  version: `SELECT a.user_id AS subject FROM credit_accounts a
    WHERE a.version <> (SELECT count(*) FROM credit_entries e WHERE e.user_id = a.user_id)
      OR a.version <> (SELECT coalesce(max(e.seq), 0) FROM credit_entries e WHERE e.user_id = a.user_id)`,

  /** Each entry's `balance_after` is that of the entry before plus its `delta`. */
  chain: `SELECT e.key AS subject FROM credit_entries e
    WHERE e.balance_after <> e.delta + coalesce((SELECT p.balance_after FROM credit_entries p
      WHERE p.user_id = e.user_id AND p.seq = e.seq - 1), 0)`,

  /** Every generation has one debit, unless a gift paid it. */
  debit: `SELECT g.id AS subject FROM generations g
    WHERE (SELECT count(*) FROM credit_entries e WHERE e.generation_id = g.id AND e.kind = 'generation'
      AND e.key = 'generation:' || g.id AND e.delta = -g.cost AND e.user_id = g.user_id) <> (g.gift IS NULL)`,

  /** A generation that credits paid has one refund if it failed or was canceled; any other has none. */
  refund: `SELECT g.id AS subject FROM generations g
    WHERE (SELECT count(*) FROM credit_entries e WHERE e.key = 'refund:' || g.id AND e.delta = g.cost
      AND e.user_id = g.user_id) <> (g.gift IS NULL AND g.state IN ('failed','canceled'))`,

  /**
   * A gift has moved no credit. One for feedback was earned by that about a paid generation of its clip, and made one clip at
   * most; one of an admin is for an ended generation of its clip, and the admin's and the person's Google accounts differ.
   */
  gift: `SELECT g.id AS subject FROM generations g
    WHERE g.gift IS NOT NULL AND (EXISTS (SELECT 1 FROM credit_entries e WHERE e.key IN ('generation:' || g.id, 'refund:' || g.id))
      OR (g.gift_by IS NULL AND (NOT EXISTS (SELECT 1 FROM generation_feedback f JOIN generations p ON p.id = f.generation_id
          WHERE f.generation_id = g.gift AND p.user_id = g.user_id AND p.clip_id = g.clip_id AND p.state = 'ready' AND p.gift IS NULL)
        OR (g.state NOT IN ('failed','canceled') AND EXISTS (SELECT 1 FROM generations o WHERE o.user_id = g.user_id
          AND o.clip_id = g.clip_id AND o.gift IS NOT NULL AND o.gift_by IS NULL AND o.id <> g.id
          AND o.state NOT IN ('failed','canceled')))))
      OR (g.gift_by IS NOT NULL AND NOT EXISTS (SELECT 1 FROM users giver JOIN users person ON person.id = g.user_id
        JOIN generations p ON p.id = g.gift AND p.user_id = g.user_id AND p.clip_id = g.clip_id
        WHERE giver.id = g.gift_by AND giver.account_hash <> person.account_hash)))`,

  /** A paid purchase has one grant of its credits, any other none. */
  purchase: `SELECT p.id AS subject FROM purchases p
    WHERE (SELECT count(*) FROM credit_entries e WHERE e.user_id = p.user_id AND e.kind = 'purchase' AND e.reference = p.id)
        <> (p.state = 'paid')
      OR (SELECT count(*) FROM credit_entries e WHERE e.key = 'stripe:' || p.checkout_session_id AND e.delta = p.credits
        AND e.user_id = p.user_id AND e.reference = p.id) <> (p.state = 'paid')`,

  /** The credits taken back are the share of the money that went back, rounded down. */
  reversed: `SELECT p.id AS subject FROM purchases p
    WHERE (SELECT coalesce(sum(r.credits), 0) FROM reversals r WHERE r.purchase_id = p.id) <> iif(p.state = 'paid' AND p.amount > 0,
        p.credits * min(p.amount, p.refunded_amount + p.disputed_amount) / p.amount, 0)
      OR (SELECT coalesce(max(r.seq), 0) FROM reversals r WHERE r.purchase_id = p.id)
        <> (SELECT count(*) FROM reversals r WHERE r.purchase_id = p.id)
      OR (SELECT coalesce(sum(r.credits - r.moved), 0) FROM reversals r WHERE r.purchase_id = p.id) < 0`,

  /** A reversal has one entry of `moved` credits, none if it moved nothing, and moved no more than `credits`. */
  reversal: `SELECT r.id AS subject FROM reversals r
    WHERE r.moved NOT BETWEEN min(r.credits, 0) AND max(r.credits, 0)
      OR (SELECT count(*) FROM credit_entries e WHERE e.key IN ('clawback:' || r.id, 'reinstated:' || r.id) AND e.delta = -r.moved
        AND e.user_id = r.user_id AND e.reference = r.purchase_id) <> (r.moved <> 0)`,

  /** A rewarded referral has one entry for each of its two people, any other none. */
  referral: `SELECT r.referred_user_id AS subject FROM referrals r
    WHERE (SELECT count(*) FROM credit_entries e WHERE e.key = 'referral:' || r.referred_user_id
        AND e.user_id = r.referred_user_id AND e.delta = r.referred_credits) <> (r.rewarded_at IS NOT NULL AND r.referred_credits > 0)
      OR (SELECT count(*) FROM credit_entries e WHERE e.key = 'referral:' || r.referred_user_id || ':host'
        AND e.user_id = r.referrer_user_id AND e.delta = r.referrer_credits) <> (r.rewarded_at IS NOT NULL AND r.referrer_credits > 0)`,

  /** The rewards of a referral stand while the purchase that earned them does: of a reversed one, all of them are taken back. */
  rewardReversed: `SELECT r.referred_user_id AS subject FROM referrals r JOIN purchases p ON p.id = r.purchase_id
    WHERE (SELECT coalesce(sum(w.credits), 0) FROM reward_reversals w WHERE w.referred_user_id = r.referred_user_id AND w.user_id = r.referred_user_id)
        <> iif((SELECT coalesce(sum(v.credits), 0) FROM reversals v WHERE v.purchase_id = p.id) >= p.credits, r.referred_credits, 0)
      OR (SELECT coalesce(sum(w.credits), 0) FROM reward_reversals w WHERE w.referred_user_id = r.referred_user_id AND w.user_id = r.referrer_user_id)
        <> iif((SELECT coalesce(sum(v.credits), 0) FROM reversals v WHERE v.purchase_id = p.id) >= p.credits, r.referrer_credits, 0)`,

  /** A reward taken back has one entry of `moved` credits, none if it moved nothing, and moved no more than `credits`. */
  rewardReversal: `SELECT w.id AS subject FROM reward_reversals w
    WHERE w.moved NOT BETWEEN min(w.credits, 0) AND max(w.credits, 0)
      OR (SELECT count(*) FROM credit_entries e WHERE e.key IN ('clawback:' || w.id, 'reinstated:' || w.id) AND e.delta = -w.moved
        AND e.user_id = w.user_id AND e.reference = w.reference) <> (w.moved <> 0)`,

  /** A share reward has one entry. */
  share: `SELECT s.project_id AS subject FROM share_rewards s
    WHERE (SELECT count(*) FROM credit_entries e WHERE e.key = 'share:' || s.project_id AND e.user_id = s.user_id
      AND e.delta = s.credits AND e.kind = 'share') <> 1`,

  /** An adjustment has one entry if it is done, else none. */
  adjustment: `SELECT a.id AS subject FROM adjustments a
    WHERE (SELECT count(*) FROM credit_entries e WHERE e.key = 'adjustment:' || a.id AND e.delta = a.credits
      AND e.user_id = a.user_id AND e.kind = 'adjustment') <> (a.state = 'done')`,

  /** A change of a guarded setting was asked for and agreed to by two Google accounts. */
  settingChange: `SELECT c.id AS subject FROM setting_changes c JOIN users a ON a.id = c.requested_by JOIN users d ON d.id = c.decided_by
    WHERE c.state = 'done' AND a.account_hash = d.account_hash`,

  /** A person has the hash of a Google account, and a Google account has one person whose account is not closed. */
  account: `SELECT u.id AS subject FROM users u WHERE u.account_hash IS NULL
    OR (u.closed_at IS NULL AND EXISTS (SELECT 1 FROM users o WHERE o.account_hash = u.account_hash AND o.closed_at IS NULL
      AND o.id <> u.id))`,

  /** A photo takes no more room than its upload was counted with, but for the few bytes that keep it upright. */
  room: `SELECT p.id AS subject FROM photos p
    WHERE p.size_bytes > coalesce((SELECT u.length_bytes FROM uploads u WHERE u.id = p.id AND u.user_id = p.user_id), 0) + 1000`,

  /** An account that is being deleted has no role, and a closed one no profile and no session; it was asked for before. */
  closed: `SELECT u.id AS subject FROM users u
    WHERE u.closed_at IS NOT NULL AND (u.deleted_at IS NULL OR u.deleted_at > u.closed_at
      OR EXISTS (SELECT 1 FROM profiles p WHERE p.user_id = u.id) OR EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = u.id))
      OR (u.deleted_at IS NOT NULL AND EXISTS (SELECT 1 FROM profiles p JOIN admins a ON a.google_sub = p.google_sub
        WHERE p.user_id = u.id))`,

  /** Every entry has the row that it is booked for. */
  origin: `SELECT e.key AS subject FROM credit_entries e
    WHERE (e.kind = 'signup' AND e.key NOT LIKE 'signup:%')
      OR (e.kind = 'generation' AND NOT EXISTS (SELECT 1 FROM generations g WHERE e.key = 'generation:' || g.id AND g.user_id = e.user_id
        AND g.id = e.generation_id))
      OR (e.kind = 'refund' AND NOT EXISTS (SELECT 1 FROM generations g WHERE e.key = 'refund:' || g.id AND g.user_id = e.user_id
        AND g.id = e.generation_id))
      OR (e.kind = 'purchase' AND NOT EXISTS (SELECT 1 FROM purchases p WHERE p.id = e.reference AND p.user_id = e.user_id
        AND e.key = 'stripe:' || p.checkout_session_id))
      OR ((e.kind = 'clawback' OR e.key LIKE 'reinstated:%') AND NOT EXISTS (SELECT 1 FROM reversals r
        WHERE r.purchase_id = e.reference AND e.key IN ('clawback:' || r.id, 'reinstated:' || r.id))
        AND NOT EXISTS (SELECT 1 FROM reward_reversals w WHERE w.id IN (substr(e.key, 10), substr(e.key, 12))
          AND w.reference = e.reference AND e.key IN ('clawback:' || w.id, 'reinstated:' || w.id)))
      OR (e.kind = 'referral' AND NOT EXISTS (SELECT 1 FROM referrals r WHERE r.rewarded_at IS NOT NULL
        AND ((r.referred_user_id = e.user_id AND e.key = 'referral:' || r.referred_user_id)
          OR (r.referrer_user_id = e.user_id AND e.key = 'referral:' || r.referred_user_id || ':host'))))
      OR (e.kind = 'share' AND NOT EXISTS (SELECT 1 FROM share_rewards s WHERE s.project_id = substr(e.key, 7)
        AND e.key = 'share:' || s.project_id))
      OR (e.key LIKE 'second-try:%' AND NOT EXISTS (SELECT 1 FROM generation_feedback f JOIN generations g ON g.id = f.generation_id
        WHERE f.generation_id = e.reference AND f.user_id = e.user_id AND e.key = 'second-try:' || g.clip_id))
      OR (e.key LIKE 'adjustment:adj_%' AND NOT EXISTS (SELECT 1 FROM adjustments a
        WHERE a.id = e.reference AND a.user_id = e.user_id AND e.key = 'adjustment:' || a.id))`,
} as const;

/** The table that each query reads and the key of its subjects, so that a run can audit a range of keys. */
export const auditPaths: Readonly<Record<keyof typeof audits, { table: string; key: string }>> = {
  balance: { table: 'credit_accounts', key: 'user_id' },
  version: { table: 'credit_accounts', key: 'user_id' },
  chain: { table: 'credit_entries', key: 'key' },
  debit: { table: 'generations', key: 'id' },
  refund: { table: 'generations', key: 'id' },
  gift: { table: 'generations', key: 'id' },
  purchase: { table: 'purchases', key: 'id' },
  reversed: { table: 'purchases', key: 'id' },
  reversal: { table: 'reversals', key: 'id' },
  referral: { table: 'referrals', key: 'referred_user_id' },
  rewardReversed: { table: 'referrals', key: 'referred_user_id' },
  rewardReversal: { table: 'reward_reversals', key: 'id' },
  share: { table: 'share_rewards', key: 'project_id' },
  adjustment: { table: 'adjustments', key: 'id' },
  settingChange: { table: 'setting_changes', key: 'id' },
  account: { table: 'users', key: 'id' },
  room: { table: 'photos', key: 'id' },
  closed: { table: 'users', key: 'id' },
  origin: { table: 'credit_entries', key: 'key' },
};

/** One finding of the audit. */
export interface LedgerDifference {
  kind: keyof typeof audits;
  /** The id of a person, generation, purchase, reversal, project or adjustment, or the key of an entry. */
  subject: string;
}
