-- The laws of purchases, reversals, rewards and second tries, in the form of 0001_laws.sql: one statement per body,
-- upper-case BEGIN and END, guards in WHEN, no CASE.

-- 1. Purchases: the state goes forward only, and the step to `paid` grants the credits.
CREATE TRIGGER purchases_1_fresh BEFORE INSERT ON purchases
WHEN NEW.state <> 'open' OR NEW.refunded_amount <> 0 OR NEW.disputed_amount <> 0
  OR EXISTS (SELECT 1 FROM purchases p WHERE p.id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'purchase:exists-or-not-open'); END;
--> statement-breakpoint
CREATE TRIGGER purchases_2_request BEFORE INSERT ON purchases
WHEN EXISTS (SELECT 1 FROM purchases p WHERE p.user_id = NEW.user_id AND p.request_key = NEW.request_key)
BEGIN SELECT RAISE(ABORT, 'purchase:duplicate-request'); END;
--> statement-breakpoint
CREATE TRIGGER purchases_3_transition BEFORE UPDATE OF state ON purchases
WHEN NEW.state IS NOT OLD.state
  AND NOT (OLD.state = 'open' AND NEW.state IN ('pending','paid','failed','expired'))
  AND NOT (OLD.state = 'pending' AND NEW.state IN ('paid','failed'))
BEGIN SELECT RAISE(ABORT, 'purchase:illegal-transition'); END;
--> statement-breakpoint
CREATE TRIGGER purchases_4_frozen BEFORE UPDATE ON purchases
WHEN NEW.id IS NOT OLD.id OR NEW.user_id IS NOT OLD.user_id OR NEW.request_key IS NOT OLD.request_key
  OR NEW.pack_id IS NOT OLD.pack_id OR NEW.credits IS NOT OLD.credits OR NEW.amount IS NOT OLD.amount
  OR NEW.currency IS NOT OLD.currency OR NEW.created_at IS NOT OLD.created_at
  OR (OLD.checkout_session_id IS NOT NULL AND NEW.checkout_session_id IS NOT OLD.checkout_session_id)
  OR (OLD.payment_intent_id IS NOT NULL AND NEW.payment_intent_id IS NOT OLD.payment_intent_id)
BEGIN SELECT RAISE(ABORT, 'purchase:immutable-column'); END;
--> statement-breakpoint
CREATE TRIGGER purchases_5_grant AFTER UPDATE OF state ON purchases
WHEN NEW.state = 'paid' AND OLD.state <> 'paid'
BEGIN INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, reference, created_at)
  VALUES ('stripe:' || NEW.checkout_session_id, NEW.user_id,
    (SELECT a.version + 1 FROM credit_accounts a WHERE a.user_id = NEW.user_id), NEW.credits,
    (SELECT a.balance + NEW.credits FROM credit_accounts a WHERE a.user_id = NEW.user_id), 'purchase', NEW.id, NEW.state_at); END;
--> statement-breakpoint
CREATE TRIGGER purchases_6_no_delete BEFORE DELETE ON purchases
BEGIN SELECT RAISE(ABORT, 'purchase:append-only'); END;
--> statement-breakpoint
CREATE TRIGGER entries_9_purchase BEFORE INSERT ON credit_entries
WHEN NEW.kind = 'purchase' AND NOT EXISTS (SELECT 1 FROM purchases p WHERE p.id = NEW.reference
  AND p.user_id = NEW.user_id AND p.state = 'paid' AND p.credits = NEW.delta AND NEW.key = 'stripe:' || p.checkout_session_id)
BEGIN SELECT RAISE(ABORT, 'ledger:bad-purchase'); END;
--> statement-breakpoint

-- 2. Reversals: a refund or a dispute takes as many credits as the balance holds; the rest is owed, and forgiven first.
CREATE TRIGGER reversals_1_bounds BEFORE INSERT ON reversals
WHEN NOT EXISTS (SELECT 1 FROM purchases p WHERE p.id = NEW.purchase_id AND p.user_id = NEW.user_id AND p.state = 'paid'
  AND NEW.credits + (SELECT coalesce(sum(r.credits), 0) FROM reversals r WHERE r.purchase_id = p.id) BETWEEN 0 AND p.credits)
  OR NEW.seq IS NOT (SELECT count(*) + 1 FROM reversals r WHERE r.purchase_id = NEW.purchase_id)
  OR EXISTS (SELECT 1 FROM reversals r WHERE r.id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'reversal:out-of-bounds'); END;
--> statement-breakpoint
CREATE TRIGGER reversals_2_taken BEFORE INSERT ON reversals
WHEN NEW.credits > 0
  AND NEW.moved IS NOT min(NEW.credits, (SELECT a.balance FROM credit_accounts a WHERE a.user_id = NEW.user_id))
BEGIN SELECT RAISE(ABORT, 'reversal:wrong-amount'); END;
--> statement-breakpoint
CREATE TRIGGER reversals_3_given BEFORE INSERT ON reversals
WHEN NEW.credits < 0 AND NEW.moved IS NOT min(0,
  NEW.credits + (SELECT coalesce(sum(r.credits - r.moved), 0) FROM reversals r WHERE r.purchase_id = NEW.purchase_id))
BEGIN SELECT RAISE(ABORT, 'reversal:wrong-amount'); END;
--> statement-breakpoint
CREATE TRIGGER reversals_4_take AFTER INSERT ON reversals
WHEN NEW.moved > 0
BEGIN INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, reference, created_at)
  VALUES ('clawback:' || NEW.id, NEW.user_id,
    (SELECT a.version + 1 FROM credit_accounts a WHERE a.user_id = NEW.user_id), -NEW.moved,
    (SELECT a.balance - NEW.moved FROM credit_accounts a WHERE a.user_id = NEW.user_id), 'clawback', NEW.purchase_id, NEW.created_at); END;
--> statement-breakpoint
CREATE TRIGGER reversals_5_give AFTER INSERT ON reversals
WHEN NEW.moved < 0
BEGIN INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, reference, created_at)
  VALUES ('reinstated:' || NEW.id, NEW.user_id,
    (SELECT a.version + 1 FROM credit_accounts a WHERE a.user_id = NEW.user_id), -NEW.moved,
    (SELECT a.balance - NEW.moved FROM credit_accounts a WHERE a.user_id = NEW.user_id), 'adjustment', NEW.purchase_id, NEW.created_at); END;
--> statement-breakpoint
CREATE TRIGGER reversals_6_no_update BEFORE UPDATE ON reversals
BEGIN SELECT RAISE(ABORT, 'reversal:append-only'); END;
--> statement-breakpoint
CREATE TRIGGER reversals_7_no_delete BEFORE DELETE ON reversals
BEGIN SELECT RAISE(ABORT, 'reversal:append-only'); END;
--> statement-breakpoint
CREATE TRIGGER entries_10_clawback BEFORE INSERT ON credit_entries
WHEN NEW.kind = 'clawback' AND NOT EXISTS (SELECT 1 FROM reversals r WHERE NEW.key = 'clawback:' || r.id
  AND r.user_id = NEW.user_id AND r.moved = -NEW.delta AND r.purchase_id = NEW.reference)
BEGIN SELECT RAISE(ABORT, 'ledger:bad-clawback'); END;
--> statement-breakpoint
CREATE TRIGGER entries_11_reinstated BEFORE INSERT ON credit_entries
WHEN NEW.key LIKE 'reinstated:%' AND NOT EXISTS (SELECT 1 FROM reversals r WHERE NEW.key = 'reinstated:' || r.id
  AND r.user_id = NEW.user_id AND r.moved = -NEW.delta AND r.purchase_id = NEW.reference AND NEW.kind = 'adjustment')
BEGIN SELECT RAISE(ABORT, 'ledger:bad-reinstatement'); END;
--> statement-breakpoint

-- 3. Referrals: the friend's account is newer than the referrer's and has no generations or purchases; both are rewarded
-- together, once.
CREATE TRIGGER referrals_1_guard BEFORE INSERT ON referrals
WHEN NEW.rewarded_at IS NOT NULL OR NEW.referred_user_id = NEW.referrer_user_id
  OR EXISTS (SELECT 1 FROM referrals r WHERE r.referred_user_id = NEW.referred_user_id)
  OR NOT EXISTS (SELECT 1 FROM users host JOIN users friend ON friend.id = NEW.referred_user_id
    WHERE host.id = NEW.referrer_user_id AND host.created_at < friend.created_at AND host.deleted_at IS NULL AND friend.deleted_at IS NULL)
  OR EXISTS (SELECT 1 FROM generations g WHERE g.user_id = NEW.referred_user_id)
  OR EXISTS (SELECT 1 FROM purchases p WHERE p.user_id = NEW.referred_user_id)
BEGIN SELECT RAISE(ABORT, 'referral:not-a-new-friend'); END;
--> statement-breakpoint
CREATE TRIGGER referrals_2_frozen BEFORE UPDATE ON referrals
WHEN OLD.rewarded_at IS NOT NULL OR NEW.referred_user_id IS NOT OLD.referred_user_id
  OR NEW.referrer_user_id IS NOT OLD.referrer_user_id OR NEW.created_at IS NOT OLD.created_at
BEGIN SELECT RAISE(ABORT, 'referral:rewarded-once'); END;
--> statement-breakpoint
CREATE TRIGGER referrals_3_friend AFTER UPDATE OF rewarded_at ON referrals
WHEN NEW.rewarded_at IS NOT NULL AND NEW.referred_credits > 0
BEGIN INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, reference, created_at)
  VALUES ('referral:' || NEW.referred_user_id, NEW.referred_user_id,
    (SELECT a.version + 1 FROM credit_accounts a WHERE a.user_id = NEW.referred_user_id), NEW.referred_credits,
    (SELECT a.balance + NEW.referred_credits FROM credit_accounts a WHERE a.user_id = NEW.referred_user_id), 'referral', NEW.rewarded_for, NEW.rewarded_at); END;
--> statement-breakpoint
CREATE TRIGGER referrals_4_host AFTER UPDATE OF rewarded_at ON referrals
WHEN NEW.rewarded_at IS NOT NULL AND NEW.referrer_credits > 0
BEGIN INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, reference, created_at)
  VALUES ('referral:' || NEW.referred_user_id || ':host', NEW.referrer_user_id,
    (SELECT a.version + 1 FROM credit_accounts a WHERE a.user_id = NEW.referrer_user_id), NEW.referrer_credits,
    (SELECT a.balance + NEW.referrer_credits FROM credit_accounts a WHERE a.user_id = NEW.referrer_user_id), 'referral', NEW.rewarded_for, NEW.rewarded_at); END;
--> statement-breakpoint
CREATE TRIGGER referrals_5_no_delete BEFORE DELETE ON referrals
BEGIN SELECT RAISE(ABORT, 'referral:append-only'); END;
--> statement-breakpoint
CREATE TRIGGER entries_12_referral BEFORE INSERT ON credit_entries
WHEN NEW.kind = 'referral' AND NOT EXISTS (SELECT 1 FROM referrals r WHERE r.rewarded_at IS NOT NULL
  AND r.referred_user_id IN (substr(NEW.key, 10), substr(NEW.key, 10, length(NEW.key) - 14))
  AND ((NEW.key = 'referral:' || r.referred_user_id AND NEW.user_id = r.referred_user_id AND NEW.delta = r.referred_credits)
    OR (NEW.key = 'referral:' || r.referred_user_id || ':host' AND NEW.user_id = r.referrer_user_id AND NEW.delta = r.referrer_credits)))
BEGIN SELECT RAISE(ABORT, 'ledger:bad-referral'); END;
--> statement-breakpoint

-- 4. Shares: a project rewards its owner once, when enough visitors of its link have watched it to the end.
CREATE TRIGGER share_visits_1_once BEFORE UPDATE ON share_visits
WHEN NEW.share_id IS NOT OLD.share_id OR NEW.visitor_hash IS NOT OLD.visitor_hash OR OLD.watched_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'share:watched-once'); END;
--> statement-breakpoint
CREATE TRIGGER share_rewards_1_earned BEFORE INSERT ON share_rewards
WHEN NEW.visitors > (SELECT count(*) FROM share_visits v JOIN shares s ON s.id = v.share_id
    WHERE s.user_id = NEW.user_id AND s.project_id = NEW.project_id AND v.watched_at IS NOT NULL)
  OR EXISTS (SELECT 1 FROM share_rewards r WHERE r.project_id = NEW.project_id)
BEGIN SELECT RAISE(ABORT, 'share:not-earned'); END;
--> statement-breakpoint
CREATE TRIGGER share_rewards_2_grant AFTER INSERT ON share_rewards
BEGIN INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, reference, created_at)
  VALUES ('share:' || NEW.project_id, NEW.user_id,
    (SELECT a.version + 1 FROM credit_accounts a WHERE a.user_id = NEW.user_id), NEW.credits,
    (SELECT a.balance + NEW.credits FROM credit_accounts a WHERE a.user_id = NEW.user_id), 'share', NEW.project_id, NEW.created_at); END;
--> statement-breakpoint
CREATE TRIGGER share_rewards_3_no_update BEFORE UPDATE ON share_rewards
BEGIN SELECT RAISE(ABORT, 'share:append-only'); END;
--> statement-breakpoint
CREATE TRIGGER share_rewards_4_no_delete BEFORE DELETE ON share_rewards
BEGIN SELECT RAISE(ABORT, 'share:append-only'); END;
--> statement-breakpoint
CREATE TRIGGER entries_13_share BEFORE INSERT ON credit_entries
WHEN NEW.kind = 'share' AND NOT EXISTS (SELECT 1 FROM share_rewards r WHERE r.project_id = NEW.reference
  AND r.user_id = NEW.user_id AND r.credits = NEW.delta AND NEW.key = 'share:' || r.project_id)
BEGIN SELECT RAISE(ABORT, 'ledger:bad-share'); END;
--> statement-breakpoint

-- 5. One free second try per clip, for feedback about a ready generation that was paid for.
CREATE TRIGGER feedback_1_ready BEFORE INSERT ON generation_feedback
WHEN NOT EXISTS (SELECT 1 FROM generations g WHERE g.id = NEW.generation_id AND g.user_id = NEW.user_id AND g.state = 'ready')
  OR EXISTS (SELECT 1 FROM generation_feedback f WHERE f.generation_id = NEW.generation_id)
BEGIN SELECT RAISE(ABORT, 'feedback:once-for-a-ready-try'); END;
--> statement-breakpoint
CREATE TRIGGER feedback_2_no_delete BEFORE DELETE ON generation_feedback
BEGIN SELECT RAISE(ABORT, 'feedback:append-only'); END;
--> statement-breakpoint
CREATE TRIGGER entries_14_second_try BEFORE INSERT ON credit_entries
WHEN NEW.key LIKE 'second-try:%' AND NOT EXISTS (SELECT 1 FROM generation_feedback f JOIN generations g ON g.id = f.generation_id
  WHERE f.generation_id = NEW.reference AND f.user_id = NEW.user_id AND NEW.key = 'second-try:' || g.clip_id
    AND NEW.kind = 'adjustment' AND NEW.delta BETWEEN 1 AND g.cost)
BEGIN SELECT RAISE(ABORT, 'ledger:bad-second-try'); END;
