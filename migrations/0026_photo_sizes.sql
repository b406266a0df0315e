-- Photos in smaller sizes (docs/decisions/0025-photos-in-three-sizes.md). `smaller_bytes` is null until they are made: the
-- sweep finds the photos that came before, and those whose phone had no memory for them.
DROP INDEX `photos_stored`;--> statement-breakpoint
ALTER TABLE `photos` ADD `smaller_bytes` integer;--> statement-breakpoint
ALTER TABLE `photos` ADD `colour` text;--> statement-breakpoint
CREATE INDEX `photos_to_size` ON `photos` (`id`) WHERE "photos"."smaller_bytes" IS NULL AND "photos"."erased_at" IS NULL;--> statement-breakpoint
CREATE INDEX `photos_stored` ON `photos` (`user_id`,`size_bytes`,`smaller_bytes`) WHERE "photos"."erased_at" IS NULL;--> statement-breakpoint

-- Made once: what a photo takes up in the person's room never changes afterwards.
CREATE TRIGGER photos_4_sized_once BEFORE UPDATE ON photos
WHEN (OLD.smaller_bytes IS NOT NULL AND NEW.smaller_bytes IS NOT OLD.smaller_bytes) OR NEW.smaller_bytes < 0
BEGIN SELECT RAISE(ABORT, 'photo:sized-once'); END;
--> statement-breakpoint

-- The law of 0011_limits.sql, with the smaller sizes counted.
DROP TRIGGER uploads_1_storage;
--> statement-breakpoint
CREATE TRIGGER uploads_1_storage BEFORE INSERT ON uploads
WHEN max(NEW.length_bytes, 100000)
  + (SELECT coalesce(sum(max(p.size_bytes + coalesce(p.smaller_bytes, 0), 100000)), 0) FROM users me JOIN users same ON same.account_hash = me.account_hash
      JOIN photos p ON p.user_id = same.id AND p.erased_at IS NULL WHERE me.id = NEW.user_id)
  + (SELECT coalesce(sum(max(g.media_bytes, 100000)), 0) FROM users me JOIN users same ON same.account_hash = me.account_hash
      JOIN generations g ON g.user_id = same.id AND g.media_bytes IS NOT NULL AND g.erased_at IS NULL WHERE me.id = NEW.user_id)
  + (SELECT coalesce(sum(max(u.length_bytes, 100000)), 0) FROM users me JOIN users same ON same.account_hash = me.account_hash
      JOIN uploads u ON u.user_id = same.id AND u.state = 'open' WHERE me.id = NEW.user_id)
  > 1000000 * coalesce((SELECT CAST(s.value AS INTEGER) FROM settings s WHERE s.key = 'storageMegabytes'), 2000)
BEGIN SELECT RAISE(ABORT, 'upload:storage-full'); END;
