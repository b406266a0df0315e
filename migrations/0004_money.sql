CREATE TABLE `dead_letters` (
	`id` text PRIMARY KEY NOT NULL,
	`body` text NOT NULL,
	`generation_id` text,
	`attempts` integer NOT NULL,
	`received_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `dead_letters_newest` ON `dead_letters` (`received_at`);--> statement-breakpoint
CREATE TABLE `generation_feedback` (
	`generation_id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`reason` text NOT NULL,
	`words` text DEFAULT '' NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`user_id`,`generation_id`) REFERENCES `generations`(`user_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "generation_feedback_reason" CHECK("generation_feedback"."reason" IN ('wrong-face','odd-movement','other')),
	CONSTRAINT "generation_feedback_words" CHECK(length("generation_feedback"."words") <= 500)
);
--> statement-breakpoint
CREATE INDEX `generation_feedback_newest` ON `generation_feedback` (`created_at`);--> statement-breakpoint
CREATE TABLE `house_reports` (
	`kind` text NOT NULL,
	`at` integer NOT NULL,
	`ok` integer NOT NULL,
	`differences` text NOT NULL,
	`milliseconds` integer NOT NULL,
	PRIMARY KEY(`kind`, `at`)
);
--> statement-breakpoint
CREATE TABLE `provider_breakers` (
	`provider` text PRIMARY KEY NOT NULL,
	`opened_at` integer NOT NULL,
	`open_until` integer NOT NULL,
	`reason` text NOT NULL,
	`openings` integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `provider_minutes` (
	`provider` text NOT NULL,
	`minute` integer NOT NULL,
	`calls` integer DEFAULT 0 NOT NULL,
	`failures` integer DEFAULT 0 NOT NULL,
	`slow` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`provider`, `minute`)
);
--> statement-breakpoint
CREATE TABLE `purchases` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`request_key` text NOT NULL,
	`pack_id` text NOT NULL,
	`credits` integer NOT NULL,
	`amount` integer NOT NULL,
	`currency` text NOT NULL,
	`return_to` text NOT NULL,
	`state` text DEFAULT 'open' NOT NULL,
	`state_at` integer NOT NULL,
	`checkout_session_id` text,
	`checkout_url` text,
	`payment_intent_id` text,
	`receipt_url` text,
	`refunded_amount` integer DEFAULT 0 NOT NULL,
	`disputed_amount` integer DEFAULT 0 NOT NULL,
	`dispute_status` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `credit_accounts`(`user_id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "purchases_request_key" CHECK(length("purchases"."request_key") BETWEEN 8 AND 64),
	CONSTRAINT "purchases_credits" CHECK("purchases"."credits" BETWEEN 1 AND 10000),
	CONSTRAINT "purchases_amount" CHECK("purchases"."amount" >= 0 AND length("purchases"."currency") = 3),
	CONSTRAINT "purchases_state" CHECK("purchases"."state" IN ('open','pending','paid','failed','expired')),
	CONSTRAINT "purchases_session" CHECK("purchases"."state" IN ('open','expired','failed') OR "purchases"."checkout_session_id" IS NOT NULL)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `purchases_checkout_session_id_unique` ON `purchases` (`checkout_session_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `purchases_payment_intent_id_unique` ON `purchases` (`payment_intent_id`);--> statement-breakpoint
CREATE INDEX `purchases_unsettled` ON `purchases` (`created_at`) WHERE "purchases"."state" IN ('open','pending');--> statement-breakpoint
CREATE INDEX `purchases_newest` ON `purchases` (`created_at`);--> statement-breakpoint
CREATE UNIQUE INDEX `purchases_owner` ON `purchases` (`user_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `purchases_request` ON `purchases` (`user_id`,`request_key`);--> statement-breakpoint
CREATE TABLE `referral_codes` (
	`code` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `referral_codes_user_id_unique` ON `referral_codes` (`user_id`);--> statement-breakpoint
CREATE TABLE `referrals` (
	`referred_user_id` text PRIMARY KEY NOT NULL,
	`referrer_user_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`rewarded_at` integer,
	`rewarded_for` text,
	`referrer_credits` integer DEFAULT 0 NOT NULL,
	`referred_credits` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`referred_user_id`) REFERENCES `credit_accounts`(`user_id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`referrer_user_id`) REFERENCES `credit_accounts`(`user_id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "referrals_reward" CHECK(("referrals"."rewarded_at" IS NULL) = ("referrals"."rewarded_for" IS NULL)),
	CONSTRAINT "referrals_credits" CHECK("referrals"."referrer_credits" BETWEEN 0 AND 1000 AND "referrals"."referred_credits" BETWEEN 0 AND 1000)
);
--> statement-breakpoint
CREATE INDEX `referrals_of_referrer` ON `referrals` (`referrer_user_id`,`rewarded_at`);--> statement-breakpoint
CREATE TABLE `reversals` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`purchase_id` text NOT NULL,
	`seq` integer NOT NULL,
	`credits` integer NOT NULL,
	`moved` integer NOT NULL,
	`reason` text NOT NULL,
	`reference` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`user_id`,`purchase_id`) REFERENCES `purchases`(`user_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "reversals_credits" CHECK("reversals"."credits" <> 0 AND "reversals"."seq" >= 1)
);
--> statement-breakpoint
CREATE INDEX `reversals_of_user` ON `reversals` (`user_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `reversals_chain` ON `reversals` (`purchase_id`,`seq`);--> statement-breakpoint
CREATE TABLE `share_rewards` (
	`project_id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`share_id` text NOT NULL,
	`visitors` integer NOT NULL,
	`credits` integer NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`user_id`,`project_id`,`share_id`) REFERENCES `shares`(`user_id`,`project_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "share_rewards_credits" CHECK("share_rewards"."credits" BETWEEN 1 AND 1000 AND "share_rewards"."visitors" >= 1)
);
--> statement-breakpoint
CREATE TABLE `share_visits` (
	`share_id` text NOT NULL,
	`visitor_hash` text NOT NULL,
	`first_at` integer NOT NULL,
	`watched_at` integer,
	PRIMARY KEY(`share_id`, `visitor_hash`),
	FOREIGN KEY (`share_id`) REFERENCES `shares`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `share_visits_watched` ON `share_visits` (`share_id`) WHERE "share_visits"."watched_at" IS NOT NULL;--> statement-breakpoint
CREATE TABLE `shares` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`project_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`revoked_at` integer,
	`preview_clip_id` text,
	`views` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`user_id`,`project_id`) REFERENCES `projects`(`user_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_id`,`preview_clip_id`) REFERENCES `clips`(`user_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `shares_owner` ON `shares` (`user_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `shares_of_project` ON `shares` (`user_id`,`project_id`,`id`);--> statement-breakpoint
CREATE TABLE `stripe_events` (
	`id` text PRIMARY KEY NOT NULL,
	`type` text NOT NULL,
	`object_id` text NOT NULL,
	`received_at` integer NOT NULL,
	`deliveries` integer DEFAULT 1 NOT NULL,
	`done_at` integer,
	`outcome` text
);
--> statement-breakpoint
CREATE INDEX `stripe_events_newest` ON `stripe_events` (`received_at`);--> statement-breakpoint
DROP INDEX `generations_provider_task_id_unique`;--> statement-breakpoint
CREATE INDEX `generations_open_at_provider` ON `generations` (`provider`,`state`,`user_id`) WHERE "generations"."state" IN ('queued','submitting','generating','copying');--> statement-breakpoint
CREATE INDEX `generations_refused` ON `generations` (`user_id`,`state_at`) WHERE "generations"."failure_reason" = 'moderated';--> statement-breakpoint
CREATE UNIQUE INDEX `generations_task` ON `generations` (`provider_task_id`,`provider`);--> statement-breakpoint
CREATE INDEX `credit_entries_by_kind` ON `credit_entries` (`user_id`,`kind`,`seq`);