-- `cleaned_at`: an ended generation has no leftovers (app/generations/pipeline/machine.ts). The sweep wakes those that ended
-- before this migration, a page a minute, and they are marked then.
ALTER TABLE `generations` ADD `cleaned_at` integer;
--> statement-breakpoint
CREATE INDEX `generations_to_clean` ON `generations` (`state_at`) WHERE "generations"."cleaned_at" IS NULL AND "generations"."state" IN ('ready','failed','canceled');
--> statement-breakpoint

-- For an index on the person alone, SQLite prefers `generations_request` and reads all the person's generations.
DROP INDEX `generations_open_of_user`;
--> statement-breakpoint
CREATE INDEX `generations_open_of_user` ON `generations` (`user_id`,`state`) WHERE "generations"."state" IN ('queued','submitting','generating','copying');
--> statement-breakpoint

-- Only an ended generation is marked as cleaned, once.
CREATE TRIGGER generations_9_cleaned BEFORE UPDATE OF cleaned_at ON generations
WHEN NEW.cleaned_at IS NOT OLD.cleaned_at
  AND (OLD.cleaned_at IS NOT NULL OR NEW.state NOT IN ('ready','failed','canceled'))
BEGIN SELECT RAISE(ABORT, 'generation:immutable-column'); END;
--> statement-breakpoint

-- The mark changes nothing that a page shows, so the version of the clip stays.
DROP TRIGGER clips_3_touched;
--> statement-breakpoint
CREATE TRIGGER clips_3_touched AFTER UPDATE ON generations
WHEN NEW.cleaned_at IS OLD.cleaned_at
BEGIN UPDATE clips SET version = version + 1 WHERE id = NEW.clip_id AND user_id = NEW.user_id; END;
