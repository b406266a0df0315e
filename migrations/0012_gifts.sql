-- A gift is its own kind of money: one free second generation of a clip, for feedback about one that credits paid. It books no
-- entry, so it can neither be spent on anything else nor come back as a credit; if its generation fails or is canceled, the
-- gift can be used again. Second tries from before this migration were granted as credits (`second-try:` entries): they stay
-- as they are, and count as used.
ALTER TABLE `generations` ADD `gift` text;
--> statement-breakpoint
CREATE INDEX `generations_gifts` ON `generations` (`user_id`,`clip_id`) WHERE "generations"."gift" IS NOT NULL;
--> statement-breakpoint

-- 1. A gift is earned by feedback about a ready generation of the same clip that credits paid, and used by one generation
-- that has not failed and was not canceled.
CREATE TRIGGER generations_12_gift_earned BEFORE INSERT ON generations
WHEN NEW.gift IS NOT NULL AND NOT EXISTS (SELECT 1 FROM generation_feedback f JOIN generations g ON g.id = f.generation_id
  WHERE f.generation_id = NEW.gift AND f.user_id = NEW.user_id AND g.user_id = NEW.user_id AND g.clip_id = NEW.clip_id
    AND g.state = 'ready' AND g.gift IS NULL)
BEGIN SELECT RAISE(ABORT, 'generation:gift-not-earned'); END;
--> statement-breakpoint
CREATE TRIGGER generations_13_gift_once BEFORE INSERT ON generations
WHEN NEW.gift IS NOT NULL AND (EXISTS (SELECT 1 FROM generations g WHERE g.user_id = NEW.user_id AND g.clip_id = NEW.clip_id
    AND g.gift IS NOT NULL AND g.state NOT IN ('failed','canceled'))
  OR EXISTS (SELECT 1 FROM credit_entries e WHERE e.key = 'second-try:' || NEW.clip_id))
BEGIN SELECT RAISE(ABORT, 'generation:gift-used'); END;
--> statement-breakpoint
CREATE TRIGGER generations_14_gift_stays BEFORE UPDATE OF gift ON generations
WHEN NEW.gift IS NOT OLD.gift
BEGIN SELECT RAISE(ABORT, 'generation:immutable-column'); END;
--> statement-breakpoint

-- 2. What a gift paid has neither debit nor refund, by trigger or by hand.
DROP TRIGGER generations_4_debit;
--> statement-breakpoint
CREATE TRIGGER generations_4_debit AFTER INSERT ON generations
WHEN NEW.gift IS NULL
BEGIN INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, generation_id, created_at)
  VALUES ('generation:' || NEW.id, NEW.user_id,
    (SELECT a.version + 1 FROM credit_accounts a WHERE a.user_id = NEW.user_id), -NEW.cost,
    (SELECT a.balance - NEW.cost FROM credit_accounts a WHERE a.user_id = NEW.user_id), 'generation', NEW.id, NEW.created_at); END;
--> statement-breakpoint
DROP TRIGGER generations_7_refund;
--> statement-breakpoint
CREATE TRIGGER generations_7_refund AFTER UPDATE OF state ON generations
WHEN NEW.gift IS NULL AND NEW.state IN ('failed','canceled') AND OLD.state NOT IN ('failed','canceled')
BEGIN INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, generation_id, created_at)
  VALUES ('refund:' || NEW.id, NEW.user_id,
    (SELECT a.version + 1 FROM credit_accounts a WHERE a.user_id = NEW.user_id), NEW.cost,
    (SELECT a.balance + NEW.cost FROM credit_accounts a WHERE a.user_id = NEW.user_id), 'refund', NEW.id, NEW.state_at); END;
--> statement-breakpoint
CREATE TRIGGER entries_16_no_gift BEFORE INSERT ON credit_entries
WHEN NEW.generation_id IS NOT NULL AND EXISTS (SELECT 1 FROM generations g WHERE g.id = NEW.generation_id AND g.gift IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'ledger:gift-is-no-credit'); END;
--> statement-breakpoint
DROP TRIGGER entries_14_second_try;
--> statement-breakpoint
CREATE TRIGGER entries_14_second_try BEFORE INSERT ON credit_entries
WHEN NEW.key LIKE 'second-try:%'
BEGIN SELECT RAISE(ABORT, 'ledger:gift-is-no-credit'); END;
