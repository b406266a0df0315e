-- A provider fetches the picture of a request before it answers: the first fetch tells whether the request arrived.
-- Steps of an attempt (`detail`): `carried`, its picture travelled along; `fetched`; `given-up`, its answer never came;
-- and `lost`, both: a task may run there, and be charged, whose id nobody knows.
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

-- How long providers work, apart from how long people wait: the wait holds our own line and its pauses, and the first
-- question to a provider must not be late because we were.
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

-- Two clocks may differ: no wait is less than nothing.
DROP TRIGGER waits_1_learn;
--> statement-breakpoint
CREATE TRIGGER waits_1_learn AFTER UPDATE OF state ON generations
WHEN NEW.state = 'ready' AND OLD.state <> 'ready'
BEGIN INSERT INTO generation_waits (provider, model, duration_seconds, bucket_seconds, count)
  VALUES (NEW.provider, NEW.model, NEW.duration_seconds, max(0, NEW.state_at - NEW.created_at) / 5000 * 5, 1)
  ON CONFLICT (provider, model, duration_seconds, bucket_seconds) DO UPDATE SET count = count + 1; END;
