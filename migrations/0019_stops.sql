-- What was submitted can cost us at its provider, so a cancellation after a submit is counted per person and day, and is only
-- possible where the provider can still stop the task. What cannot be stopped goes on, and its clip arrives: no canceled
-- generation is without its refund, and none is refunded whose film is made. A test compares the setting's default.
ALTER TABLE `generations` ADD `can_stop` text DEFAULT 'always' NOT NULL CONSTRAINT "generations_can_stop" CHECK("can_stop" IN ('always','queued','never'));
--> statement-breakpoint
CREATE INDEX `generations_stopped` ON `generations` (`user_id`,`state_at`) WHERE "generations"."state" = 'canceled' AND "generations"."submits" > 0;
--> statement-breakpoint
CREATE INDEX `generations_stopped_at` ON `generations` (`state_at`,`user_id`) WHERE "generations"."state" = 'canceled' AND "generations"."submits" > 0;
--> statement-breakpoint
UPDATE generations SET can_stop = 'never' WHERE provider IN ('luma','veo') AND state IN ('queued','submitting','generating','copying');
--> statement-breakpoint
UPDATE generations SET can_stop = 'queued' WHERE provider = 'fal' AND state IN ('queued','submitting','generating','copying');
--> statement-breakpoint

-- A finished film is being copied: it can fail, and can no longer be canceled.
DROP TRIGGER transitions_2_no_delete;
--> statement-breakpoint
DELETE FROM generation_transitions WHERE from_state = 'copying' AND to_state = 'canceled';
--> statement-breakpoint
CREATE TRIGGER transitions_2_no_delete BEFORE DELETE ON generation_transitions
BEGIN SELECT RAISE(ABORT, 'generation:transitions-are-law'); END;
--> statement-breakpoint
CREATE TRIGGER generations_16_stoppable BEFORE UPDATE OF state ON generations
WHEN NEW.state = 'canceled' AND OLD.state <> 'canceled' AND (OLD.submit_nonce IS NOT NULL OR OLD.provider_task_id IS NOT NULL)
  AND OLD.can_stop <> 'always' AND NOT (OLD.can_stop = 'queued' AND OLD.provider_status IS NOT 'running')
BEGIN SELECT RAISE(ABORT, 'generation:cannot-be-stopped'); END;
--> statement-breakpoint
CREATE TRIGGER generations_17_stops BEFORE UPDATE OF state ON generations
WHEN NEW.state = 'canceled' AND OLD.state <> 'canceled' AND OLD.submits > 0
  AND (SELECT count(*) FROM users me JOIN users same ON same.account_hash = me.account_hash
    JOIN generations s ON s.user_id = same.id AND s.state = 'canceled' AND s.submits > 0 AND s.state_at > NEW.state_at - 86400000
    WHERE me.id = NEW.user_id)
  >= coalesce((SELECT CAST(s.value AS INTEGER) FROM settings s WHERE s.key = 'mostStopsPerDay'), 5)
BEGIN SELECT RAISE(ABORT, 'generation:too-many-stops'); END;
--> statement-breakpoint
CREATE TRIGGER generations_18_counted BEFORE UPDATE ON generations
WHEN NEW.can_stop IS NOT OLD.can_stop
  OR (OLD.state IN ('ready','failed','canceled') AND (NEW.state_at IS NOT OLD.state_at OR NEW.submits IS NOT OLD.submits))
BEGIN SELECT RAISE(ABORT, 'generation:immutable-column'); END;
--> statement-breakpoint
INSERT INTO guarded_settings (key) VALUES ('mostStopsPerDay');
