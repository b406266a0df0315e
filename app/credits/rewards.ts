// The statements that earn credits. Each condition is part of its statement, so that no other write can come between
// check and write. A statement whose condition does not hold changes nothing.
import { type Statement, statement } from '~/db/statement';

/** ?1 code, ?2 the person, ?3 now. */
const insertCode = `INSERT INTO referral_codes (code, user_id, created_at) SELECT ?1, ?2, ?3
  WHERE NOT EXISTS (SELECT 1 FROM referral_codes c WHERE c.code = ?1 OR c.user_id = ?2)`;

/**
 * ?1 code, ?2 the friend, ?3 now, ?4 the key of the friend's welcome credits: booked for another account, it shows that the
 * friend had an account before.
 */
const insertReferral = `INSERT INTO referrals (referred_user_id, referrer_user_id, created_at)
  SELECT friend.id, host.id, ?3 FROM referral_codes c
    JOIN users host ON host.id = c.user_id AND host.deleted_at IS NULL
    JOIN credit_accounts a ON a.user_id = host.id
    JOIN users friend ON friend.id = ?2 AND friend.deleted_at IS NULL AND friend.created_at > host.created_at
  WHERE c.code = ?1 AND friend.id <> host.id
    AND NOT EXISTS (SELECT 1 FROM referrals r WHERE r.referred_user_id = friend.id)
    AND NOT EXISTS (SELECT 1 FROM credit_entries e WHERE e.key = ?4 AND e.user_id <> friend.id)
    AND NOT EXISTS (SELECT 1 FROM users same WHERE same.account_hash = friend.account_hash AND same.id <> friend.id)
    AND NOT EXISTS (SELECT 1 FROM generations g WHERE g.user_id = friend.id)
    AND NOT EXISTS (SELECT 1 FROM purchases p WHERE p.user_id = friend.id)`;

/** ?1 the friend, ?2 now, ?3 and ?4 credits for the referrer and the friend, ?5 the most friends that are rewarded. */
const reward = (what: 'film' | 'purchase') => `UPDATE referrals
  SET rewarded_at = ?2, rewarded_for = '${what}', referrer_credits = ?3, referred_credits = ?4
  WHERE referred_user_id = ?1 AND rewarded_at IS NULL
    AND (SELECT count(*) FROM users host JOIN users same ON same.account_hash = host.account_hash
      JOIN referrals r ON r.referrer_user_id = same.id AND r.rewarded_at IS NOT NULL
      WHERE host.id = referrals.referrer_user_id) < ?5
    AND NOT EXISTS (SELECT 1 FROM users u WHERE u.id IN (referrals.referrer_user_id, ?1) AND u.deleted_at IS NOT NULL)`;

/** A purchase whose money went back in full earns no reward. */
const rewardForPurchase = `${reward('purchase')}
    AND EXISTS (SELECT 1 FROM purchases p WHERE p.user_id = ?1
      AND p.refunded_amount + p.disputed_amount < p.amount AND p.state = 'paid')`;

/** ?6 the project. */
const rewardForProject = `${reward('film')}
    AND EXISTS (SELECT 1 FROM projects p
      JOIN clips c ON c.user_id = p.user_id AND c.project_id = p.id AND c.deleted_at IS NULL
      JOIN generations g ON g.id = c.approved_generation_id AND g.user_id = c.user_id AND g.state = 'ready' AND g.cost > 0
      WHERE p.id = ?6 AND p.user_id = ?1 AND p.status = 'completed' AND p.deleted_at IS NULL)`;

/**
 * ?1 the share, ?2 now, ?3 credits, ?4 visitors. The first 22 characters of a visitor hash stand for the network; visits
 * from a network of the owner (hashes that begin with `owner.`) do not count (app/projects/share-token.server.ts).
 */
const insertShareReward = `INSERT INTO share_rewards (project_id, user_id, share_id, visitors, credits, created_at)
  SELECT s.project_id, s.user_id, s.id, ?4, ?3, ?2 FROM shares s
    JOIN projects p ON p.user_id = s.user_id AND p.id = s.project_id AND p.deleted_at IS NULL
    JOIN users u ON u.id = s.user_id AND u.deleted_at IS NULL
  WHERE s.id = ?1 AND s.revoked_at IS NULL AND s.expires_at > ?2
    AND NOT EXISTS (SELECT 1 FROM share_rewards r WHERE r.project_id = s.project_id)
    AND EXISTS (SELECT 1 FROM clips c JOIN generations g ON g.id = c.approved_generation_id AND g.cost > 0
      WHERE c.user_id = s.user_id AND c.project_id = s.project_id AND c.deleted_at IS NULL)
    AND (SELECT count(DISTINCT substr(v.visitor_hash, 1, 22)) FROM share_visits v
      WHERE v.share_id = s.id AND v.watched_at IS NOT NULL AND v.visitor_hash NOT LIKE 'owner.%'
        AND NOT EXISTS (SELECT 1 FROM share_visits o WHERE o.share_id = s.id AND o.visitor_hash LIKE 'owner.%'
          AND substr(o.visitor_hash, 7, 22) = substr(v.visitor_hash, 1, 22))) >= ?4`;

/** Stores a person's code, unless the person has one or the code is taken. `now` in ms. */
export const codeStatement = ({ code, userId, now }: { code: string; userId: string; now: number }): Statement =>
  statement(insertCode, code, userId, now);

/**
 * Stores who invited a new person; part of the batch that makes their account. Changes nothing if the referral is not
 * allowed. `signupKey`: the ledger's key of their welcome credits, the same for every account of one Google account.
 */
export const referralStatement = (referral: {
  code: string;
  userId: string;
  signupKey: string;
  now: number;
}): Statement => statement(insertReferral, referral.code, referral.userId, referral.now, referral.signupKey);

/** The reward of one referral. `cap`: how many friends of one person are rewarded. */
export interface Reward {
  /** The friend. */
  userId: string;
  now: number;
  referrerCredits: number;
  referredCredits: number;
  cap: number;
}

const rewardParams = ({ userId, now, referrerCredits, referredCredits, cap }: Reward) =>
  [userId, now, referrerCredits, referredCredits, cap] as const;

/** Rewards a referral for a paid purchase of the friend. */
export const purchaseRewardStatement = (reward: Reward): Statement =>
  statement(rewardForPurchase, ...rewardParams(reward));

/** Rewards a referral for a completed project of the friend that has a paid clip. */
export const projectRewardStatement = (reward: Reward & { projectId: string }): Statement =>
  statement(rewardForProject, ...rewardParams(reward), reward.projectId);

/** Rewards the owner of a share that `visitors` people have watched to the end. `now` in ms. */
export const shareRewardStatement = (reward: {
  shareId: string;
  now: number;
  credits: number;
  visitors: number;
}): Statement => statement(insertShareReward, reward.shareId, reward.now, reward.credits, reward.visitors);
