-- A provider fetches the picture of a submit before it answers: the first fetch proves that the submit arrived. Steps of an
-- attempt (its nonce is `detail`): `carried`, the picture was part of the submit; `fetched`; `given-up`, no answer came;
-- `lost`, given up after the picture was fetched or carried: a task may run and be charged without a known id.
CREATE UNIQUE INDEX `generation_steps_once` ON `generation_steps` (`generation_id`,`what`,`detail`) WHERE "generation_steps"."what" IN ('fetched','given-up','lost');--> statement-breakpoint
CREATE TRIGGER steps_5_lost AFTER INSERT ON generation_steps
WHEN NEW.what IN ('fetched','given-up')
  AND EXISTS (SELECT 1 FROM generation_steps s WHERE s.generation_id = NEW.generation_id AND s.detail = NEW.detail AND s.what = 'given-up')
  AND EXISTS (SELECT 1 FROM generation_steps s WHERE s.generation_id = NEW.generation_id AND s.detail = NEW.detail AND s.what IN ('fetched','carried'))
BEGIN INSERT INTO generation_steps (generation_id, at, what, detail) VALUES (NEW.generation_id, NEW.at, 'lost', NEW.detail); END;
--> statement-breakpoint
CREATE TRIGGER figures_12_lost AFTER INSERT ON generation_steps
WHEN NEW.what = 'lost'
BEGIN INSERT INTO day_figures (day, figure, value) VALUES (NEW.at / 86400000, 'lost', 1)
  ON CONFLICT (day, figure) DO UPDATE SET value = value + excluded.value; END;
--> statement-breakpoint

-- How long providers work, apart from how long people wait: a wait includes the admission queue and its pauses, and the
-- first poll of a task must not come later because of those.
CREATE TABLE `provider_waits` (
	`provider` text NOT NULL,
	`model` text NOT NULL,
	`duration_seconds` integer NOT NULL,
	`bucket_seconds` integer NOT NULL,
	`count` integer NOT NULL,
	PRIMARY KEY(`provider`, `model`, `duration_seconds`, `bucket_seconds`)
) STRICT;
--> statement-breakpoint
CREATE TRIGGER waits_2_worked AFTER UPDATE OF state ON generations
WHEN NEW.state = 'copying' AND OLD.state = 'generating'
BEGIN INSERT INTO provider_waits (provider, model, duration_seconds, bucket_seconds, count)
  VALUES (NEW.provider, NEW.model, NEW.duration_seconds, max(0, NEW.state_at - OLD.state_at) / 5000 * 5, 1)
  ON CONFLICT (provider, model, duration_seconds, bucket_seconds) DO UPDATE SET count = count + 1; END;
--> statement-breakpoint

-- Clocks of two machines differ: a wait is never below zero.
DROP TRIGGER waits_1_learn;
--> statement-breakpoint
CREATE TRIGGER waits_1_learn AFTER UPDATE OF state ON generations
WHEN NEW.state = 'ready' AND OLD.state <> 'ready'
BEGIN INSERT INTO generation_waits (provider, model, duration_seconds, bucket_seconds, count)
  VALUES (NEW.provider, NEW.model, NEW.duration_seconds, max(0, NEW.state_at - NEW.created_at) / 5000 * 5, 1)
  ON CONFLICT (provider, model, duration_seconds, bucket_seconds) DO UPDATE SET count = count + 1; END;
