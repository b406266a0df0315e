-- A refund can fail after Stripe made it: the bank returns the money, and the credits are given back by `reversals` (0005). The
-- failure is stored for the owner, and a refund request that was done is refused.
CREATE TABLE `failed_refunds` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`purchase_id` text NOT NULL,
	`amount` integer NOT NULL,
	`due_amount` integer NOT NULL,
	`reason` text NOT NULL,
	`failed_at` integer NOT NULL,
	FOREIGN KEY (`user_id`,`purchase_id`) REFERENCES `purchases`(`user_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "failed_refunds_amount" CHECK("failed_refunds"."amount" >= 1 AND "failed_refunds"."due_amount" >= 1)
) STRICT;
--> statement-breakpoint
CREATE INDEX `failed_refunds_of_purchase` ON `failed_refunds` (`purchase_id`);
--> statement-breakpoint
CREATE INDEX `failed_refunds_newest` ON `failed_refunds` (`failed_at`);
--> statement-breakpoint
DROP TRIGGER refund_requests_5_steps;
--> statement-breakpoint
CREATE TRIGGER refund_requests_5_steps BEFORE UPDATE ON refund_requests
WHEN NEW.id IS NOT OLD.id OR NEW.user_id IS NOT OLD.user_id OR NEW.purchase_id IS NOT OLD.purchase_id OR NEW.request_key IS NOT OLD.request_key OR NEW.amount IS NOT OLD.amount
  OR NEW.credits IS NOT OLD.credits OR NEW.reason IS NOT OLD.reason OR NEW.requested_by IS NOT OLD.requested_by OR NEW.requested_at IS NOT OLD.requested_at
  OR NOT ((OLD.state = 'waiting' AND NEW.state IN ('asked','declined'))
    OR (OLD.state = 'asked' AND NEW.state IN ('done','refused')
      AND NEW.decided_by IS OLD.decided_by AND NEW.decided_at IS OLD.decided_at)
    OR (OLD.state = 'done' AND NEW.state = 'refused' AND NEW.refusal = 'failed' AND NEW.refund_id IS OLD.refund_id
      AND NEW.decided_by IS OLD.decided_by AND NEW.decided_at IS OLD.decided_at))
BEGIN SELECT RAISE(ABORT, 'refund:decided-once'); END;
