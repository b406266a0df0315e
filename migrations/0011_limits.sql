-- Limits per person, counted by the account hash: over every account that the person's Google account has had. In the form
-- of 0001_laws.sql. The settings' defaults here are compared with app/settings/settings.ts by a test.
CREATE INDEX `photos_stored` ON `photos` (`user_id`,`size_bytes`) WHERE "photos"."erased_at" IS NULL;--> statement-breakpoint
CREATE INDEX `generations_stored` ON `generations` (`user_id`,`media_bytes`) WHERE "generations"."media_bytes" IS NOT NULL AND "generations"."erased_at" IS NULL;--> statement-breakpoint
CREATE INDEX `uploads_under_way` ON `uploads` (`user_id`,`length_bytes`) WHERE "uploads"."state" = 'open';--> statement-breakpoint

-- Photos and videos until they are erased, and photos on their way. Each counts as 100 kB at least, so that the setting also
-- bounds their number, and with it what this law reads.
CREATE TRIGGER uploads_1_storage BEFORE INSERT ON uploads
WHEN max(NEW.length_bytes, 100000)
  + (SELECT coalesce(sum(max(p.size_bytes, 100000)), 0) FROM users me JOIN users same ON same.account_hash = me.account_hash
      JOIN photos p ON p.user_id = same.id AND p.erased_at IS NULL WHERE me.id = NEW.user_id)
  + (SELECT coalesce(sum(max(g.media_bytes, 100000)), 0) FROM users me JOIN users same ON same.account_hash = me.account_hash
      JOIN generations g ON g.user_id = same.id AND g.media_bytes IS NOT NULL AND g.erased_at IS NULL WHERE me.id = NEW.user_id)
  + (SELECT coalesce(sum(max(u.length_bytes, 100000)), 0) FROM users me JOIN users same ON same.account_hash = me.account_hash
      JOIN uploads u ON u.user_id = same.id AND u.state = 'open' WHERE me.id = NEW.user_id)
  > 1000000 * coalesce((SELECT CAST(s.value AS INTEGER) FROM settings s WHERE s.key = 'storageMegabytes'), 2000)
BEGIN SELECT RAISE(ABORT, 'upload:storage-full'); END;
--> statement-breakpoint

-- Providers suspend accounts that keep sending what they decline.
CREATE TRIGGER generations_11_moderated BEFORE INSERT ON generations
WHEN (SELECT count(*) FROM users me JOIN users same ON same.account_hash = me.account_hash
    JOIN generations g ON g.user_id = same.id AND g.failure_reason = 'moderated' AND g.state_at > NEW.created_at - 86400000
    WHERE me.id = NEW.user_id)
  >= coalesce((SELECT CAST(s.value AS INTEGER) FROM settings s WHERE s.key = 'mostRefusalsPerDay'), 3)
BEGIN SELECT RAISE(ABORT, 'generation:too-many-refused'); END;
--> statement-breakpoint

-- A friend is new by their Google account.
CREATE TRIGGER referrals_6_new_account BEFORE INSERT ON referrals
WHEN EXISTS (SELECT 1 FROM users friend JOIN users same ON same.account_hash = friend.account_hash AND same.id <> friend.id
  WHERE friend.id = NEW.referred_user_id)
BEGIN SELECT RAISE(ABORT, 'referral:not-a-new-friend'); END;
