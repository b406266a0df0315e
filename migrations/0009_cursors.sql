-- Settings have one writer, an admin. The cursors of long runs and the flag of the log tail were rows among them and get
-- tables of their own. Code from before this migration finds no cursor and begins its run anew, which repeats work and
-- changes nothing.
CREATE TABLE `cursors` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`updated_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `log_tail` (
	`id` integer PRIMARY KEY NOT NULL,
	`until` integer NOT NULL,
	CONSTRAINT "log_tail_one_row" CHECK("log_tail"."id" = 1)
) STRICT;
--> statement-breakpoint
INSERT INTO cursors (name, value, updated_at) SELECT 'media', value, updated_at FROM settings WHERE key = 'sweepCursor';
--> statement-breakpoint
INSERT INTO cursors (name, value, updated_at) SELECT substr(key, 13), value, updated_at FROM settings
WHERE key IN ('sweepCursor:unheard','sweepCursor:stale','sweepCursor:ended');
--> statement-breakpoint
INSERT INTO cursors (name, value, updated_at) SELECT 'audit', value, updated_at FROM settings WHERE key = 'auditCursor';
--> statement-breakpoint
INSERT INTO log_tail (id, until) SELECT 1, CAST(value AS INTEGER) FROM settings WHERE key = 'tailUntil';
--> statement-breakpoint
DELETE FROM settings
WHERE key IN ('sweepCursor','sweepCursor:unheard','sweepCursor:stale','sweepCursor:ended','auditCursor','tailUntil');
