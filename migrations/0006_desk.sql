CREATE TABLE `adjustments` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`request_key` text NOT NULL,
	`credits` integer NOT NULL,
	`reason` text NOT NULL,
	`state` text DEFAULT 'waiting' NOT NULL,
	`requested_by` text NOT NULL,
	`requested_at` integer NOT NULL,
	`decided_by` text,
	`decided_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `credit_accounts`(`user_id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`requested_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`decided_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "adjustments_credits" CHECK("adjustments"."credits" <> 0 AND "adjustments"."credits" BETWEEN -10000 AND 10000),
	CONSTRAINT "adjustments_reason" CHECK(length("adjustments"."reason") BETWEEN 3 AND 500),
	CONSTRAINT "adjustments_state" CHECK("adjustments"."state" IN ('waiting','done','declined')),
	CONSTRAINT "adjustments_decided" CHECK(("adjustments"."state" = 'waiting') = ("adjustments"."decided_at" IS NULL) AND ("adjustments"."decided_at" IS NULL) = ("adjustments"."decided_by" IS NULL))
);
--> statement-breakpoint
CREATE INDEX `adjustments_of_user` ON `adjustments` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `adjustments_waiting` ON `adjustments` (`id`) WHERE "adjustments"."state" = 'waiting';--> statement-breakpoint
CREATE UNIQUE INDEX `adjustments_request` ON `adjustments` (`requested_by`,`request_key`);--> statement-breakpoint
CREATE TABLE `admin_acts` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` integer NOT NULL,
	`admin_user_id` text,
	`what` text NOT NULL,
	`user_id` text,
	`subject` text NOT NULL,
	`before` text,
	`after` text,
	`reason` text,
	`request_id` text
);
--> statement-breakpoint
CREATE INDEX `admin_acts_of_user` ON `admin_acts` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `admin_acts_by_admin` ON `admin_acts` (`admin_user_id`,`id`);--> statement-breakpoint
CREATE INDEX `admin_acts_by_what` ON `admin_acts` (`what`,`id`);--> statement-breakpoint
CREATE INDEX `admin_acts_on_subject` ON `admin_acts` (`subject`,`id`);--> statement-breakpoint
CREATE TABLE `admins` (
	`google_sub` text PRIMARY KEY NOT NULL,
	`granted_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `alerts` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`detail` text NOT NULL,
	`opened_at` integer NOT NULL,
	`closed_at` integer,
	`tries` integer DEFAULT 0 NOT NULL,
	`next_try_at` integer,
	`delivered_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `alerts_open` ON `alerts` (`kind`,`subject`) WHERE "alerts"."closed_at" IS NULL;--> statement-breakpoint
CREATE INDEX `alerts_newest` ON `alerts` (`opened_at`);--> statement-breakpoint
CREATE INDEX `alerts_to_tell` ON `alerts` (`next_try_at`) WHERE "alerts"."next_try_at" IS NOT NULL;--> statement-breakpoint
CREATE TABLE `day_figures` (
	`day` integer NOT NULL,
	`figure` text NOT NULL,
	`value` real NOT NULL,
	PRIMARY KEY(`day`, `figure`)
);
--> statement-breakpoint
CREATE TABLE `log_lines` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` integer NOT NULL,
	`request_id` text,
	`generation_id` text,
	`user_id` text,
	`event` text NOT NULL,
	`line` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `log_lines_at` ON `log_lines` (`at`);--> statement-breakpoint
CREATE INDEX `log_lines_of_request` ON `log_lines` (`request_id`,`id`) WHERE "log_lines"."request_id" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `log_lines_of_generation` ON `log_lines` (`generation_id`,`id`) WHERE "log_lines"."generation_id" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `log_lines_of_user` ON `log_lines` (`user_id`,`id`) WHERE "log_lines"."user_id" IS NOT NULL;--> statement-breakpoint
CREATE TABLE `prompt_figures` (
	`version` integer NOT NULL,
	`figure` text NOT NULL,
	`count` integer NOT NULL,
	PRIMARY KEY(`version`, `figure`)
);
--> statement-breakpoint
CREATE TABLE `prompt_versions` (
	`version` integer PRIMARY KEY NOT NULL,
	`text` text NOT NULL,
	`note` text NOT NULL,
	`author_id` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`author_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "prompt_versions_number" CHECK("prompt_versions"."version" >= 2),
	CONSTRAINT "prompt_versions_text" CHECK(length("prompt_versions"."text") BETWEEN 1 AND 600)
);
--> statement-breakpoint
ALTER TABLE `generations` ADD `prompt_version` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `generations` ADD `request_id` text;--> statement-breakpoint
CREATE INDEX `generations_by_provider` ON `generations` (`provider`,`id`);--> statement-breakpoint
CREATE INDEX `generations_ended` ON `generations` (`state`,`id`) WHERE "generations"."state" IN ('ready','failed','canceled');--> statement-breakpoint
CREATE INDEX `generations_ended_at_provider` ON `generations` (`provider`,`state`,`id`) WHERE "generations"."state" IN ('ready','failed','canceled');--> statement-breakpoint
CREATE INDEX `generations_failed` ON `generations` (`failure_reason`,`provider`,`id`) WHERE "generations"."failure_reason" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `generations_asked` ON `generations` (`request_id`) WHERE "generations"."request_id" IS NOT NULL;--> statement-breakpoint
ALTER TABLE `settings` ADD `updated_by` text REFERENCES users(id);--> statement-breakpoint
ALTER TABLE `settings` ADD `version` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `suspended_at` integer;--> statement-breakpoint
ALTER TABLE `users` DROP COLUMN `role`;--> statement-breakpoint
CREATE INDEX `purchases_by_state` ON `purchases` (`state`,`id`);--> statement-breakpoint
CREATE INDEX `reversals_short` ON `reversals` (`user_id`) WHERE "reversals"."credits" > "reversals"."moved";--> statement-breakpoint
CREATE INDEX `profiles_email` ON `profiles` ("email" COLLATE NOCASE);--> statement-breakpoint
CREATE INDEX `profiles_name` ON `profiles` ("name" COLLATE NOCASE);