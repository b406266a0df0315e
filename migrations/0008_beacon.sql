-- A provider fetches the picture of a request before it answers: the first fetch tells whether the request arrived.
-- Steps `fetched` (its detail is the attempt) and `lost` (its answer never came, and the request may have been taken).
CREATE UNIQUE INDEX `generation_steps_once` ON `generation_steps` (`generation_id`,`what`,`detail`) WHERE "generation_steps"."what" IN ('fetched','lost');--> statement-breakpoint
CREATE TRIGGER figures_12_lost AFTER INSERT ON generation_steps
WHEN NEW.what = 'lost'
BEGIN INSERT INTO day_figures (day, figure, value) VALUES (NEW.at / 86400000, 'lost', 1)
  ON CONFLICT (day, figure) DO UPDATE SET value = value + excluded.value; END;
