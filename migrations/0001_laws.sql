-- The laws of money and state (docs/architecture.md). They hold for every statement.
-- Form: one statement per body, upper-case BEGIN and END, guards in WHEN, no CASE: remote D1 splits files on `;`.
-- RAISE(ABORT) also stops INSERT OR IGNORE, which a CHECK does not.

-- 1. The ledger: entries are append-only, in order, never overdraw, and alone change a balance.
CREATE TRIGGER entries_1_unique BEFORE INSERT ON credit_entries
WHEN EXISTS (SELECT 1 FROM credit_entries e WHERE e.key = NEW.key)
BEGIN SELECT RAISE(ABORT, 'ledger:duplicate'); END;
--> statement-breakpoint
CREATE TRIGGER entries_2_overdraft BEFORE INSERT ON credit_entries
WHEN NEW.balance_after IS NULL OR NEW.balance_after < 0
BEGIN SELECT RAISE(ABORT, 'ledger:overdraft'); END;
--> statement-breakpoint
CREATE TRIGGER entries_3_next BEFORE INSERT ON credit_entries
WHEN NOT EXISTS (SELECT 1 FROM credit_accounts a WHERE a.user_id = NEW.user_id
  AND NEW.seq = a.version + 1 AND NEW.balance_after = a.balance + NEW.delta)
BEGIN SELECT RAISE(ABORT, 'ledger:not-next'); END;
--> statement-breakpoint
CREATE TRIGGER entries_4_debit BEFORE INSERT ON credit_entries
WHEN NEW.kind = 'generation' AND NOT EXISTS (SELECT 1 FROM generations g WHERE g.id = NEW.generation_id
  AND g.user_id = NEW.user_id AND g.state = 'queued' AND NEW.delta = -g.cost AND NEW.key = 'generation:' || g.id)
BEGIN SELECT RAISE(ABORT, 'ledger:bad-debit'); END;
--> statement-breakpoint
CREATE TRIGGER entries_5_refund BEFORE INSERT ON credit_entries
WHEN NEW.kind = 'refund' AND NOT EXISTS (SELECT 1 FROM generations g WHERE g.id = NEW.generation_id
  AND g.user_id = NEW.user_id AND g.state IN ('failed','canceled') AND NEW.delta = g.cost AND NEW.key = 'refund:' || g.id)
BEGIN SELECT RAISE(ABORT, 'ledger:bad-refund'); END;
--> statement-breakpoint
CREATE TRIGGER entries_6_apply AFTER INSERT ON credit_entries
BEGIN UPDATE credit_accounts SET balance = NEW.balance_after, version = NEW.seq WHERE user_id = NEW.user_id; END;
--> statement-breakpoint
CREATE TRIGGER entries_7_no_update BEFORE UPDATE ON credit_entries
BEGIN SELECT RAISE(ABORT, 'ledger:append-only'); END;
--> statement-breakpoint
CREATE TRIGGER entries_8_no_delete BEFORE DELETE ON credit_entries
BEGIN SELECT RAISE(ABORT, 'ledger:append-only'); END;
--> statement-breakpoint

-- 2. The account: its balance and version follow from the entries.
CREATE TRIGGER accounts_1_fresh BEFORE INSERT ON credit_accounts
WHEN NEW.balance <> 0 OR NEW.version <> 0 OR EXISTS (SELECT 1 FROM credit_accounts a WHERE a.user_id = NEW.user_id)
BEGIN SELECT RAISE(ABORT, 'ledger:account-exists-or-not-empty'); END;
--> statement-breakpoint
CREATE TRIGGER accounts_2_follow BEFORE UPDATE ON credit_accounts
WHEN NEW.user_id IS NOT OLD.user_id OR NEW.version IS NOT OLD.version + 1
  OR NOT EXISTS (SELECT 1 FROM credit_entries e WHERE e.user_id = NEW.user_id AND e.seq = NEW.version
    AND e.balance_after = NEW.balance AND e.delta = NEW.balance - OLD.balance)
BEGIN SELECT RAISE(ABORT, 'ledger:account-follows-journal'); END;
--> statement-breakpoint
CREATE TRIGGER accounts_3_no_delete BEFORE DELETE ON credit_accounts
WHEN OLD.version > 0
BEGIN SELECT RAISE(ABORT, 'ledger:append-only'); END;
--> statement-breakpoint

-- 3. Generations: each has its debit, each failed or canceled one its refund, and final states never change.
INSERT INTO generation_transitions (from_state, to_state) VALUES
  ('queued','submitting'), ('queued','failed'), ('queued','canceled'),
  ('submitting','generating'), ('submitting','failed'), ('submitting','canceled'),
  ('generating','submitting'), ('generating','copying'), ('generating','failed'), ('generating','canceled'),
  ('copying','ready'), ('copying','failed'), ('copying','canceled');
--> statement-breakpoint
CREATE TRIGGER transitions_1_no_update BEFORE UPDATE ON generation_transitions
BEGIN SELECT RAISE(ABORT, 'generation:transitions-are-law'); END;
--> statement-breakpoint
CREATE TRIGGER transitions_2_no_delete BEFORE DELETE ON generation_transitions
BEGIN SELECT RAISE(ABORT, 'generation:transitions-are-law'); END;
--> statement-breakpoint
CREATE TRIGGER generations_1_fresh BEFORE INSERT ON generations
WHEN NEW.state <> 'queued' OR NEW.media_key IS NOT NULL OR NEW.provider_task_id IS NOT NULL OR NEW.submits <> 0
  OR EXISTS (SELECT 1 FROM generations g WHERE g.id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'generation:exists-or-not-queued'); END;
--> statement-breakpoint
CREATE TRIGGER generations_2_request BEFORE INSERT ON generations
WHEN EXISTS (SELECT 1 FROM generations g WHERE g.user_id = NEW.user_id AND g.request_key = NEW.request_key)
BEGIN SELECT RAISE(ABORT, 'generation:duplicate-request'); END;
--> statement-breakpoint
CREATE TRIGGER generations_3_one_open BEFORE INSERT ON generations
WHEN EXISTS (SELECT 1 FROM clips c JOIN generations g ON g.id = c.latest_generation_id
  WHERE c.id = NEW.clip_id AND g.state IN ('queued','submitting','generating','copying'))
BEGIN SELECT RAISE(ABORT, 'generation:already-open'); END;
--> statement-breakpoint
CREATE TRIGGER generations_4_debit AFTER INSERT ON generations
BEGIN INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, generation_id, created_at)
  VALUES ('generation:' || NEW.id, NEW.user_id,
    (SELECT a.version + 1 FROM credit_accounts a WHERE a.user_id = NEW.user_id), -NEW.cost,
    (SELECT a.balance - NEW.cost FROM credit_accounts a WHERE a.user_id = NEW.user_id), 'generation', NEW.id, NEW.created_at); END;
--> statement-breakpoint
CREATE TRIGGER generations_5_transition BEFORE UPDATE OF state ON generations
WHEN NEW.state IS NOT OLD.state
  AND NOT EXISTS (SELECT 1 FROM generation_transitions t WHERE t.from_state = OLD.state AND t.to_state = NEW.state)
BEGIN SELECT RAISE(ABORT, 'generation:illegal-transition'); END;
--> statement-breakpoint
CREATE TRIGGER generations_6_frozen BEFORE UPDATE ON generations
WHEN NEW.id IS NOT OLD.id OR NEW.user_id IS NOT OLD.user_id OR NEW.clip_id IS NOT OLD.clip_id
  OR NEW.cost IS NOT OLD.cost OR NEW.request_key IS NOT OLD.request_key OR NEW.created_at IS NOT OLD.created_at
  OR NEW.submits < OLD.submits OR NEW.prompt IS NOT OLD.prompt
  OR (OLD.state IN ('ready','failed','canceled') AND (NEW.media_key IS NOT OLD.media_key OR NEW.failure_reason IS NOT OLD.failure_reason))
BEGIN SELECT RAISE(ABORT, 'generation:immutable-column'); END;
--> statement-breakpoint
CREATE TRIGGER generations_7_refund AFTER UPDATE OF state ON generations
WHEN NEW.state IN ('failed','canceled') AND OLD.state NOT IN ('failed','canceled')
BEGIN INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, generation_id, created_at)
  VALUES ('refund:' || NEW.id, NEW.user_id,
    (SELECT a.version + 1 FROM credit_accounts a WHERE a.user_id = NEW.user_id), NEW.cost,
    (SELECT a.balance + NEW.cost FROM credit_accounts a WHERE a.user_id = NEW.user_id), 'refund', NEW.id, NEW.state_at); END;
--> statement-breakpoint
CREATE TRIGGER generations_8_no_delete BEFORE DELETE ON generations
BEGIN SELECT RAISE(ABORT, 'generation:append-only'); END;
--> statement-breakpoint

-- 4. Each change of state adds a step to the generation timeline.
CREATE TRIGGER steps_1_queued AFTER INSERT ON generations
BEGIN INSERT INTO generation_steps (generation_id, at, what) VALUES (NEW.id, NEW.created_at, 'queued'); END;
--> statement-breakpoint
CREATE TRIGGER steps_2_state AFTER UPDATE OF state ON generations
WHEN NEW.state IS NOT OLD.state
BEGIN INSERT INTO generation_steps (generation_id, at, what, detail) VALUES (NEW.id, NEW.state_at, NEW.state, NEW.failure_reason); END;
--> statement-breakpoint
CREATE TRIGGER steps_3_no_update BEFORE UPDATE ON generation_steps
BEGIN SELECT RAISE(ABORT, 'timeline:append-only'); END;
--> statement-breakpoint
CREATE TRIGGER steps_4_no_delete BEFORE DELETE ON generation_steps
BEGIN SELECT RAISE(ABORT, 'timeline:append-only'); END;
--> statement-breakpoint
CREATE TRIGGER waits_1_learn AFTER UPDATE OF state ON generations
WHEN NEW.state = 'ready' AND OLD.state <> 'ready'
BEGIN INSERT INTO generation_waits (provider, model, duration_seconds, bucket_seconds, count)
  VALUES (NEW.provider, NEW.model, NEW.duration_seconds, (NEW.state_at - NEW.created_at) / 5000 * 5, 1)
  ON CONFLICT (provider, model, duration_seconds, bucket_seconds) DO UPDATE SET count = count + 1; END;
--> statement-breakpoint

-- 5. A clip names its latest and its newest ready generation; each change raises its version, for open pages.
CREATE TRIGGER clips_1_latest AFTER INSERT ON generations
BEGIN UPDATE clips SET latest_generation_id = NEW.id WHERE id = NEW.clip_id AND user_id = NEW.user_id; END;
--> statement-breakpoint
CREATE TRIGGER clips_2_ready AFTER UPDATE OF state ON generations
WHEN NEW.state = 'ready' AND OLD.state <> 'ready'
BEGIN UPDATE clips SET ready_generation_id = NEW.id WHERE id = NEW.clip_id AND user_id = NEW.user_id; END;
--> statement-breakpoint
CREATE TRIGGER clips_3_touched AFTER UPDATE ON generations
BEGIN UPDATE clips SET version = version + 1 WHERE id = NEW.clip_id AND user_id = NEW.user_id; END;
--> statement-breakpoint
CREATE TRIGGER clips_4_version AFTER UPDATE ON clips
WHEN NEW.version = OLD.version
BEGIN UPDATE clips SET version = OLD.version + 1 WHERE id = NEW.id; END;
--> statement-breakpoint
CREATE TRIGGER clips_5_approval BEFORE UPDATE OF approved_generation_id ON clips
WHEN NEW.approved_generation_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM generations g
  WHERE g.id = NEW.approved_generation_id AND g.user_id = NEW.user_id AND g.clip_id = NEW.id AND g.state = 'ready')
BEGIN SELECT RAISE(ABORT, 'clip:approves-only-its-own-ready-generation'); END;
--> statement-breakpoint
CREATE TRIGGER clips_6_fresh BEFORE INSERT ON clips
WHEN NEW.approved_generation_id IS NOT NULL OR NEW.ready_generation_id IS NOT NULL OR NEW.latest_generation_id IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'clip:starts-as-a-still'); END;
--> statement-breakpoint
CREATE TRIGGER clips_7_owner BEFORE UPDATE ON clips
WHEN NEW.id IS NOT OLD.id OR NEW.user_id IS NOT OLD.user_id OR NEW.project_id IS NOT OLD.project_id OR NEW.photo_id IS NOT OLD.photo_id
BEGIN SELECT RAISE(ABORT, 'clip:immutable-column'); END;
--> statement-breakpoint
CREATE TRIGGER projects_1_version AFTER UPDATE ON projects
WHEN NEW.version = OLD.version
BEGIN UPDATE projects SET version = OLD.version + 1 WHERE id = NEW.id; END;
