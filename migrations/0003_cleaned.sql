-- `cleaned_at` says that an ended try has left nothing behind (app/generations/pipeline/machine.ts). Tries that ended before this are
-- woken once by the sweeper, a page a minute, and get their mark then.
ALTER TABLE `generations` ADD `cleaned_at` integer;
--> statement-breakpoint
CREATE INDEX `generations_to_clean` ON `generations` (`state_at`) WHERE "generations"."cleaned_at" IS NULL AND "generations"."state" IN ('ready','failed','canceled');
--> statement-breakpoint

-- By the person alone, SQLite would rather read all their tries by `generations_request`.
DROP INDEX `generations_open_of_user`;
--> statement-breakpoint
CREATE INDEX `generations_open_of_user` ON `generations` (`user_id`,`state`) WHERE "generations"."state" IN ('queued','submitting','generating','copying');
--> statement-breakpoint

-- Only what has ended is cleaned up, once and for good.
CREATE TRIGGER generations_9_cleaned BEFORE UPDATE OF cleaned_at ON generations
WHEN NEW.cleaned_at IS NOT OLD.cleaned_at
  AND (OLD.cleaned_at IS NOT NULL OR NEW.state NOT IN ('ready','failed','canceled'))
BEGIN SELECT RAISE(ABORT, 'generation:immutable-column'); END;
--> statement-breakpoint

-- The mark changes nothing that a page shows, so the clip keeps its version.
DROP TRIGGER clips_3_touched;
--> statement-breakpoint
CREATE TRIGGER clips_3_touched AFTER UPDATE ON generations
WHEN NEW.cleaned_at IS OLD.cleaned_at
BEGIN UPDATE clips SET version = version + 1 WHERE id = NEW.clip_id AND user_id = NEW.user_id; END;
