-- A person has five open checkouts at most, over all accounts of their Google account (app/billing/open-checkouts.server.ts
-- ends the oldest at Stripe first). A purchase that is written again after the database lost it has its session already.
CREATE INDEX `purchases_open_of_user` ON `purchases` (`user_id`,`created_at`) WHERE "purchases"."state" = 'open';
--> statement-breakpoint
CREATE TRIGGER purchases_9_open BEFORE INSERT ON purchases
WHEN NEW.checkout_session_id IS NULL AND (SELECT count(*) FROM users me JOIN users same ON same.account_hash = me.account_hash
  JOIN purchases p ON p.user_id = same.id AND p.state = 'open' WHERE me.id = NEW.user_id) >= 5
BEGIN SELECT RAISE(ABORT, 'purchase:too-many-open'); END;
--> statement-breakpoint

-- The credits that a refund takes are rounded down now: one cent took a whole credit. What earlier refunds took too much goes
-- back, or is owed no longer.
INSERT INTO reversals (id, user_id, purchase_id, seq, credits, moved, reason, reference, created_at)
SELECT 'rev_rounded_' || d.id, d.user_id, d.id, d.count + 1, d.due - d.taken, min(0, d.due - d.taken + d.owed), 'reinstated', d.id, d.state_at
FROM (SELECT p.id, p.user_id, p.state_at, p.credits * min(p.amount, p.refunded_amount + p.disputed_amount) / p.amount AS due,
    count(*) AS count, sum(r.credits) AS taken, sum(r.credits - r.moved) AS owed
  FROM purchases p JOIN reversals r ON r.purchase_id = p.id WHERE p.state = 'paid' AND p.amount > 0 GROUP BY p.id) d
WHERE d.due < d.taken;
