-- What Stripe keeps of each purchase. The step to `paid` books an estimate by the settings, whose defaults a test compares;
-- the fee of the balance transaction takes its place once Stripe tells it, in the currency of the account at Stripe. Another
-- transaction of the purchase with a fee, such as of a dispute, has a row of its own, under its id at Stripe.
CREATE TABLE `stripe_fees` (
	`purchase_id` text NOT NULL,
	`source` text NOT NULL,
	`user_id` text NOT NULL,
	`fee` integer NOT NULL,
	`currency` text NOT NULL,
	`is_estimate` integer NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`purchase_id`, `source`),
	FOREIGN KEY (`user_id`,`purchase_id`) REFERENCES `purchases`(`user_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "stripe_fees_currency" CHECK(length("stripe_fees"."currency") = 3),
	CONSTRAINT "stripe_fees_estimate" CHECK("stripe_fees"."is_estimate" IN (0, 1))
) STRICT;
--> statement-breakpoint
CREATE INDEX `stripe_fees_unknown` ON `stripe_fees` (`at`) WHERE "stripe_fees"."is_estimate" = 1;
--> statement-breakpoint

-- The figures of the day of a payment, or of the dispute or refund, in each currency.
CREATE TRIGGER figures_16_fee AFTER INSERT ON stripe_fees
BEGIN INSERT INTO day_figures (day, figure, value) VALUES (NEW.at / 86400000, 'fees:' || NEW.currency, NEW.fee),
    (NEW.at / 86400000, 'fees-estimated:' || NEW.currency, NEW.fee * NEW.is_estimate)
  ON CONFLICT (day, figure) DO UPDATE SET value = value + excluded.value; END;
--> statement-breakpoint
CREATE TRIGGER figures_17_fee_known AFTER UPDATE OF fee, currency, is_estimate ON stripe_fees
BEGIN INSERT INTO day_figures (day, figure, value) VALUES (OLD.at / 86400000, 'fees:' || OLD.currency, -OLD.fee),
    (OLD.at / 86400000, 'fees-estimated:' || OLD.currency, -OLD.fee * OLD.is_estimate),
    (NEW.at / 86400000, 'fees:' || NEW.currency, NEW.fee),
    (NEW.at / 86400000, 'fees-estimated:' || NEW.currency, NEW.fee * NEW.is_estimate)
  ON CONFLICT (day, figure) DO UPDATE SET value = value + excluded.value; END;
--> statement-breakpoint

-- Purchases from before this migration: estimated, until the nightly comparison has asked Stripe for those of 30 days.
INSERT INTO stripe_fees (purchase_id, source, user_id, fee, currency, is_estimate, at)
SELECT p.id, 'payment', p.user_id, iif(p.amount = 0, 0, CAST(round(p.amount * 1.5 / 100 + 25) AS INTEGER)), p.currency, p.amount > 0, p.state_at
FROM purchases p WHERE p.state = 'paid';
--> statement-breakpoint

CREATE TRIGGER fees_1_book AFTER UPDATE OF state ON purchases
WHEN NEW.state = 'paid' AND OLD.state <> 'paid'
BEGIN INSERT INTO stripe_fees (purchase_id, source, user_id, fee, currency, is_estimate, at)
  VALUES (NEW.id, 'payment', NEW.user_id, iif(NEW.amount = 0, 0, CAST(round(NEW.amount
      * coalesce((SELECT CAST(s.value AS REAL) FROM settings s WHERE s.key = 'stripeFeePercent'), 1.5) / 100
      + coalesce((SELECT CAST(s.value AS REAL) FROM settings s WHERE s.key = 'stripeFeeFixed'), 25)) AS INTEGER)),
    NEW.currency, NEW.amount > 0, NEW.state_at); END;
--> statement-breakpoint
CREATE TRIGGER fees_2_of_a_purchase BEFORE INSERT ON stripe_fees
WHEN NOT EXISTS (SELECT 1 FROM purchases p WHERE p.id = NEW.purchase_id AND p.user_id = NEW.user_id AND p.state = 'paid'
    AND iif(NEW.source = 'payment', NEW.at = p.state_at, NEW.is_estimate = 0))
  OR EXISTS (SELECT 1 FROM stripe_fees f WHERE f.purchase_id = NEW.purchase_id AND f.source = NEW.source)
BEGIN SELECT RAISE(ABORT, 'fee:once-for-a-paid-purchase'); END;
--> statement-breakpoint
CREATE TRIGGER fees_3_frozen BEFORE UPDATE ON stripe_fees
WHEN NEW.purchase_id IS NOT OLD.purchase_id OR NEW.source IS NOT OLD.source OR NEW.user_id IS NOT OLD.user_id OR NEW.at IS NOT OLD.at
  OR NEW.is_estimate <> 0
BEGIN SELECT RAISE(ABORT, 'fee:only-becomes-known'); END;
--> statement-breakpoint
CREATE TRIGGER fees_4_no_delete BEFORE DELETE ON stripe_fees
BEGIN SELECT RAISE(ABORT, 'fee:append-only'); END;
