-- The same photo twice (docs/decisions/0026-the-same-photo-twice.md): the hash of the file that was picked, kept with the
-- photo until it is erased, and when a person said that a clip stays beside those that look like it.
ALTER TABLE `clips` ADD `kept_apart_at` integer;--> statement-breakpoint
ALTER TABLE `photos` ADD `content_hash` text CONSTRAINT "photos_content_hash" CHECK(length("content_hash") = 64);--> statement-breakpoint
ALTER TABLE `uploads` ADD `content_hash` text CONSTRAINT "uploads_content_hash" CHECK(length("content_hash") = 64);--> statement-breakpoint
ALTER TABLE `uploads` ADD `keeps_both` integer DEFAULT false NOT NULL CONSTRAINT "uploads_keeps_both" CHECK("keeps_both" IN (0,1));--> statement-breakpoint
CREATE INDEX `photos_content` ON `photos` (`user_id`,`project_id`,`content_hash`) WHERE "photos"."content_hash" IS NOT NULL;
