-- What each submit costs us at its provider. A submit books the list price of its task when it is written down, before it is
-- sent; the amount that the provider tells takes its place. So nothing that was sent is ever free by mistake, and the sum
-- of a day is known before the next submit: a daily budget is held by the schema, exactly.
ALTER TABLE `generations` ADD `list_cents` real DEFAULT 0 NOT NULL;
--> statement-breakpoint
CREATE TABLE `submit_costs` (
	`generation_id` text NOT NULL,
	`nonce` text NOT NULL,
	`provider` text NOT NULL,
	`model` text NOT NULL,
	`list_cents` real NOT NULL,
	`cents` real NOT NULL,
	`is_estimate` integer NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`generation_id`, `nonce`),
	FOREIGN KEY (`generation_id`) REFERENCES `generations`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "submit_costs_cents" CHECK("submit_costs"."cents" >= 0 AND "submit_costs"."list_cents" >= 0),
	CONSTRAINT "submit_costs_estimate" CHECK("submit_costs"."is_estimate" IN (0, 1))
) STRICT;
--> statement-breakpoint

-- 1. The figures of a day, per provider and in all: of the day of the submit, and again when an amount changes.
DROP TRIGGER figures_7_cost;
--> statement-breakpoint
CREATE TRIGGER figures_7_cost AFTER INSERT ON submit_costs
BEGIN INSERT INTO day_figures (day, figure, value) VALUES (NEW.at / 86400000, 'provider-cents', NEW.cents),
    (NEW.at / 86400000, 'provider-cents-estimated', NEW.cents * NEW.is_estimate),
    (NEW.at / 86400000, 'provider-cents:' || NEW.provider, NEW.cents),
    (NEW.at / 86400000, 'provider-cents-estimated:' || NEW.provider, NEW.cents * NEW.is_estimate)
  ON CONFLICT (day, figure) DO UPDATE SET value = value + excluded.value; END;
--> statement-breakpoint
CREATE TRIGGER figures_13_cost_known AFTER UPDATE OF cents, is_estimate ON submit_costs
WHEN NEW.cents <> OLD.cents OR NEW.is_estimate <> OLD.is_estimate
BEGIN INSERT INTO day_figures (day, figure, value) VALUES (NEW.at / 86400000, 'provider-cents', NEW.cents - OLD.cents),
    (NEW.at / 86400000, 'provider-cents-estimated', NEW.cents * NEW.is_estimate - OLD.cents * OLD.is_estimate),
    (NEW.at / 86400000, 'provider-cents:' || NEW.provider, NEW.cents - OLD.cents),
    (NEW.at / 86400000, 'provider-cents-estimated:' || NEW.provider, NEW.cents * NEW.is_estimate - OLD.cents * OLD.is_estimate)
  ON CONFLICT (day, figure) DO UPDATE SET value = value + excluded.value; END;
--> statement-breakpoint

-- Generations from before this migration: what their provider told, or the list price of what was made.
DELETE FROM day_figures WHERE figure = 'provider-cents';
--> statement-breakpoint
CREATE TABLE list_prices (provider text NOT NULL, model text NOT NULL, cents_per_second real NOT NULL) STRICT;
--> statement-breakpoint
INSERT INTO list_prices VALUES ('runway','gen4_turbo',5), ('runway','gen4.5',12), ('luma','ray-2',14.2), ('luma','ray-flash-2',4.8),
  ('fal','fal-ai/kling-video/v2.5-turbo/pro/image-to-video',7), ('fal','fal-ai/kling-video/v2.1/standard/image-to-video',5.6),
  ('replicate','kwaivgi/kling-v2.1',5), ('veo','veo-3.1-fast-generate-preview',10), ('veo','veo-3.1-generate-preview',40),
  ('veo','veo-3.1-lite-generate-preview',5);
--> statement-breakpoint
UPDATE generations SET list_cents = duration_seconds
  * (SELECT p.cents_per_second FROM list_prices p WHERE p.provider = generations.provider AND p.model = generations.model)
WHERE state IN ('queued','submitting','generating','copying')
  AND EXISTS (SELECT 1 FROM list_prices p WHERE p.provider = generations.provider AND p.model = generations.model);
--> statement-breakpoint
INSERT INTO submit_costs (generation_id, nonce, provider, model, list_cents, cents, is_estimate, at)
SELECT g.id, coalesce(g.submit_nonce, 'earlier'), g.provider, g.model, g.duration_seconds * coalesce(p.cents_per_second, 0),
  coalesce(g.provider_cost, iif(g.state IN ('failed','canceled'), 0, g.duration_seconds * coalesce(p.cents_per_second, 0))),
  g.provider_cost IS NULL, g.state_at
FROM generations g LEFT JOIN list_prices p ON p.provider = g.provider AND p.model = g.model
WHERE g.submits > 0 AND (g.submit_nonce IS NOT NULL OR g.provider_cost IS NOT NULL);
--> statement-breakpoint
DROP TABLE list_prices;
--> statement-breakpoint

-- 2. A submit books its cost, and only a submit does. Afterwards the amount alone changes.
CREATE TRIGGER costs_1_book AFTER UPDATE OF submit_nonce ON generations
WHEN NEW.submit_nonce IS NOT NULL AND NEW.submit_nonce IS NOT OLD.submit_nonce
BEGIN INSERT INTO submit_costs (generation_id, nonce, provider, model, list_cents, cents, is_estimate, at)
  VALUES (NEW.id, NEW.submit_nonce, NEW.provider, NEW.model, NEW.list_cents, NEW.list_cents, 1, NEW.state_at); END;
--> statement-breakpoint
CREATE TRIGGER costs_2_of_a_submit BEFORE INSERT ON submit_costs
WHEN NOT EXISTS (SELECT 1 FROM generations g WHERE g.id = NEW.generation_id AND g.submit_nonce = NEW.nonce
    AND g.provider = NEW.provider AND g.model = NEW.model AND g.list_cents = NEW.list_cents AND g.state_at = NEW.at
    AND NEW.cents = NEW.list_cents AND NEW.is_estimate = 1)
  OR EXISTS (SELECT 1 FROM submit_costs c WHERE c.generation_id = NEW.generation_id AND c.nonce = NEW.nonce)
BEGIN SELECT RAISE(ABORT, 'cost:books-a-submit-once'); END;
--> statement-breakpoint
CREATE TRIGGER costs_3_frozen BEFORE UPDATE ON submit_costs
WHEN NEW.generation_id IS NOT OLD.generation_id OR NEW.nonce IS NOT OLD.nonce OR NEW.provider IS NOT OLD.provider
  OR NEW.model IS NOT OLD.model OR NEW.list_cents IS NOT OLD.list_cents OR NEW.at IS NOT OLD.at
BEGIN SELECT RAISE(ABORT, 'cost:immutable-column'); END;
--> statement-breakpoint
CREATE TRIGGER costs_4_no_delete BEFORE DELETE ON submit_costs
BEGIN SELECT RAISE(ABORT, 'cost:append-only'); END;
--> statement-breakpoint

-- 3. What is known later. A task that was stopped while it waited at its provider cost nothing. An attempt that was given up
-- and whose picture was never fetched did not arrive; one whose picture was may run, and costs its list price.
CREATE TRIGGER costs_5_stopped AFTER UPDATE OF state ON generations
WHEN OLD.state = 'generating' AND OLD.provider_status IS NOT 'running' AND OLD.can_stop <> 'never'
  AND (NEW.state = 'canceled' OR (NEW.state = 'failed' AND NEW.failure_reason IN ('deadline','stopped')))
BEGIN UPDATE submit_costs SET cents = 0 WHERE generation_id = NEW.id AND nonce = OLD.submit_nonce AND is_estimate = 1; END;
--> statement-breakpoint
CREATE TRIGGER costs_6_given_up AFTER INSERT ON generation_steps
WHEN NEW.what = 'given-up' AND NOT EXISTS (SELECT 1 FROM generation_steps s WHERE s.generation_id = NEW.generation_id
  AND s.detail = NEW.detail AND s.what IN ('fetched','carried'))
BEGIN UPDATE submit_costs SET cents = 0 WHERE generation_id = NEW.generation_id AND nonce = NEW.detail AND is_estimate = 1; END;
--> statement-breakpoint
CREATE TRIGGER costs_7_lost AFTER INSERT ON generation_steps
WHEN NEW.what = 'lost'
BEGIN UPDATE submit_costs SET cents = list_cents WHERE generation_id = NEW.generation_id AND nonce = NEW.detail AND is_estimate = 1; END;
--> statement-breakpoint

-- 4. The budget of a day, in whole US dollars, of one provider and of all: 0 or no setting is no limit. The sum of the day and
-- the list price of the new submit stay below it, whatever is sent at the same time.
CREATE TRIGGER generations_30_budget BEFORE UPDATE OF submit_nonce ON generations
WHEN NEW.submit_nonce IS NOT NULL AND NEW.submit_nonce IS NOT OLD.submit_nonce AND NEW.list_cents > 0
  AND EXISTS (SELECT 1 FROM (
      SELECT CAST(s.value AS REAL) AS dollars, 'provider-cents' AS figure FROM settings s WHERE s.key = 'budgetPerDay'
      UNION ALL SELECT json_extract(s.value, '$.' || NEW.provider), 'provider-cents:' || NEW.provider FROM settings s WHERE s.key = 'budgetAtProvider') b
    WHERE b.dollars > 0 AND NEW.list_cents + coalesce((SELECT f.value FROM day_figures f
      WHERE f.day = NEW.state_at / 86400000 AND f.figure = b.figure), 0) > b.dollars * 100 + 0.001)
BEGIN SELECT RAISE(ABORT, 'generation:over-budget'); END;
--> statement-breakpoint

-- 5. A generation moves to another provider while no provider has taken it: from the admission queue, or after the provider
-- refused its only submit. It is queued there, with that provider's price.
DROP TRIGGER transitions_3_no_insert;
--> statement-breakpoint
INSERT INTO generation_transitions (from_state, to_state) VALUES ('submitting', 'queued');
--> statement-breakpoint
CREATE TRIGGER transitions_3_no_insert BEFORE INSERT ON generation_transitions
BEGIN SELECT RAISE(ABORT, 'generation:transitions-are-law'); END;
--> statement-breakpoint
DROP TRIGGER generations_18_counted;
--> statement-breakpoint
CREATE TRIGGER generations_18_counted BEFORE UPDATE ON generations
WHEN OLD.state IN ('ready','failed','canceled') AND (NEW.state_at IS NOT OLD.state_at OR NEW.submits IS NOT OLD.submits)
BEGIN SELECT RAISE(ABORT, 'generation:immutable-column'); END;
--> statement-breakpoint
CREATE TRIGGER generations_31_moves BEFORE UPDATE ON generations
WHEN (NEW.provider IS NOT OLD.provider OR NEW.model IS NOT OLD.model OR NEW.list_cents IS NOT OLD.list_cents
    OR NEW.can_stop IS NOT OLD.can_stop OR (OLD.state = 'submitting' AND NEW.state = 'queued'))
  AND NOT (NEW.provider IS NOT OLD.provider AND OLD.state IN ('queued','submitting') AND NEW.state = 'queued'
    AND NEW.submit_nonce IS NULL AND NEW.provider_task_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM submit_costs c WHERE c.generation_id = NEW.id AND (c.is_estimate = 1 OR c.cents > 0))
    AND NOT EXISTS (SELECT 1 FROM generation_steps s WHERE s.generation_id = NEW.id AND s.what = 'generating'))
BEGIN SELECT RAISE(ABORT, 'generation:moves-only-before-a-task'); END;
