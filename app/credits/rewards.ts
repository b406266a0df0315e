// The statements that earn credits. Each condition is part of its statement, so that no other write can come between
// check and write. A statement whose condition does not hold changes nothing.
import { type Statement, statement } from '~/db/statement';

/** ?1 code, ?2 the person, ?3 now. */
const insertCode = `INSERT INTO referral_codes (code, user_id, created_at) SELECT ?1, ?2, ?3
  WHERE NOT EXISTS (SELECT 1 FROM referral_codes c WHERE c.code = ?1 OR c.user_id = ?2)`;

/** ?1 code, ?2 the friend, ?3 now. Any account of a Google account that had one before is not a new friend. */
const insertReferral = `INSERT INTO referrals (referred_user_id, referrer_user_id, created_at)
  SELECT friend.id, host.id, ?3 FROM referral_codes c
    JOIN users host ON host.id = c.user_id AND host.deleted_at IS NULL
    JOIN credit_accounts a ON a.user_id = host.id
    JOIN users friend ON friend.id = ?2 AND friend.deleted_at IS NULL AND friend.created_at > host.created_at
  WHERE c.code = ?1 AND friend.id <> host.id
    AND NOT EXISTS (SELECT 1 FROM referrals r WHERE r.referred_user_id = friend.id)
    AND NOT EXISTS (SELECT 1 FROM users same WHERE same.account_hash = friend.account_hash AND same.id <> friend.id)
    AND NOT EXISTS (SELECT 1 FROM generations g WHERE g.user_id = friend.id)
    AND NOT EXISTS (SELECT 1 FROM purchases p WHERE p.user_id = friend.id)`;

/** The first purchase of ?1 that stands: paid, and not all of its credits taken back. */
const standing = `SELECT p.id FROM purchases p WHERE p.user_id = ?1 AND p.state = 'paid' AND p.amount > 0
  AND p.credits > (SELECT coalesce(sum(v.credits), 0) FROM reversals v WHERE v.purchase_id = p.id) ORDER BY p.id LIMIT 1`;

/**
 * ?1 the friend, ?2 now, ?3 and ?4 credits for the referrer and the friend, ?5 the most friends that are rewarded, unless the
 * stored setting has changed since. Nobody who is suspended or has left is rewarded.
 */
const reward = (what: 'film' | 'purchase', purchaseId: string) => `UPDATE referrals
  SET rewarded_at = ?2, rewarded_for = '${what}', referrer_credits = ?3, referred_credits = ?4, purchase_id = ${purchaseId}
  WHERE referred_user_id = ?1 AND rewarded_at IS NULL
    AND (SELECT count(*) FROM users host JOIN users same ON same.account_hash = host.account_hash
      JOIN referrals r ON r.referrer_user_id = same.id AND r.rewarded_at IS NOT NULL
      WHERE host.id = referrals.referrer_user_id)
      < coalesce((SELECT CAST(o.value AS INTEGER) FROM settings o WHERE o.key = 'referralCap'), ?5)
    AND NOT EXISTS (SELECT 1 FROM users u WHERE u.id IN (referrals.referrer_user_id, ?1)
      AND (u.deleted_at IS NOT NULL OR u.suspended_at IS NOT NULL))`;

const rewardForPurchase = `${reward('purchase', `(${standing})`)} AND EXISTS (${standing})`;

/** ?6 the project. */
const rewardForProject = `${reward('film', 'NULL')}
    AND EXISTS (SELECT 1 FROM projects p
      JOIN clips c ON c.user_id = p.user_id AND c.project_id = p.id AND c.deleted_at IS NULL
      JOIN generations g ON g.id = c.approved_generation_id AND g.user_id = c.user_id AND g.state = 'ready' AND g.cost > 0
      WHERE p.id = ?6 AND p.user_id = ?1 AND p.status = 'completed' AND p.deleted_at IS NULL)`;

/** How long a network counts for one film, and how long a cap looks back; the laws have the same (migrations/0017_rewards.sql). */
const month = 30 * 24 * 3_600_000;

/**
 * ?1 the share, ?2 now, ?3 the network, ?4 the visitor who has watched, ?5 a month before. A network that is the owner's or has
 * counted for any film of the owner within the month is not counted again.
 */
const countNetwork = `INSERT INTO share_networks (account_hash, network_hash, at, user_id, project_id)
  SELECT u.account_hash, ?3, ?2, s.user_id, s.project_id FROM shares s JOIN users u ON u.id = s.user_id
  WHERE s.id = ?1
    AND EXISTS (SELECT 1 FROM share_visits v WHERE v.share_id = s.id AND v.visitor_hash = ?4 AND v.watched_at IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM share_networks n
      WHERE n.account_hash = u.account_hash AND n.network_hash = ?3 AND n.at > ?5)`;

/** ?1 the share, ?2 now, ?3 the network of its owner, ?4 a month before. */
const countOwnNetwork = `INSERT INTO share_networks (account_hash, network_hash, at, user_id)
  SELECT u.account_hash, ?3, ?2, s.user_id FROM shares s JOIN users u ON u.id = s.user_id
  WHERE s.id = ?1 AND NOT EXISTS (SELECT 1 FROM share_networks n
    WHERE n.account_hash = u.account_hash AND n.network_hash = ?3 AND n.project_id IS NULL AND n.at > ?4)`;

/** Counts the rewarded films of the person `u` since a time, over all accounts of theirs. */
const rewardedFilms = (since: string) => `count(*) FROM users mine
    JOIN share_rewards r ON r.user_id = mine.id AND r.created_at > ${since}
  WHERE mine.account_hash = u.account_hash`;

/**
 * ?1 the share, ?2 now, ?3 credits, ?4 networks, ?5 a month before, ?6 the most films that are rewarded in a month, unless the
 * stored setting has changed since.
 */
const insertShareReward = `INSERT INTO share_rewards (project_id, user_id, share_id, visitors, credits, created_at)
  SELECT s.project_id, s.user_id, s.id, ?4, ?3, ?2 FROM shares s
    JOIN projects p ON p.user_id = s.user_id AND p.id = s.project_id AND p.deleted_at IS NULL
    JOIN users u ON u.id = s.user_id AND u.deleted_at IS NULL AND u.suspended_at IS NULL
  WHERE s.id = ?1 AND s.revoked_at IS NULL AND s.expires_at > ?2
    AND NOT EXISTS (SELECT 1 FROM share_rewards r WHERE r.project_id = s.project_id)
    AND EXISTS (SELECT 1 FROM clips c JOIN generations g ON g.id = c.approved_generation_id AND g.cost > 0
      WHERE c.user_id = s.user_id AND c.project_id = s.project_id AND c.deleted_at IS NULL)
    AND (SELECT count(*) FROM share_networks n WHERE n.user_id = s.user_id AND n.project_id = s.project_id AND n.at > ?5
      AND NOT EXISTS (SELECT 1 FROM share_networks o WHERE o.account_hash = n.account_hash
        AND o.network_hash = n.network_hash AND o.project_id IS NULL)) >= ?4
    AND (SELECT ${rewardedFilms('?5')}) < coalesce((SELECT CAST(o.value AS INTEGER) FROM settings o WHERE o.key = 'shareRewardsPerMonth'), ?6)`;

/** ?1 the person, ?2 a month before. */
const countRewardedFilms = `SELECT (SELECT ${rewardedFilms('?2')}) AS rewarded FROM users u WHERE u.id = ?1`;

const sweepNetworks = `DELETE FROM share_networks WHERE (account_hash, network_hash, at, user_id) IN
  (SELECT account_hash, network_hash, at, user_id FROM share_networks WHERE at < ?1 ORDER BY at LIMIT 200)`;

/** Stores a person's code, unless the person has one or the code is taken. `now` in ms. */
export const codeStatement = ({ code, userId, now }: { code: string; userId: string; now: number }): Statement =>
  statement(insertCode, code, userId, now);

/**
 * Stores who invited a new person; part of the batch that makes their account. Changes nothing if the referral is not
 * allowed.
 */
export const referralStatement = (referral: { code: string; userId: string; now: number }): Statement =>
  statement(insertReferral, referral.code, referral.userId, referral.now);

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

/** Counts the network of a visitor who has watched the film of a share to its end. `now` in ms. */
export const networkStatement = (watched: {
  shareId: string;
  network: string;
  visitor: string;
  now: number;
}): Statement =>
  statement(countNetwork, watched.shareId, watched.now, watched.network, watched.visitor, watched.now - month);

/** Stores that a network is that of a share's owner, so that it counts for none of their films. `now` in ms. */
export const ownNetworkStatement = (own: { shareId: string; network: string; now: number }): Statement =>
  statement(countOwnNetwork, own.shareId, own.now, own.network, own.now - month);

/**
 * Rewards the owner of a share whose film was watched to its end from `visitors` networks. `cap`: how many films of one
 * person are rewarded in 30 days. `now` in ms.
 */
export const shareRewardStatement = (reward: {
  shareId: string;
  now: number;
  credits: number;
  visitors: number;
  cap: number;
}): Statement =>
  statement(
    insertShareReward,
    ...[reward.shareId, reward.now, reward.credits, reward.visitors, reward.now - month, reward.cap],
  );

/** Reads how many films of a person were rewarded within 30 days, as `rewarded`. `now` in ms. */
export const rewardedFilmsStatement = ({ userId, now }: { userId: string; now: number }): Statement =>
  statement(countRewardedFilms, userId, now - month);

/** Deletes networks that count no longer, 200 at most. `now` in ms. */
export const sweepNetworksStatement = (now: number): Statement => statement(sweepNetworks, now - month);
