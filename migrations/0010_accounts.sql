-- A person's Google account as a keyed hash, the same as in the key of their welcome credits. It outlives the account, so that
-- whatever is counted per person goes on when they delete their account and sign in again. Until the
-- next sign-in of a person from before this migration without welcome credits, it is the person's own id.
ALTER TABLE `users` ADD `account_hash` text;
--> statement-breakpoint
UPDATE users SET account_hash = coalesce((SELECT substr(e.key, 8) FROM credit_entries e
  WHERE e.user_id = users.id AND e.kind = 'signup' AND e.key LIKE 'signup:%'), id);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_living` ON `users` (`account_hash`) WHERE "users"."deleted_at" IS NULL;
--> statement-breakpoint
CREATE INDEX `users_of_account` ON `users` (`account_hash`,`id`);
--> statement-breakpoint

-- A person stays, with their account and the time they came.
CREATE TRIGGER users_1_fresh BEFORE INSERT ON users
WHEN EXISTS (SELECT 1 FROM users u WHERE u.id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'person:exists'); END;
--> statement-breakpoint
CREATE TRIGGER users_2_account AFTER INSERT ON users
WHEN NEW.account_hash IS NULL
BEGIN UPDATE users SET account_hash = NEW.id WHERE id = NEW.id; END;
--> statement-breakpoint
CREATE TRIGGER users_3_frozen BEFORE UPDATE ON users
WHEN NEW.id IS NOT OLD.id OR NEW.created_at IS NOT OLD.created_at OR NEW.account_hash IS NULL
  OR (NEW.account_hash IS NOT OLD.account_hash AND coalesce(OLD.account_hash, OLD.id) <> OLD.id)
BEGIN SELECT RAISE(ABORT, 'person:immutable-column'); END;
--> statement-breakpoint
CREATE TRIGGER users_4_no_delete BEFORE DELETE ON users
BEGIN SELECT RAISE(ABORT, 'person:append-only'); END;
--> statement-breakpoint
-- `OR REPLACE` would take the place of the account's other living person, without a delete that a trigger sees.
CREATE TRIGGER users_5_one_living BEFORE INSERT ON users
WHEN NEW.deleted_at IS NULL AND EXISTS (SELECT 1 FROM users u WHERE u.account_hash = NEW.account_hash AND u.deleted_at IS NULL)
BEGIN SELECT RAISE(ABORT, 'person:account-taken'); END;
--> statement-breakpoint
CREATE TRIGGER users_6_one_living BEFORE UPDATE OF account_hash, deleted_at ON users
WHEN NEW.deleted_at IS NULL AND EXISTS (SELECT 1 FROM users u WHERE u.account_hash = NEW.account_hash AND u.deleted_at IS NULL
  AND u.id <> NEW.id)
BEGIN SELECT RAISE(ABORT, 'person:account-taken'); END;
