-- Deleted rows are erased later (app/media/erasure.server.ts). Once `erased_at` is set, a row holds only what the ledger
-- needs; each index holds the rows that wait for erasure.
ALTER TABLE `users` ADD `erased_at` integer;
--> statement-breakpoint
ALTER TABLE `projects` ADD `erased_at` integer;
--> statement-breakpoint
ALTER TABLE `clips` ADD `erased_at` integer;
--> statement-breakpoint
ALTER TABLE `generations` ADD `erased_at` integer;
--> statement-breakpoint
ALTER TABLE `photos` RENAME COLUMN "deleted_at" TO "erased_at";
--> statement-breakpoint
CREATE INDEX `users_to_erase` ON `users` (`deleted_at`) WHERE "users"."deleted_at" IS NOT NULL AND "users"."erased_at" IS NULL;
--> statement-breakpoint
CREATE INDEX `projects_to_erase` ON `projects` (`deleted_at`) WHERE "projects"."deleted_at" IS NOT NULL AND "projects"."erased_at" IS NULL;
--> statement-breakpoint
CREATE INDEX `clips_to_erase` ON `clips` (`deleted_at`) WHERE "clips"."deleted_at" IS NOT NULL AND "clips"."erased_at" IS NULL;
--> statement-breakpoint
CREATE INDEX `clips_not_erased` ON `clips` (`user_id`,`project_id`) WHERE "clips"."erased_at" IS NULL;
--> statement-breakpoint

-- A prompt holds a person's words. Only erasure may empty it, only an ended generation can be erased, and it stays so.
DROP TRIGGER generations_6_frozen;
--> statement-breakpoint
CREATE TRIGGER generations_6_frozen BEFORE UPDATE ON generations
WHEN NEW.id IS NOT OLD.id OR NEW.user_id IS NOT OLD.user_id OR NEW.clip_id IS NOT OLD.clip_id
  OR NEW.cost IS NOT OLD.cost OR NEW.request_key IS NOT OLD.request_key OR NEW.created_at IS NOT OLD.created_at
  OR NEW.submits < OLD.submits
  OR (NEW.prompt IS NOT OLD.prompt AND (NEW.prompt <> '' OR NEW.erased_at IS NULL))
  OR (NEW.erased_at IS NOT OLD.erased_at AND (OLD.erased_at IS NOT NULL OR NEW.state NOT IN ('ready','failed','canceled')))
  OR (OLD.state IN ('ready','failed','canceled') AND (NEW.media_key IS NOT OLD.media_key OR NEW.failure_reason IS NOT OLD.failure_reason))
BEGIN SELECT RAISE(ABORT, 'generation:immutable-column'); END;
