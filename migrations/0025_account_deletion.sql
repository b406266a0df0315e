-- Deleting an account is asked for (`deleted_at`), can be taken back, and is closed for good (`closed_at`) by the person or after
-- seven days; only then is it erased. Until it is closed, its Google account has no other person here.
ALTER TABLE `users` ADD `closed_at` integer CONSTRAINT "users_closed" CHECK("closed_at" IS NULL OR "deleted_at" IS NOT NULL);
--> statement-breakpoint
-- When Google last asked the person who they are (`auth_time`), as the sign-in of this session said; null if it did not say.
ALTER TABLE `sessions` ADD `authenticated_at` integer;
--> statement-breakpoint
UPDATE users SET closed_at = deleted_at WHERE deleted_at IS NOT NULL;
--> statement-breakpoint
DROP INDEX `users_living`;
--> statement-breakpoint
DROP INDEX `users_to_erase`;
--> statement-breakpoint
CREATE UNIQUE INDEX `users_living` ON `users` (`account_hash`) WHERE "users"."closed_at" IS NULL;
--> statement-breakpoint
CREATE INDEX `users_to_erase` ON `users` (`closed_at`) WHERE "users"."closed_at" IS NOT NULL AND "users"."erased_at" IS NULL;
--> statement-breakpoint
CREATE INDEX `users_to_close` ON `users` (`deleted_at`) WHERE "users"."deleted_at" IS NOT NULL AND "users"."closed_at" IS NULL;
--> statement-breakpoint
DROP TRIGGER users_5_one_living;
--> statement-breakpoint
CREATE TRIGGER users_5_one_living BEFORE INSERT ON users
WHEN NEW.closed_at IS NULL AND EXISTS (SELECT 1 FROM users u WHERE u.account_hash = NEW.account_hash AND u.closed_at IS NULL)
BEGIN SELECT RAISE(ABORT, 'person:account-taken'); END;
--> statement-breakpoint
DROP TRIGGER users_6_one_living;
--> statement-breakpoint
CREATE TRIGGER users_6_one_living BEFORE UPDATE OF account_hash, closed_at ON users
WHEN NEW.closed_at IS NULL AND EXISTS (SELECT 1 FROM users u WHERE u.account_hash = NEW.account_hash AND u.closed_at IS NULL
  AND u.id <> NEW.id)
BEGIN SELECT RAISE(ABORT, 'person:account-taken'); END;
--> statement-breakpoint
DROP TRIGGER users_7_erased;
--> statement-breakpoint
CREATE TRIGGER users_7_erased BEFORE UPDATE ON users
WHEN (NEW.erased_at IS NOT NULL AND NEW.closed_at IS NULL)
  OR (OLD.erased_at IS NOT NULL AND NEW.erased_at IS NOT OLD.erased_at)
BEGIN SELECT RAISE(ABORT, 'person:immutable-column'); END;
--> statement-breakpoint
-- Closed after it was asked for, never at once, and for good: what is closed cannot be taken back or asked for anew.
CREATE TRIGGER users_8_closed BEFORE UPDATE ON users
WHEN (NEW.closed_at IS NOT NULL AND (OLD.deleted_at IS NULL OR NEW.deleted_at IS NOT OLD.deleted_at OR NEW.closed_at < NEW.deleted_at))
  OR (OLD.closed_at IS NOT NULL AND NEW.closed_at IS NOT OLD.closed_at)
BEGIN SELECT RAISE(ABORT, 'person:closed'); END;
--> statement-breakpoint
-- The personal data and the sessions go when the account is closed, and none comes afterwards.
CREATE TRIGGER users_9_sessions_go AFTER UPDATE OF closed_at ON users
WHEN NEW.closed_at IS NOT NULL AND OLD.closed_at IS NULL
BEGIN DELETE FROM sessions WHERE user_id = NEW.id; END;
--> statement-breakpoint
DROP TRIGGER profiles_3_stays;
--> statement-breakpoint
CREATE TRIGGER profiles_3_stays BEFORE DELETE ON profiles
WHEN EXISTS (SELECT 1 FROM users u WHERE u.id = OLD.user_id AND u.closed_at IS NULL)
BEGIN SELECT RAISE(ABORT, 'person:not-deleted'); END;
--> statement-breakpoint
CREATE TRIGGER users_10_profile_goes AFTER UPDATE OF closed_at ON users
WHEN NEW.closed_at IS NOT NULL AND OLD.closed_at IS NULL
BEGIN DELETE FROM profiles WHERE user_id = NEW.id; END;
--> statement-breakpoint
CREATE TRIGGER profiles_4_open BEFORE INSERT ON profiles
WHEN EXISTS (SELECT 1 FROM users u WHERE u.id = NEW.user_id AND u.closed_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'person:closed'); END;
--> statement-breakpoint
CREATE TRIGGER sessions_3_open BEFORE INSERT ON sessions
WHEN EXISTS (SELECT 1 FROM users u WHERE u.id = NEW.user_id AND u.closed_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'session:account-closed'); END;
--> statement-breakpoint
DROP TRIGGER sessions_2_frozen;
--> statement-breakpoint
CREATE TRIGGER sessions_2_frozen BEFORE UPDATE ON sessions
WHEN NEW.id_hash IS NOT OLD.id_hash OR NEW.user_id IS NOT OLD.user_id OR NEW.created_at > OLD.created_at
  OR NEW.authenticated_at > coalesce(OLD.authenticated_at, -1)
BEGIN SELECT RAISE(ABORT, 'session:immutable-column'); END;
--> statement-breakpoint
-- An account that is being deleted has no role, and taking the deletion back gives none.
CREATE TRIGGER admins_3_living BEFORE INSERT ON admins
WHEN EXISTS (SELECT 1 FROM profiles p JOIN users u ON u.id = p.user_id WHERE p.google_sub = NEW.google_sub AND u.deleted_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'person:account-deleted'); END;
