-- A refund from the desk. An admin asks for it; above the day's limit, and for a purchase of one's own, another Google account
-- says yes. `asked` means that Stripe is asked, under the row's id, until it answers. The credits go by `reversals` (0005).
CREATE TABLE `refund_requests` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`purchase_id` text NOT NULL,
	`request_key` text NOT NULL,
	`amount` integer NOT NULL,
	`credits` integer NOT NULL,
	`reason` text NOT NULL,
	`state` text DEFAULT 'waiting' NOT NULL,
	`requested_by` text NOT NULL,
	`requested_at` integer NOT NULL,
	`decided_by` text,
	`decided_at` integer,
	`refund_id` text,
	`refusal` text,
	`ended_at` integer,
	FOREIGN KEY (`requested_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`decided_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_id`,`purchase_id`) REFERENCES `purchases`(`user_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "refund_requests_amount" CHECK("refund_requests"."amount" >= 1 AND "refund_requests"."credits" >= 0),
	CONSTRAINT "refund_requests_reason" CHECK(length("refund_requests"."reason") BETWEEN 3 AND 500),
	CONSTRAINT "refund_requests_state" CHECK("refund_requests"."state" IN ('waiting','asked','done','declined','refused')),
	CONSTRAINT "refund_requests_decided" CHECK(("refund_requests"."state" = 'waiting') = ("refund_requests"."decided_at" IS NULL) AND ("refund_requests"."decided_at" IS NULL) = ("refund_requests"."decided_by" IS NULL)),
	CONSTRAINT "refund_requests_ended" CHECK(("refund_requests"."state" IN ('done','refused')) = ("refund_requests"."ended_at" IS NOT NULL) AND ("refund_requests"."state" = 'done') <= ("refund_requests"."refund_id" IS NOT NULL) AND ("refund_requests"."state" = 'refused') = ("refund_requests"."refusal" IS NOT NULL))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `refund_requests_open` ON `refund_requests` (`purchase_id`) WHERE "refund_requests"."state" IN ('waiting','asked');
--> statement-breakpoint
CREATE INDEX `refund_requests_of_purchase` ON `refund_requests` (`purchase_id`,`id`);
--> statement-breakpoint
CREATE INDEX `refund_requests_waiting` ON `refund_requests` (`id`) WHERE "refund_requests"."state" IN ('waiting','asked');
--> statement-breakpoint
CREATE INDEX `refund_requests_decided` ON `refund_requests` (`decided_by`,`decided_at`) WHERE "refund_requests"."state" IN ('asked','done');
--> statement-breakpoint
CREATE UNIQUE INDEX `refund_requests_request` ON `refund_requests` (`requested_by`,`request_key`);
--> statement-breakpoint
CREATE TRIGGER refund_requests_1_fresh BEFORE INSERT ON refund_requests
WHEN NEW.state <> 'waiting' OR EXISTS (SELECT 1 FROM refund_requests r WHERE r.id = NEW.id
    OR (r.requested_by = NEW.requested_by AND r.request_key = NEW.request_key))
  OR NOT EXISTS (SELECT 1 FROM profiles p JOIN admins a ON a.google_sub = p.google_sub WHERE p.user_id = NEW.requested_by)
BEGIN SELECT RAISE(ABORT, 'refund:not-asked-for-by-an-admin'); END;
--> statement-breakpoint
CREATE TRIGGER refund_requests_2_one_open BEFORE INSERT ON refund_requests
WHEN EXISTS (SELECT 1 FROM refund_requests r WHERE r.purchase_id = NEW.purchase_id AND r.state IN ('waiting','asked'))
BEGIN SELECT RAISE(ABORT, 'refund:another-is-open'); END;
--> statement-breakpoint
CREATE TRIGGER refund_requests_3_paid BEFORE INSERT ON refund_requests
WHEN NOT EXISTS (SELECT 1 FROM purchases p WHERE p.id = NEW.purchase_id AND p.user_id = NEW.user_id
  AND p.state = 'paid' AND NEW.amount <= p.amount - p.refunded_amount - p.disputed_amount)
BEGIN SELECT RAISE(ABORT, 'refund:more-than-was-paid'); END;
--> statement-breakpoint
CREATE TRIGGER refund_requests_4_credits BEFORE INSERT ON refund_requests
WHEN NEW.credits IS NOT (SELECT max(0, p.credits * min(p.amount, p.refunded_amount + p.disputed_amount + NEW.amount) / p.amount
    - (SELECT coalesce(sum(r.credits), 0) FROM reversals r WHERE r.purchase_id = p.id))
  FROM purchases p WHERE p.id = NEW.purchase_id AND p.amount > 0)
BEGIN SELECT RAISE(ABORT, 'refund:wrong-credits'); END;
--> statement-breakpoint
CREATE TRIGGER refund_requests_5_steps BEFORE UPDATE ON refund_requests
WHEN NEW.id IS NOT OLD.id OR NEW.user_id IS NOT OLD.user_id OR NEW.purchase_id IS NOT OLD.purchase_id OR NEW.request_key IS NOT OLD.request_key OR NEW.amount IS NOT OLD.amount
  OR NEW.credits IS NOT OLD.credits OR NEW.reason IS NOT OLD.reason OR NEW.requested_by IS NOT OLD.requested_by OR NEW.requested_at IS NOT OLD.requested_at
  OR NOT ((OLD.state = 'waiting' AND NEW.state IN ('asked','declined'))
    OR (OLD.state = 'asked' AND NEW.state IN ('done','refused')
      AND NEW.decided_by IS OLD.decided_by AND NEW.decided_at IS OLD.decided_at))
BEGIN SELECT RAISE(ABORT, 'refund:decided-once'); END;
--> statement-breakpoint
CREATE TRIGGER refund_requests_6_second_admin BEFORE UPDATE OF state ON refund_requests
WHEN NEW.state = 'asked' AND OLD.state = 'waiting' AND NOT EXISTS (SELECT 1 FROM users decider
    JOIN profiles p ON p.user_id = decider.id JOIN admins a ON a.google_sub = p.google_sub
    JOIN users asking ON asking.id = NEW.requested_by
    JOIN users person ON person.id = NEW.user_id
  WHERE decider.id = NEW.decided_by AND decider.account_hash <> decider.id
    AND ((decider.account_hash <> asking.account_hash AND asking.account_hash <> asking.id)
      OR (decider.account_hash = asking.account_hash AND decider.account_hash <> person.account_hash
        AND NEW.credits + (SELECT coalesce(sum(abs(j.credits)), 0) FROM users mine
            JOIN adjustments j ON j.decided_by = mine.id AND j.state = 'done' AND j.decided_at > NEW.decided_at - 86400000
            JOIN users asked ON asked.id = j.requested_by AND asked.account_hash = mine.account_hash
          WHERE mine.account_hash = decider.account_hash)
          + (SELECT coalesce(sum(g.cost), 0) FROM users mine
            JOIN generations g ON g.gift_by = mine.id AND g.created_at > NEW.decided_at - 86400000
          WHERE mine.account_hash = decider.account_hash)
          + (SELECT coalesce(sum(r.credits), 0) FROM users mine
            JOIN refund_requests r ON r.decided_by = mine.id AND r.state IN ('asked','done') AND r.decided_at > NEW.decided_at - 86400000
            JOIN users asked ON asked.id = r.requested_by AND asked.account_hash = mine.account_hash
          WHERE mine.account_hash = decider.account_hash)
          <= coalesce((SELECT CAST(s.value AS INTEGER) FROM settings s WHERE s.key = 'secondAdminAbove'), 20))))
BEGIN SELECT RAISE(ABORT, 'refund:needs-another-admin'); END;
--> statement-breakpoint
CREATE TRIGGER refund_requests_7_left BEFORE UPDATE OF state ON refund_requests
WHEN NEW.state = 'asked' AND NOT EXISTS (SELECT 1 FROM purchases p WHERE p.id = NEW.purchase_id
  AND p.state = 'paid' AND NEW.amount <= p.amount - p.refunded_amount - p.disputed_amount)
BEGIN SELECT RAISE(ABORT, 'refund:more-than-was-paid'); END;
--> statement-breakpoint
CREATE TRIGGER refund_requests_8_no_delete BEFORE DELETE ON refund_requests
BEGIN SELECT RAISE(ABORT, 'refund:append-only'); END;
--> statement-breakpoint
-- A refund counts against what an admin may give and take alone: adjustments and gifts look at refunds too.
DROP TRIGGER adjustments_3_second_admin;
--> statement-breakpoint
CREATE TRIGGER adjustments_3_second_admin BEFORE UPDATE OF state ON adjustments
WHEN NEW.state = 'done' AND NOT EXISTS (SELECT 1 FROM users decider
    JOIN profiles p ON p.user_id = decider.id JOIN admins a ON a.google_sub = p.google_sub
    JOIN users asking ON asking.id = NEW.requested_by
    JOIN users person ON person.id = NEW.user_id
  WHERE decider.id = NEW.decided_by AND decider.account_hash <> decider.id
    AND ((decider.account_hash <> asking.account_hash AND asking.account_hash <> asking.id)
      OR (decider.account_hash = asking.account_hash AND decider.account_hash <> person.account_hash
        AND abs(NEW.credits) + (SELECT coalesce(sum(abs(j.credits)), 0) FROM users mine
            JOIN adjustments j ON j.decided_by = mine.id AND j.state = 'done' AND j.decided_at > NEW.decided_at - 86400000
            JOIN users asked ON asked.id = j.requested_by AND asked.account_hash = mine.account_hash
          WHERE mine.account_hash = decider.account_hash)
          + (SELECT coalesce(sum(g.cost), 0) FROM users mine
            JOIN generations g ON g.gift_by = mine.id AND g.created_at > NEW.decided_at - 86400000
          WHERE mine.account_hash = decider.account_hash)
          + (SELECT coalesce(sum(r.credits), 0) FROM users mine
            JOIN refund_requests r ON r.decided_by = mine.id AND r.state IN ('asked','done') AND r.decided_at > NEW.decided_at - 86400000
            JOIN users asked ON asked.id = r.requested_by AND asked.account_hash = mine.account_hash
          WHERE mine.account_hash = decider.account_hash)
          <= coalesce((SELECT CAST(s.value AS INTEGER) FROM settings s WHERE s.key = 'secondAdminAbove'), 20))))
BEGIN SELECT RAISE(ABORT, 'adjustment:needs-another-admin'); END;
--> statement-breakpoint
DROP TRIGGER generations_19_given;
--> statement-breakpoint
CREATE TRIGGER generations_19_given BEFORE INSERT ON generations
WHEN NEW.gift_by IS NOT NULL AND NOT EXISTS (SELECT 1 FROM users giver
    JOIN profiles p ON p.user_id = giver.id JOIN admins a ON a.google_sub = p.google_sub
    JOIN users person ON person.id = NEW.user_id
  WHERE giver.id = NEW.gift_by AND giver.account_hash <> giver.id AND giver.account_hash <> person.account_hash
    AND NEW.cost + (SELECT coalesce(sum(abs(j.credits)), 0) FROM users mine
            JOIN adjustments j ON j.decided_by = mine.id AND j.state = 'done' AND j.decided_at > NEW.created_at - 86400000
            JOIN users asked ON asked.id = j.requested_by AND asked.account_hash = mine.account_hash
          WHERE mine.account_hash = giver.account_hash)
          + (SELECT coalesce(sum(g.cost), 0) FROM users mine
            JOIN generations g ON g.gift_by = mine.id AND g.created_at > NEW.created_at - 86400000
          WHERE mine.account_hash = giver.account_hash)
          + (SELECT coalesce(sum(r.credits), 0) FROM users mine
            JOIN refund_requests r ON r.decided_by = mine.id AND r.state IN ('asked','done') AND r.decided_at > NEW.created_at - 86400000
            JOIN users asked ON asked.id = r.requested_by AND asked.account_hash = mine.account_hash
          WHERE mine.account_hash = giver.account_hash)
          <= coalesce((SELECT CAST(s.value AS INTEGER) FROM settings s WHERE s.key = 'secondAdminAbove'), 20))
BEGIN SELECT RAISE(ABORT, 'generation:needs-another-admin'); END;
