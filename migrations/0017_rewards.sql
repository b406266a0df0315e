-- Rewards have an end: a network counts once for an owner in 30 days, a cap bounds the films and friends of one Google account,
-- nobody who is suspended is rewarded, and a reward for a purchase goes when that purchase was refunded in full.

-- 1. The networks that have watched a person's shared films to the end; those of the owner have no project. By the account
-- hash, so that they count on after the account was deleted. Rows older than 30 days are swept.
INSERT INTO guarded_settings (key) VALUES ('shareRewardsPerMonth');
--> statement-breakpoint
CREATE TABLE `share_networks` (
	`account_hash` text NOT NULL,
	`network_hash` text NOT NULL,
	`at` integer NOT NULL,
	`user_id` text NOT NULL,
	`project_id` text,
	PRIMARY KEY(`account_hash`, `network_hash`, `at`, `user_id`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_id`,`project_id`) REFERENCES `projects`(`user_id`,`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `share_networks_of_project` ON `share_networks` (`user_id`,`project_id`,`at`);
--> statement-breakpoint
CREATE INDEX `share_networks_oldest` ON `share_networks` (`at`);
--> statement-breakpoint
CREATE INDEX `share_rewards_of_user` ON `share_rewards` (`user_id`,`created_at`);
--> statement-breakpoint
CREATE TRIGGER share_networks_1_once BEFORE INSERT ON share_networks
WHEN NEW.account_hash IS NOT (SELECT u.account_hash FROM users u WHERE u.id = NEW.user_id)
  OR EXISTS (SELECT 1 FROM share_networks n WHERE n.account_hash = NEW.account_hash AND n.network_hash = NEW.network_hash
    AND n.at > NEW.at - 2592000000 AND (NEW.project_id IS NOT NULL OR n.project_id IS NULL))
BEGIN SELECT RAISE(ABORT, 'share:network-counted'); END;
--> statement-breakpoint
CREATE TRIGGER share_networks_2_no_update BEFORE UPDATE ON share_networks
BEGIN SELECT RAISE(ABORT, 'share:append-only'); END;
--> statement-breakpoint
CREATE TRIGGER share_networks_3_no_delete BEFORE DELETE ON share_networks
WHEN OLD.at > (unixepoch() - 2592000) * 1000
BEGIN SELECT RAISE(ABORT, 'share:append-only'); END;
--> statement-breakpoint
DROP TRIGGER share_rewards_1_earned;
--> statement-breakpoint
CREATE TRIGGER share_rewards_1_earned BEFORE INSERT ON share_rewards
WHEN NEW.visitors > (SELECT count(*) FROM share_networks n
    WHERE n.user_id = NEW.user_id AND n.project_id = NEW.project_id AND n.at > NEW.created_at - 2592000000
      AND NOT EXISTS (SELECT 1 FROM share_networks o WHERE o.account_hash = n.account_hash
        AND o.network_hash = n.network_hash AND o.project_id IS NULL))
  OR EXISTS (SELECT 1 FROM share_rewards r WHERE r.project_id = NEW.project_id)
BEGIN SELECT RAISE(ABORT, 'share:not-earned'); END;
--> statement-breakpoint
CREATE TRIGGER share_rewards_5_cap BEFORE INSERT ON share_rewards
WHEN (SELECT count(*) FROM users u JOIN users mine ON mine.account_hash = u.account_hash
    JOIN share_rewards r ON r.user_id = mine.id AND r.created_at > NEW.created_at - 2592000000 WHERE u.id = NEW.user_id)
  >= coalesce((SELECT CAST(s.value AS INTEGER) FROM settings s WHERE s.key = 'shareRewardsPerMonth'), 3)
BEGIN SELECT RAISE(ABORT, 'share:cap-reached'); END;
--> statement-breakpoint
CREATE TRIGGER share_rewards_6_active BEFORE INSERT ON share_rewards
WHEN EXISTS (SELECT 1 FROM users u WHERE u.id = NEW.user_id AND (u.suspended_at IS NOT NULL OR u.deleted_at IS NOT NULL))
BEGIN SELECT RAISE(ABORT, 'share:not-active'); END;
--> statement-breakpoint

-- 2. Referrals: the cap is the inviting one's over all accounts of theirs, both are active, and a reward for a purchase names
-- one that stands: paid, and not all of its credits taken back. Rewards from before name the first one paid.
DROP TRIGGER referrals_2_frozen;
--> statement-breakpoint
ALTER TABLE `referrals` ADD `purchase_id` text REFERENCES purchases(id);
--> statement-breakpoint
UPDATE referrals SET purchase_id = (SELECT p.id FROM purchases p WHERE p.user_id = referrals.referred_user_id AND p.state = 'paid'
  ORDER BY p.state_at, p.id LIMIT 1) WHERE rewarded_for = 'purchase';
--> statement-breakpoint
CREATE TRIGGER referrals_2_frozen BEFORE UPDATE ON referrals
WHEN OLD.rewarded_at IS NOT NULL OR NEW.referred_user_id IS NOT OLD.referred_user_id
  OR NEW.referrer_user_id IS NOT OLD.referrer_user_id OR NEW.created_at IS NOT OLD.created_at
BEGIN SELECT RAISE(ABORT, 'referral:rewarded-once'); END;
--> statement-breakpoint
CREATE TRIGGER referrals_7_active BEFORE UPDATE OF rewarded_at ON referrals
WHEN NEW.rewarded_at IS NOT NULL AND EXISTS (SELECT 1 FROM users u
  WHERE u.id IN (NEW.referrer_user_id, NEW.referred_user_id) AND (u.suspended_at IS NOT NULL OR u.deleted_at IS NOT NULL))
BEGIN SELECT RAISE(ABORT, 'referral:not-active'); END;
--> statement-breakpoint
CREATE TRIGGER referrals_8_cap BEFORE UPDATE OF rewarded_at ON referrals
WHEN NEW.rewarded_at IS NOT NULL AND (SELECT count(*) FROM users u JOIN users mine ON mine.account_hash = u.account_hash
    JOIN referrals r ON r.referrer_user_id = mine.id AND r.rewarded_at IS NOT NULL WHERE u.id = NEW.referrer_user_id)
  >= coalesce((SELECT CAST(s.value AS INTEGER) FROM settings s WHERE s.key = 'referralCap'), 10)
BEGIN SELECT RAISE(ABORT, 'referral:cap-reached'); END;
--> statement-breakpoint
CREATE TRIGGER referrals_9_bought BEFORE UPDATE ON referrals
WHEN (NEW.purchase_id IS NOT NULL) <> (NEW.rewarded_for IS 'purchase')
  OR (NEW.purchase_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM purchases p WHERE p.id = NEW.purchase_id
    AND p.user_id = NEW.referred_user_id AND p.state = 'paid' AND p.amount > 0
    AND p.credits > (SELECT coalesce(sum(r.credits), 0) FROM reversals r WHERE r.purchase_id = p.id)))
BEGIN SELECT RAISE(ABORT, 'referral:nothing-bought'); END;
--> statement-breakpoint

-- 3. Rewards taken back: when all credits of the purchase that earned them were, both rewards go, as far as the balances hold;
-- what was spent stays spent. When the purchase stands again, what was taken comes back.
CREATE TABLE `reward_reversals` (
	`id` text PRIMARY KEY NOT NULL,
	`reversal_id` text NOT NULL,
	`referred_user_id` text NOT NULL,
	`user_id` text NOT NULL,
	`credits` integer NOT NULL,
	`moved` integer NOT NULL,
	`reference` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`reversal_id`) REFERENCES `reversals`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`referred_user_id`) REFERENCES `referrals`(`referred_user_id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_id`) REFERENCES `credit_accounts`(`user_id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "reward_reversals_credits" CHECK("reward_reversals"."credits" <> 0)
) STRICT;
--> statement-breakpoint
CREATE INDEX `reward_reversals_of_referral` ON `reward_reversals` (`referred_user_id`,`user_id`);
--> statement-breakpoint
CREATE INDEX `reward_reversals_of_cause` ON `reward_reversals` (`reversal_id`);
--> statement-breakpoint
CREATE INDEX `reward_reversals_of_user` ON `reward_reversals` (`user_id`);
--> statement-breakpoint
CREATE INDEX `referrals_of_purchase` ON `referrals` (`purchase_id`);
--> statement-breakpoint
-- What is due: of each person of a referral that a purchase earned, the credits to take (`missing` > 0) or give back, and how
-- many of those that were to be taken had been spent (`short`).
CREATE VIEW `reward_dues` AS SELECT f.referred_user_id, f.purchase_id, a.user_id, a.balance,
  iif(a.user_id = f.referred_user_id, 'friend', 'host') AS side,
  iif(p.credits > (SELECT coalesce(sum(r.credits), 0) FROM reversals r WHERE r.purchase_id = p.id), 0,
    iif(a.user_id = f.referred_user_id, f.referred_credits, f.referrer_credits))
    - (SELECT coalesce(sum(w.credits), 0) FROM reward_reversals w
      WHERE w.referred_user_id = f.referred_user_id AND w.user_id = a.user_id) AS missing,
  (SELECT coalesce(sum(w.credits - w.moved), 0) FROM reward_reversals w
    WHERE w.referred_user_id = f.referred_user_id AND w.user_id = a.user_id) AS short
FROM referrals f JOIN purchases p ON p.id = f.purchase_id JOIN credit_accounts a ON a.user_id IN (f.referred_user_id, f.referrer_user_id);
--> statement-breakpoint
-- Rewards whose purchase was reversed before this migration stay where they are: nothing is moved.
INSERT INTO reward_reversals (id, reversal_id, referred_user_id, user_id, credits, moved, reference, created_at)
SELECT v.id || ':' || d.side, v.id, d.referred_user_id, d.user_id, d.missing, 0, v.reference, v.created_at
FROM reward_dues d JOIN reversals v ON v.id = (SELECT n.id FROM reversals n WHERE n.purchase_id = d.purchase_id ORDER BY n.seq DESC LIMIT 1)
WHERE d.missing > 0;
--> statement-breakpoint
-- Triggers of one statement run in no fixed order: what the reversal itself takes may still be in the balance.
CREATE TRIGGER reversals_8_rewards AFTER INSERT ON reversals
BEGIN INSERT INTO reward_reversals (id, reversal_id, referred_user_id, user_id, credits, moved, reference, created_at)
  SELECT NEW.id || ':' || d.side, NEW.id, d.referred_user_id, d.user_id, d.missing,
    iif(d.missing > 0, min(d.missing, d.balance - iif(d.side = 'friend' AND NEW.moved > 0
      AND NOT EXISTS (SELECT 1 FROM credit_entries e WHERE e.key = 'clawback:' || NEW.id), NEW.moved, 0)),
      min(0, d.missing + d.short)), NEW.reference, NEW.created_at
  FROM reward_dues d WHERE d.referred_user_id = NEW.user_id AND d.purchase_id = NEW.purchase_id AND d.missing <> 0; END;
--> statement-breakpoint
CREATE TRIGGER reward_reversals_1_due BEFORE INSERT ON reward_reversals
WHEN NOT EXISTS (SELECT 1 FROM reward_dues d JOIN reversals v ON v.id = NEW.reversal_id AND v.purchase_id = d.purchase_id
    WHERE d.referred_user_id = NEW.referred_user_id AND d.user_id = NEW.user_id AND d.missing = NEW.credits
      AND NEW.id = v.id || ':' || d.side AND NEW.reference = v.reference)
  OR EXISTS (SELECT 1 FROM reward_reversals w WHERE w.id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'reversal:not-due'); END;
--> statement-breakpoint
CREATE TRIGGER reward_reversals_2_moved BEFORE INSERT ON reward_reversals
WHEN NOT EXISTS (SELECT 1 FROM reward_dues d JOIN reversals v ON v.id = NEW.reversal_id
    WHERE d.referred_user_id = NEW.referred_user_id AND d.user_id = NEW.user_id
      AND NEW.moved = iif(d.missing > 0, min(d.missing, d.balance - iif(d.side = 'friend' AND v.moved > 0
        AND NOT EXISTS (SELECT 1 FROM credit_entries e WHERE e.key = 'clawback:' || v.id), v.moved, 0)),
        min(0, d.missing + d.short)))
BEGIN SELECT RAISE(ABORT, 'reversal:wrong-amount'); END;
--> statement-breakpoint
CREATE TRIGGER reward_reversals_3_take AFTER INSERT ON reward_reversals
WHEN NEW.moved > 0
BEGIN INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, reference, created_at)
  VALUES ('clawback:' || NEW.id, NEW.user_id,
    (SELECT a.version + 1 FROM credit_accounts a WHERE a.user_id = NEW.user_id), -NEW.moved,
    (SELECT a.balance - NEW.moved FROM credit_accounts a WHERE a.user_id = NEW.user_id), 'clawback', NEW.reference, NEW.created_at); END;
--> statement-breakpoint
CREATE TRIGGER reward_reversals_4_give AFTER INSERT ON reward_reversals
WHEN NEW.moved < 0
BEGIN INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, reference, created_at)
  VALUES ('reinstated:' || NEW.id, NEW.user_id,
    (SELECT a.version + 1 FROM credit_accounts a WHERE a.user_id = NEW.user_id), -NEW.moved,
    (SELECT a.balance - NEW.moved FROM credit_accounts a WHERE a.user_id = NEW.user_id), 'adjustment', NEW.reference, NEW.created_at); END;
--> statement-breakpoint
CREATE TRIGGER reward_reversals_5_no_update BEFORE UPDATE ON reward_reversals
BEGIN SELECT RAISE(ABORT, 'reversal:append-only'); END;
--> statement-breakpoint
CREATE TRIGGER reward_reversals_6_no_delete BEFORE DELETE ON reward_reversals
BEGIN SELECT RAISE(ABORT, 'reversal:append-only'); END;
--> statement-breakpoint
DROP TRIGGER entries_10_clawback;
--> statement-breakpoint
CREATE TRIGGER entries_10_clawback BEFORE INSERT ON credit_entries
WHEN NEW.kind = 'clawback' AND NOT EXISTS (SELECT 1 FROM reversals r WHERE r.id = substr(NEW.key, 10)
    AND NEW.key = 'clawback:' || r.id AND r.user_id = NEW.user_id AND r.moved = -NEW.delta AND r.purchase_id = NEW.reference)
  AND NOT EXISTS (SELECT 1 FROM reward_reversals w WHERE w.id = substr(NEW.key, 10)
    AND NEW.key = 'clawback:' || w.id AND w.user_id = NEW.user_id AND w.moved = -NEW.delta AND w.reference = NEW.reference)
BEGIN SELECT RAISE(ABORT, 'ledger:bad-clawback'); END;
--> statement-breakpoint
DROP TRIGGER entries_11_reinstated;
--> statement-breakpoint
CREATE TRIGGER entries_11_reinstated BEFORE INSERT ON credit_entries
WHEN NEW.key LIKE 'reinstated:%' AND (NEW.kind <> 'adjustment' OR (NOT EXISTS (SELECT 1 FROM reversals r
      WHERE r.id = substr(NEW.key, 12) AND r.user_id = NEW.user_id AND r.moved = -NEW.delta AND r.purchase_id = NEW.reference)
    AND NOT EXISTS (SELECT 1 FROM reward_reversals w
      WHERE w.id = substr(NEW.key, 12) AND w.user_id = NEW.user_id AND w.moved = -NEW.delta AND w.reference = NEW.reference)))
BEGIN SELECT RAISE(ABORT, 'ledger:bad-reinstatement'); END;
