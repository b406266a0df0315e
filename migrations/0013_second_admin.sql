-- Two admins are two Google accounts. They are compared by the account hash (0010), which outlives an account: an admin who
-- deletes their account and signs in again is no second one. Where the hash is not known yet, it is the person's id, and
-- nobody counts as a second admin.

-- 1. The role ends with the account. Also, a profile names one Google account for good, and stays while its person does.
CREATE TRIGGER admins_1_leaving BEFORE UPDATE OF deleted_at ON users
WHEN NEW.deleted_at IS NOT NULL AND OLD.deleted_at IS NULL
  AND EXISTS (SELECT 1 FROM profiles p JOIN admins a ON a.google_sub = p.google_sub WHERE p.user_id = NEW.id)
BEGIN INSERT INTO admin_acts (at, admin_user_id, what, user_id, subject, reason)
  VALUES (NEW.deleted_at, NEW.id, 'admin-revoked', NEW.id, NEW.id, 'The account was deleted'); END;
--> statement-breakpoint
CREATE TRIGGER admins_2_left AFTER UPDATE OF deleted_at ON users
WHEN NEW.deleted_at IS NOT NULL AND OLD.deleted_at IS NULL
BEGIN DELETE FROM admins WHERE google_sub = (SELECT p.google_sub FROM profiles p WHERE p.user_id = NEW.id); END;
--> statement-breakpoint
CREATE TRIGGER profiles_1_fresh BEFORE INSERT ON profiles
WHEN EXISTS (SELECT 1 FROM profiles p WHERE p.user_id = NEW.user_id)
  OR EXISTS (SELECT 1 FROM profiles p WHERE p.google_sub = NEW.google_sub)
BEGIN SELECT RAISE(ABORT, 'person:exists'); END;
--> statement-breakpoint
CREATE TRIGGER profiles_2_frozen BEFORE UPDATE ON profiles
WHEN NEW.user_id IS NOT OLD.user_id OR NEW.google_sub IS NOT OLD.google_sub
BEGIN SELECT RAISE(ABORT, 'person:immutable-column'); END;
--> statement-breakpoint
CREATE TRIGGER profiles_3_stays BEFORE DELETE ON profiles
WHEN EXISTS (SELECT 1 FROM users u WHERE u.id = OLD.user_id AND u.deleted_at IS NULL)
BEGIN SELECT RAISE(ABORT, 'person:not-deleted'); END;
--> statement-breakpoint

-- 2. Adjustments. An admin alone may move credits of others, within 24 hours no more than the setting `secondAdminAbove` says
-- in all (a test compares its default here with the one in app/settings/settings.ts). Everything else, and everything for
-- oneself, needs the yes of another Google account.
CREATE INDEX `adjustments_decided` ON `adjustments` (`decided_by`,`decided_at`) WHERE "adjustments"."state" = 'done';
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
          <= coalesce((SELECT CAST(s.value AS INTEGER) FROM settings s WHERE s.key = 'secondAdminAbove'), 20))))
BEGIN SELECT RAISE(ABORT, 'adjustment:needs-another-admin'); END;
--> statement-breakpoint

-- 3. Settings that guard money change by two admins: one asks, another Google account says yes, and that step writes the
-- setting. The list is the one of app/settings/guarded.ts (a test compares them).
CREATE TABLE `guarded_settings` (
	`key` text PRIMARY KEY NOT NULL
) STRICT;
--> statement-breakpoint
INSERT INTO guarded_settings (key) VALUES ('signupCredits'), ('creditsPerClip'), ('freeSecondTry'), ('packsOnSale'),
  ('referrerCredits'), ('referredCredits'), ('referralCap'), ('referralRewardFor'), ('shareCredits'), ('shareViewers'),
  ('mostRefusalsPerDay'), ('storageMegabytes'), ('secondAdminAbove');
--> statement-breakpoint
CREATE TABLE `setting_changes` (
	`id` text PRIMARY KEY NOT NULL,
	`key` text NOT NULL,
	`value` text NOT NULL,
	`seen_version` integer NOT NULL,
	`reason` text,
	`state` text DEFAULT 'waiting' NOT NULL,
	`requested_by` text NOT NULL,
	`requested_at` integer NOT NULL,
	`decided_by` text,
	`decided_at` integer,
	FOREIGN KEY (`key`) REFERENCES `guarded_settings`(`key`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`requested_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`decided_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "setting_changes_value" CHECK(json_valid("setting_changes"."value") AND length("setting_changes"."value") <= 30000),
	CONSTRAINT "setting_changes_state" CHECK("setting_changes"."state" IN ('waiting','done','declined')),
	CONSTRAINT "setting_changes_decided" CHECK(("setting_changes"."state" = 'waiting') = ("setting_changes"."decided_at" IS NULL) AND ("setting_changes"."decided_at" IS NULL) = ("setting_changes"."decided_by" IS NULL))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `setting_changes_waiting` ON `setting_changes` (`key`) WHERE "setting_changes"."state" = 'waiting';
--> statement-breakpoint
CREATE UNIQUE INDEX `setting_changes_done` ON `setting_changes` (`key`,`seen_version`) WHERE "setting_changes"."state" = 'done';
--> statement-breakpoint
CREATE TRIGGER guarded_settings_1_no_update BEFORE UPDATE ON guarded_settings
BEGIN SELECT RAISE(ABORT, 'setting:guards-are-law'); END;
--> statement-breakpoint
CREATE TRIGGER guarded_settings_2_no_delete BEFORE DELETE ON guarded_settings
BEGIN SELECT RAISE(ABORT, 'setting:guards-are-law'); END;
--> statement-breakpoint
CREATE TRIGGER setting_changes_1_fresh BEFORE INSERT ON setting_changes
WHEN NEW.state <> 'waiting' OR EXISTS (SELECT 1 FROM setting_changes c WHERE c.id = NEW.id)
  OR NOT EXISTS (SELECT 1 FROM profiles p JOIN admins a ON a.google_sub = p.google_sub WHERE p.user_id = NEW.requested_by)
BEGIN SELECT RAISE(ABORT, 'setting:not-asked-for-by-an-admin'); END;
--> statement-breakpoint
CREATE TRIGGER setting_changes_2_one_waits BEFORE INSERT ON setting_changes
WHEN EXISTS (SELECT 1 FROM setting_changes c WHERE c.key = NEW.key AND c.state = 'waiting')
BEGIN SELECT RAISE(ABORT, 'setting:another-change-waits'); END;
--> statement-breakpoint
CREATE TRIGGER setting_changes_3_version BEFORE INSERT ON setting_changes
WHEN NEW.seen_version IS NOT coalesce((SELECT s.version FROM settings s WHERE s.key = NEW.key), 0)
BEGIN SELECT RAISE(ABORT, 'setting:newer-version'); END;
--> statement-breakpoint
CREATE TRIGGER setting_changes_4_decided BEFORE UPDATE ON setting_changes
WHEN OLD.state <> 'waiting' OR NEW.id IS NOT OLD.id OR NEW.key IS NOT OLD.key OR NEW.value IS NOT OLD.value
  OR NEW.seen_version IS NOT OLD.seen_version OR NEW.reason IS NOT OLD.reason
  OR NEW.requested_by IS NOT OLD.requested_by OR NEW.requested_at IS NOT OLD.requested_at
BEGIN SELECT RAISE(ABORT, 'setting:decided-once'); END;
--> statement-breakpoint
CREATE TRIGGER setting_changes_5_second_admin BEFORE UPDATE OF state ON setting_changes
WHEN NEW.state = 'done' AND NOT EXISTS (SELECT 1 FROM users decider
    JOIN profiles p ON p.user_id = decider.id JOIN admins a ON a.google_sub = p.google_sub
    JOIN users asking ON asking.id = NEW.requested_by
  WHERE decider.id = NEW.decided_by AND decider.account_hash <> asking.account_hash
    AND decider.account_hash <> decider.id AND asking.account_hash <> asking.id)
BEGIN SELECT RAISE(ABORT, 'setting:needs-another-admin'); END;
--> statement-breakpoint
CREATE TRIGGER setting_changes_6_first AFTER UPDATE OF state ON setting_changes
WHEN NEW.state = 'done' AND NEW.seen_version = 0
BEGIN INSERT INTO settings (key, value, updated_at, updated_by, version)
  VALUES (NEW.key, NEW.value, NEW.decided_at, NEW.requested_by, 1); END;
--> statement-breakpoint
CREATE TRIGGER setting_changes_7_further AFTER UPDATE OF state ON setting_changes
WHEN NEW.state = 'done' AND NEW.seen_version > 0
BEGIN UPDATE settings SET value = NEW.value, updated_at = NEW.decided_at, updated_by = NEW.requested_by,
    version = NEW.seen_version + 1
  WHERE key = NEW.key; END;
--> statement-breakpoint
CREATE TRIGGER setting_changes_8_no_delete BEFORE DELETE ON setting_changes
BEGIN SELECT RAISE(ABORT, 'setting:append-only'); END;
--> statement-breakpoint
CREATE TRIGGER settings_1_guarded BEFORE INSERT ON settings
WHEN EXISTS (SELECT 1 FROM guarded_settings g WHERE g.key = NEW.key)
  AND (EXISTS (SELECT 1 FROM settings s WHERE s.key = NEW.key) OR NEW.version <> 1
    OR NOT EXISTS (SELECT 1 FROM setting_changes c WHERE c.key = NEW.key AND c.state = 'done' AND c.seen_version = 0
      AND c.value = NEW.value))
BEGIN SELECT RAISE(ABORT, 'setting:needs-another-admin'); END;
--> statement-breakpoint
CREATE TRIGGER settings_2_guarded BEFORE UPDATE ON settings
WHEN EXISTS (SELECT 1 FROM guarded_settings g WHERE g.key IN (OLD.key, NEW.key))
  AND (NEW.key IS NOT OLD.key OR NEW.version IS NOT OLD.version + 1
    OR NOT EXISTS (SELECT 1 FROM setting_changes c WHERE c.key = NEW.key AND c.state = 'done'
      AND c.seen_version = OLD.version AND c.value = NEW.value))
BEGIN SELECT RAISE(ABORT, 'setting:needs-another-admin'); END;
--> statement-breakpoint
CREATE TRIGGER settings_3_guarded BEFORE DELETE ON settings
WHEN EXISTS (SELECT 1 FROM guarded_settings g WHERE g.key = OLD.key)
BEGIN SELECT RAISE(ABORT, 'setting:needs-another-admin'); END;
