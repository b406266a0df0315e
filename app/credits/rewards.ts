// The statements by which credits are earned. Every condition stands in the statement itself, so that nothing can come
// between looking and writing; where one does not hold, the statement changes nothing.

/** ?1 code, ?2 its person, ?3 now. One code per person; a code that is taken is not given again. */
export const insertCode = `INSERT INTO referral_codes (code, user_id, created_at) SELECT ?1, ?2, ?3
  WHERE NOT EXISTS (SELECT 1 FROM referral_codes c WHERE c.code = ?1 OR c.user_id = ?2)`;

/**
 * ?1 code, ?2 the new person, ?3 now, ?4 the key of their welcome credits. Only somebody who was there before can have
 * invited them, and whose welcome was booked under an earlier account has been here before.
 */
export const insertReferral = `INSERT INTO referrals (referred_user_id, referrer_user_id, created_at)
  SELECT friend.id, host.id, ?3 FROM referral_codes c
    JOIN users host ON host.id = c.user_id AND host.deleted_at IS NULL
    JOIN credit_accounts a ON a.user_id = host.id
    JOIN users friend ON friend.id = ?2 AND friend.deleted_at IS NULL AND friend.created_at > host.created_at
  WHERE c.code = ?1 AND friend.id <> host.id
    AND NOT EXISTS (SELECT 1 FROM referrals r WHERE r.referred_user_id = friend.id)
    AND NOT EXISTS (SELECT 1 FROM credit_entries e WHERE e.key = ?4 AND e.user_id <> friend.id)
    AND NOT EXISTS (SELECT 1 FROM generations g WHERE g.user_id = friend.id)
    AND NOT EXISTS (SELECT 1 FROM purchases p WHERE p.user_id = friend.id)`;

const reward = (what: 'film' | 'purchase') => `UPDATE referrals
  SET rewarded_at = ?2, rewarded_for = '${what}', referrer_credits = ?3, referred_credits = ?4
  WHERE referred_user_id = ?1 AND rewarded_at IS NULL
    AND (SELECT count(*) FROM referrals r WHERE r.referrer_user_id = referrals.referrer_user_id
      AND r.rewarded_at IS NOT NULL) < ?5
    AND NOT EXISTS (SELECT 1 FROM users u WHERE u.id IN (referrals.referrer_user_id, ?1) AND u.deleted_at IS NOT NULL)`;

/**
 * ?1 the friend, ?2 now, ?3 and ?4 credits for who invited and for the friend, ?5 how many friends count. What was paid
 * and has gone back again bought nothing.
 */
export const rewardForPurchase = `${reward('purchase')}
    AND EXISTS (SELECT 1 FROM purchases p WHERE p.user_id = ?1
      AND p.refunded_amount + p.disputed_amount < p.amount AND p.state = 'paid')`;

/** The same, and ?6 the film. */
export const rewardForProject = `${reward('film')}
    AND EXISTS (SELECT 1 FROM projects p
      JOIN clips c ON c.user_id = p.user_id AND c.project_id = p.id AND c.deleted_at IS NULL
      JOIN generations g ON g.id = c.approved_generation_id AND g.user_id = c.user_id AND g.state = 'ready' AND g.cost > 0
      WHERE p.id = ?6 AND p.user_id = ?1 AND p.status = 'completed' AND p.deleted_at IS NULL)`;

/**
 * ?1 the link, ?2 now, ?3 credits, ?4 visitors. A visitor's hash begins with the place they came from (22 letters); the
 * owner's own places stand beside the visits, marked as such (app/projects/share-token.server.ts).
 */
export const insertShareReward = `INSERT INTO share_rewards (project_id, user_id, share_id, visitors, credits, created_at)
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
