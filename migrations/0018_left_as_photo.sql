-- When the person left a clip as a photo after a failure (app/db/schema/projects.server.ts).
ALTER TABLE `clips` ADD `left_as_photo_at` integer;
