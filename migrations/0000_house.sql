-- Made by `npm run db:generate`, then STRICT added to each table, so that a value of the wrong type is refused.
CREATE TABLE `clips` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`project_id` text NOT NULL,
	`photo_id` text NOT NULL,
	`position` text NOT NULL,
	`frame_x` real DEFAULT 0.5 NOT NULL,
	`frame_y` real DEFAULT 0.5 NOT NULL,
	`frame_zoom` real DEFAULT 1 NOT NULL,
	`preset_id` text DEFAULT 'gentle' NOT NULL,
	`words` text DEFAULT '' NOT NULL,
	`latest_generation_id` text,
	`ready_generation_id` text,
	`approved_generation_id` text,
	`version` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`deleted_at` integer,
	FOREIGN KEY (`user_id`,`project_id`) REFERENCES `projects`(`user_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_id`,`photo_id`) REFERENCES `photos`(`user_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "clips_frame" CHECK("clips"."frame_x" BETWEEN 0 AND 1 AND "clips"."frame_y" BETWEEN 0 AND 1 AND "clips"."frame_zoom" BETWEEN 1 AND 4),
	CONSTRAINT "clips_words" CHECK(length("clips"."words") <= 500)
) STRICT;
--> statement-breakpoint
CREATE INDEX `clips_order` ON `clips` (`user_id`,`project_id`,`position`) WHERE "clips"."deleted_at" IS NULL;--> statement-breakpoint
CREATE INDEX `clips_photo` ON `clips` (`user_id`,`photo_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `clips_owner` ON `clips` (`user_id`,`id`);--> statement-breakpoint
CREATE TABLE `credit_accounts` (
	`user_id` text PRIMARY KEY NOT NULL,
	`balance` integer DEFAULT 0 NOT NULL,
	`version` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "credit_accounts_no_overdraft" CHECK("credit_accounts"."balance" >= 0),
	CONSTRAINT "credit_accounts_version" CHECK("credit_accounts"."version" >= 0)
) STRICT;
--> statement-breakpoint
CREATE TABLE `credit_entries` (
	`key` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`seq` integer NOT NULL,
	`delta` integer NOT NULL,
	`balance_after` integer NOT NULL,
	`kind` text NOT NULL,
	`generation_id` text,
	`reference` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `credit_accounts`(`user_id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_id`,`generation_id`) REFERENCES `generations`(`user_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "credit_entries_key" CHECK(length("credit_entries"."key") BETWEEN 3 AND 200),
	CONSTRAINT "credit_entries_delta" CHECK("credit_entries"."delta" <> 0 AND "credit_entries"."delta" BETWEEN -10000 AND 10000),
	CONSTRAINT "credit_entries_no_overdraft" CHECK("credit_entries"."balance_after" >= 0 AND "credit_entries"."seq" >= 1),
	CONSTRAINT "credit_entries_kind" CHECK(("credit_entries"."kind" IN ('signup','purchase','referral','share') AND "credit_entries"."delta" > 0 AND "credit_entries"."generation_id" IS NULL)
        OR ("credit_entries"."kind" = 'generation' AND "credit_entries"."delta" < 0 AND "credit_entries"."generation_id" IS NOT NULL)
        OR ("credit_entries"."kind" = 'refund' AND "credit_entries"."delta" > 0 AND "credit_entries"."generation_id" IS NOT NULL)
        OR ("credit_entries"."kind" = 'clawback' AND "credit_entries"."delta" < 0 AND "credit_entries"."reference" IS NOT NULL)
        OR ("credit_entries"."kind" = 'adjustment' AND "credit_entries"."reference" IS NOT NULL))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `credit_entries_chain` ON `credit_entries` (`user_id`,`seq`);--> statement-breakpoint
CREATE TABLE `generation_steps` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`generation_id` text NOT NULL,
	`at` integer NOT NULL,
	`what` text NOT NULL,
	`detail` text,
	FOREIGN KEY (`generation_id`) REFERENCES `generations`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `generation_steps_of` ON `generation_steps` (`generation_id`,`id`);--> statement-breakpoint
CREATE TABLE `generation_transitions` (
	`from_state` text NOT NULL,
	`to_state` text NOT NULL,
	PRIMARY KEY(`from_state`, `to_state`)
) STRICT;
--> statement-breakpoint
CREATE TABLE `generation_waits` (
	`provider` text NOT NULL,
	`model` text NOT NULL,
	`duration_seconds` integer NOT NULL,
	`bucket_seconds` integer NOT NULL,
	`count` integer NOT NULL,
	PRIMARY KEY(`provider`, `model`, `duration_seconds`, `bucket_seconds`)
) STRICT;
--> statement-breakpoint
CREATE TABLE `generations` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`clip_id` text NOT NULL,
	`request_key` text NOT NULL,
	`cost` integer NOT NULL,
	`state` text DEFAULT 'queued' NOT NULL,
	`state_at` integer NOT NULL,
	`deadline_at` integer NOT NULL,
	`provider` text NOT NULL,
	`model` text NOT NULL,
	`preset_id` text NOT NULL,
	`words` text NOT NULL,
	`prompt` text NOT NULL,
	`shape` text NOT NULL,
	`duration_seconds` integer NOT NULL,
	`frame_x` real NOT NULL,
	`frame_y` real NOT NULL,
	`frame_zoom` real NOT NULL,
	`submits` integer DEFAULT 0 NOT NULL,
	`submit_nonce` text,
	`provider_task_id` text,
	`provider_status` text,
	`progress` real,
	`provider_cost` real,
	`media_key` text,
	`media_bytes` integer,
	`failure_reason` text,
	`failure_detail` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `credit_accounts`(`user_id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_id`,`clip_id`) REFERENCES `clips`(`user_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "generations_cost" CHECK("generations"."cost" BETWEEN 1 AND 100),
	CONSTRAINT "generations_request_key" CHECK(length("generations"."request_key") BETWEEN 8 AND 64),
	CONSTRAINT "generations_media" CHECK(("generations"."state" = 'ready') = ("generations"."media_key" IS NOT NULL)),
	CONSTRAINT "generations_media_bytes" CHECK(("generations"."media_key" IS NULL) = ("generations"."media_bytes" IS NULL)),
	CONSTRAINT "generations_failure" CHECK(("generations"."state" = 'failed') = ("generations"."failure_reason" IS NOT NULL)),
	CONSTRAINT "generations_submits" CHECK("generations"."submits" BETWEEN 0 AND 3)
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `generations_provider_task_id_unique` ON `generations` (`provider_task_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `generations_media_key_unique` ON `generations` (`media_key`);--> statement-breakpoint
CREATE INDEX `generations_open` ON `generations` (`state_at`) WHERE "generations"."state" IN ('queued','submitting','generating','copying');--> statement-breakpoint
CREATE INDEX `generations_open_of_user` ON `generations` (`user_id`) WHERE "generations"."state" IN ('queued','submitting','generating','copying');--> statement-breakpoint
CREATE UNIQUE INDEX `generations_owner` ON `generations` (`user_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `generations_of_clip` ON `generations` (`user_id`,`clip_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `generations_request` ON `generations` (`user_id`,`request_key`);--> statement-breakpoint
CREATE TABLE `photos` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`project_id` text NOT NULL,
	`media_key` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`width` integer NOT NULL,
	`height` integer NOT NULL,
	`orientation` integer DEFAULT 1 NOT NULL,
	`taken_at` integer,
	`created_at` integer NOT NULL,
	`deleted_at` integer,
	FOREIGN KEY (`user_id`,`project_id`) REFERENCES `projects`(`user_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_id`,`id`) REFERENCES `uploads`(`user_id`,`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `photos_media_key_unique` ON `photos` (`media_key`);--> statement-breakpoint
CREATE UNIQUE INDEX `photos_owner` ON `photos` (`user_id`,`id`);--> statement-breakpoint
CREATE TABLE `profiles` (
	`user_id` text PRIMARY KEY NOT NULL,
	`google_sub` text NOT NULL,
	`email` text NOT NULL,
	`name` text NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `profiles_google_sub_unique` ON `profiles` (`google_sub`);--> statement-breakpoint
CREATE TABLE `projects` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`title` text NOT NULL,
	`shape` text DEFAULT '9:16' NOT NULL,
	`clip_seconds` integer DEFAULT 5 NOT NULL,
	`track_id` text,
	`status` text DEFAULT 'in_progress' NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "projects_title" CHECK(length("projects"."title") BETWEEN 1 AND 80),
	CONSTRAINT "projects_clip_seconds" CHECK("projects"."clip_seconds" BETWEEN 2 AND 10),
	CONSTRAINT "projects_shape" CHECK("projects"."shape" IN ('9:16','16:9','1:1')),
	CONSTRAINT "projects_status" CHECK("projects"."status" IN ('in_progress','completed'))
) STRICT;
--> statement-breakpoint
CREATE INDEX `projects_newest` ON `projects` (`user_id`,`id`) WHERE "projects"."deleted_at" IS NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `projects_owner` ON `projects` (`user_id`,`id`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`id_hash` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`user_agent` text NOT NULL,
	`created_at` integer NOT NULL,
	`seen_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `sessions_user` ON `sessions` (`user_id`);--> statement-breakpoint
CREATE INDEX `sessions_expiry` ON `sessions` (`expires_at`);--> statement-breakpoint
CREATE TABLE `settings` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`updated_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `sign_in_attempts` (
	`state_hash` text PRIMARY KEY NOT NULL,
	`browser_hash` text NOT NULL,
	`code_verifier` text NOT NULL,
	`nonce` text NOT NULL,
	`return_to` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `sign_in_attempts_expiry` ON `sign_in_attempts` (`expires_at`);--> statement-breakpoint
CREATE TABLE `upload_parts` (
	`upload_id` text NOT NULL,
	`offset_bytes` integer NOT NULL,
	`size_bytes` integer NOT NULL,
	`media_key` text NOT NULL,
	PRIMARY KEY(`upload_id`, `offset_bytes`),
	FOREIGN KEY (`upload_id`) REFERENCES `uploads`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `upload_parts_media_key_unique` ON `upload_parts` (`media_key`);--> statement-breakpoint
CREATE TABLE `uploads` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`project_id` text NOT NULL,
	`request_key` text NOT NULL,
	`file_name` text NOT NULL,
	`taken_at` integer,
	`length_bytes` integer NOT NULL,
	`offset_bytes` integer DEFAULT 0 NOT NULL,
	`state` text DEFAULT 'open' NOT NULL,
	`reason` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`user_id`,`project_id`) REFERENCES `projects`(`user_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "uploads_offset" CHECK("uploads"."offset_bytes" BETWEEN 0 AND "uploads"."length_bytes")
) STRICT;
--> statement-breakpoint
CREATE INDEX `uploads_open` ON `uploads` (`expires_at`) WHERE "uploads"."state" = 'open';--> statement-breakpoint
CREATE UNIQUE INDEX `uploads_owner` ON `uploads` (`user_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `uploads_request` ON `uploads` (`user_id`,`request_key`);--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`role` text DEFAULT 'person' NOT NULL,
	`created_at` integer NOT NULL,
	`deleted_at` integer
) STRICT;
