-- An admin's "Try there" is a gift too: it pays for that one generation and books no entry. It was given as a credit and debited
-- at once, which a cancellation turned into a credit to spend. `gift_by` is the admin; null where feedback earned the gift. Such
-- a gift comes back to nobody, for the person has spent nothing; it counts against what one admin may give alone in 24 hours.
ALTER TABLE `generations` ADD `gift_by` text REFERENCES users(id);
--> statement-breakpoint
CREATE INDEX `generations_given` ON `generations` (`gift_by`,`created_at`,`cost`) WHERE "generations"."gift_by" IS NOT NULL;
--> statement-breakpoint
DROP TRIGGER generations_12_gift_earned;
--> statement-breakpoint
CREATE TRIGGER generations_12_gift_earned BEFORE INSERT ON generations
WHEN (NEW.gift IS NULL AND NEW.gift_by IS NOT NULL)
  OR (NEW.gift IS NOT NULL AND NEW.gift_by IS NULL AND NOT EXISTS (SELECT 1 FROM generation_feedback f
    JOIN generations g ON g.id = f.generation_id
    WHERE f.generation_id = NEW.gift AND f.user_id = NEW.user_id AND g.user_id = NEW.user_id AND g.clip_id = NEW.clip_id
      AND g.state = 'ready' AND g.gift IS NULL))
  OR (NEW.gift_by IS NOT NULL AND NOT EXISTS (SELECT 1 FROM generations g WHERE g.id = NEW.gift AND g.user_id = NEW.user_id
    AND g.clip_id = NEW.clip_id AND g.state IN ('ready','failed','canceled')))
BEGIN SELECT RAISE(ABORT, 'generation:gift-not-earned'); END;
--> statement-breakpoint
DROP TRIGGER generations_13_gift_once;
--> statement-breakpoint
CREATE TRIGGER generations_13_gift_once BEFORE INSERT ON generations
WHEN NEW.gift IS NOT NULL AND NEW.gift_by IS NULL AND (EXISTS (SELECT 1 FROM generations g WHERE g.user_id = NEW.user_id
    AND g.clip_id = NEW.clip_id AND g.gift IS NOT NULL AND g.gift_by IS NULL AND g.state NOT IN ('failed','canceled'))
  OR EXISTS (SELECT 1 FROM credit_entries e WHERE e.key = 'second-try:' || NEW.clip_id))
BEGIN SELECT RAISE(ABORT, 'generation:gift-used'); END;
--> statement-breakpoint
DROP TRIGGER generations_14_gift_stays;
--> statement-breakpoint
CREATE TRIGGER generations_14_gift_stays BEFORE UPDATE OF gift, gift_by ON generations
WHEN NEW.gift IS NOT OLD.gift OR NEW.gift_by IS NOT OLD.gift_by
BEGIN SELECT RAISE(ABORT, 'generation:immutable-column'); END;
--> statement-breakpoint
-- What an admin has given alone: adjustments that they asked for and decided, and gifts; over all accounts of their Google
-- account. A test compares the default with the one in app/settings/settings.ts.
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
      <= coalesce((SELECT CAST(s.value AS INTEGER) FROM settings s WHERE s.key = 'secondAdminAbove'), 20))
BEGIN SELECT RAISE(ABORT, 'generation:needs-another-admin'); END;
--> statement-breakpoint
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
          <= coalesce((SELECT CAST(s.value AS INTEGER) FROM settings s WHERE s.key = 'secondAdminAbove'), 20))))
BEGIN SELECT RAISE(ABORT, 'adjustment:needs-another-admin'); END;
