-- The laws of the admin panel, in the form of 0001_laws.sql: one statement per body, upper-case BEGIN and END, guards in
-- WHEN, no CASE. And its figures, which triggers count, so that no page scans a table.

-- 1. The audit log is append-only.
CREATE TRIGGER admin_acts_1_no_update BEFORE UPDATE ON admin_acts
BEGIN SELECT RAISE(ABORT, 'desk:append-only'); END;
--> statement-breakpoint
CREATE TRIGGER admin_acts_2_no_delete BEFORE DELETE ON admin_acts
BEGIN SELECT RAISE(ABORT, 'desk:append-only'); END;
--> statement-breakpoint
CREATE TRIGGER admin_acts_3_fresh BEFORE INSERT ON admin_acts
WHEN EXISTS (SELECT 1 FROM admin_acts a WHERE a.id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'desk:append-only'); END;
--> statement-breakpoint
CREATE TRIGGER prompt_versions_1_fresh BEFORE INSERT ON prompt_versions
WHEN EXISTS (SELECT 1 FROM prompt_versions p WHERE p.version = NEW.version)
BEGIN SELECT RAISE(ABORT, 'desk:append-only'); END;
--> statement-breakpoint
CREATE TRIGGER prompt_versions_2_no_update BEFORE UPDATE ON prompt_versions
BEGIN SELECT RAISE(ABORT, 'desk:append-only'); END;
--> statement-breakpoint
CREATE TRIGGER prompt_versions_3_no_delete BEFORE DELETE ON prompt_versions
BEGIN SELECT RAISE(ABORT, 'desk:append-only'); END;
--> statement-breakpoint

-- 2. Adjustments: requested by an admin, done once, and above a limit only with the approval of another admin. The limit is
-- the setting `secondAdminAbove`; a test compares its default here with the one in app/settings/settings.ts.
CREATE TRIGGER adjustments_1_fresh BEFORE INSERT ON adjustments
WHEN NEW.state <> 'waiting' OR EXISTS (SELECT 1 FROM adjustments a WHERE a.id = NEW.id
    OR (a.requested_by = NEW.requested_by AND a.request_key = NEW.request_key))
  OR NOT EXISTS (SELECT 1 FROM profiles p JOIN admins a ON a.google_sub = p.google_sub WHERE p.user_id = NEW.requested_by)
BEGIN SELECT RAISE(ABORT, 'adjustment:not-asked-for-by-an-admin'); END;
--> statement-breakpoint
CREATE TRIGGER adjustments_2_decided BEFORE UPDATE ON adjustments
WHEN OLD.state <> 'waiting' OR NEW.id IS NOT OLD.id OR NEW.user_id IS NOT OLD.user_id OR NEW.credits IS NOT OLD.credits
  OR NEW.reason IS NOT OLD.reason OR NEW.requested_by IS NOT OLD.requested_by OR NEW.requested_at IS NOT OLD.requested_at
  OR NEW.request_key IS NOT OLD.request_key
BEGIN SELECT RAISE(ABORT, 'adjustment:decided-once'); END;
--> statement-breakpoint
CREATE TRIGGER adjustments_3_second_admin BEFORE UPDATE OF state ON adjustments
WHEN NEW.state = 'done' AND (NOT EXISTS (SELECT 1 FROM profiles p JOIN admins a ON a.google_sub = p.google_sub WHERE p.user_id = NEW.decided_by)
  OR (NEW.decided_by = NEW.requested_by
    AND abs(NEW.credits) > coalesce((SELECT CAST(s.value AS INTEGER) FROM settings s WHERE s.key = 'secondAdminAbove'), 20)))
BEGIN SELECT RAISE(ABORT, 'adjustment:needs-another-admin'); END;
--> statement-breakpoint
CREATE TRIGGER adjustments_4_book AFTER UPDATE OF state ON adjustments
WHEN NEW.state = 'done' AND OLD.state = 'waiting'
BEGIN INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, reference, created_at)
  VALUES ('adjustment:' || NEW.id, NEW.user_id,
    (SELECT a.version + 1 FROM credit_accounts a WHERE a.user_id = NEW.user_id), NEW.credits,
    (SELECT a.balance + NEW.credits FROM credit_accounts a WHERE a.user_id = NEW.user_id), 'adjustment', NEW.id, NEW.decided_at); END;
--> statement-breakpoint
CREATE TRIGGER adjustments_5_no_delete BEFORE DELETE ON adjustments
BEGIN SELECT RAISE(ABORT, 'adjustment:append-only'); END;
--> statement-breakpoint
CREATE TRIGGER entries_15_adjustment BEFORE INSERT ON credit_entries
WHEN NEW.key LIKE 'adjustment:adj_%' AND NOT EXISTS (SELECT 1 FROM adjustments a WHERE a.id = NEW.reference
  AND a.user_id = NEW.user_id AND a.state = 'done' AND a.credits = NEW.delta AND NEW.key = 'adjustment:' || a.id AND NEW.kind = 'adjustment')
BEGIN SELECT RAISE(ABORT, 'ledger:bad-adjustment'); END;
--> statement-breakpoint

-- 3. A generation keeps its version of the system prompt and the request that made it.
CREATE TRIGGER generations_10_thread BEFORE UPDATE ON generations
WHEN NEW.prompt_version IS NOT OLD.prompt_version OR NEW.request_id IS NOT OLD.request_id
BEGIN SELECT RAISE(ABORT, 'generation:immutable-column'); END;
--> statement-breakpoint

-- 4. The figures. A day has 86,400,000 ms.
CREATE TRIGGER figures_1_people AFTER INSERT ON users
BEGIN INSERT INTO day_figures (day, figure, value) VALUES (NEW.created_at / 86400000, 'people', 1)
  ON CONFLICT (day, figure) DO UPDATE SET value = value + excluded.value; END;
--> statement-breakpoint
CREATE TRIGGER figures_2_sign_ins AFTER INSERT ON sessions
BEGIN INSERT INTO day_figures (day, figure, value) VALUES (NEW.created_at / 86400000, 'sign-ins', 1)
  ON CONFLICT (day, figure) DO UPDATE SET value = value + excluded.value; END;
--> statement-breakpoint
CREATE TRIGGER figures_3_photos AFTER INSERT ON photos
BEGIN INSERT INTO day_figures (day, figure, value) VALUES (NEW.created_at / 86400000, 'photos', 1)
  ON CONFLICT (day, figure) DO UPDATE SET value = value + excluded.value; END;
--> statement-breakpoint
CREATE TRIGGER figures_4_tries AFTER INSERT ON generations
BEGIN INSERT INTO day_figures (day, figure, value) VALUES (NEW.created_at / 86400000, 'tries', 1)
  ON CONFLICT (day, figure) DO UPDATE SET value = value + excluded.value; END;
--> statement-breakpoint
CREATE TRIGGER figures_5_ended AFTER UPDATE OF state ON generations
WHEN NEW.state IN ('ready','failed','canceled') AND NEW.state IS NOT OLD.state
BEGIN INSERT INTO day_figures (day, figure, value) VALUES (NEW.state_at / 86400000, NEW.state, 1)
  ON CONFLICT (day, figure) DO UPDATE SET value = value + excluded.value; END;
--> statement-breakpoint
CREATE TRIGGER figures_6_waits AFTER UPDATE OF state ON generations
WHEN NEW.state = 'ready' AND OLD.state <> 'ready'
BEGIN INSERT INTO day_figures (day, figure, value)
  VALUES (NEW.state_at / 86400000, 'wait:' || min(3600, max(0, NEW.state_at - NEW.created_at) / 5000 * 5), 1)
  ON CONFLICT (day, figure) DO UPDATE SET value = value + excluded.value; END;
--> statement-breakpoint
CREATE TRIGGER figures_7_cost AFTER UPDATE OF provider_cost ON generations
WHEN coalesce(NEW.provider_cost, 0) <> coalesce(OLD.provider_cost, 0)
BEGIN INSERT INTO day_figures (day, figure, value)
  VALUES (NEW.state_at / 86400000, 'provider-cents', coalesce(NEW.provider_cost, 0) - coalesce(OLD.provider_cost, 0))
  ON CONFLICT (day, figure) DO UPDATE SET value = value + excluded.value; END;
--> statement-breakpoint
CREATE TRIGGER figures_8_credits AFTER INSERT ON credit_entries
BEGIN INSERT INTO day_figures (day, figure, value)
  VALUES (NEW.created_at / 86400000, 'credits:' || NEW.kind, NEW.delta), (0, 'outstanding', NEW.delta)
  ON CONFLICT (day, figure) DO UPDATE SET value = value + excluded.value; END;
--> statement-breakpoint
CREATE TRIGGER figures_9_money AFTER UPDATE OF state ON purchases
WHEN NEW.state = 'paid' AND OLD.state <> 'paid'
BEGIN INSERT INTO day_figures (day, figure, value)
  VALUES (NEW.state_at / 86400000, 'money:' || NEW.currency, NEW.amount), (NEW.state_at / 86400000, 'purchases', 1)
  ON CONFLICT (day, figure) DO UPDATE SET value = value + excluded.value; END;
--> statement-breakpoint
CREATE TRIGGER figures_10_reversals AFTER INSERT ON reversals
BEGIN INSERT INTO day_figures (day, figure, value) VALUES (NEW.created_at / 86400000, 'reversals', 1), (0, 'owed', NEW.credits - NEW.moved)
  ON CONFLICT (day, figure) DO UPDATE SET value = value + excluded.value; END;
--> statement-breakpoint
CREATE TRIGGER figures_11_money_back AFTER UPDATE OF refunded_amount, disputed_amount ON purchases
WHEN NEW.refunded_amount + NEW.disputed_amount <> OLD.refunded_amount + OLD.disputed_amount
BEGIN INSERT INTO day_figures (day, figure, value) VALUES (unixepoch() / 86400, 'money-back:' || NEW.currency,
    NEW.refunded_amount + NEW.disputed_amount - OLD.refunded_amount - OLD.disputed_amount)
  ON CONFLICT (day, figure) DO UPDATE SET value = value + excluded.value; END;
--> statement-breakpoint

-- 5. The figures of each version of the system prompt.
CREATE TRIGGER prompt_figures_1_tries AFTER INSERT ON generations
BEGIN INSERT INTO prompt_figures (version, figure, count) VALUES (NEW.prompt_version, 'tries', 1)
  ON CONFLICT (version, figure) DO UPDATE SET count = count + 1; END;
--> statement-breakpoint
CREATE TRIGGER prompt_figures_2_ended AFTER UPDATE OF state ON generations
WHEN NEW.state IN ('ready','failed') AND NEW.state IS NOT OLD.state
BEGIN INSERT INTO prompt_figures (version, figure, count) VALUES (NEW.prompt_version, NEW.state, 1)
  ON CONFLICT (version, figure) DO UPDATE SET count = count + 1; END;
--> statement-breakpoint
CREATE TRIGGER prompt_figures_3_approved AFTER UPDATE OF approved_generation_id ON clips
WHEN NEW.approved_generation_id IS NOT NULL AND NEW.approved_generation_id IS NOT OLD.approved_generation_id
BEGIN INSERT INTO prompt_figures (version, figure, count)
  SELECT g.prompt_version, 'approved', 1 FROM generations g WHERE g.id = NEW.approved_generation_id
  ON CONFLICT (version, figure) DO UPDATE SET count = count + 1; END;
--> statement-breakpoint
CREATE TRIGGER prompt_figures_4_unapproved AFTER UPDATE OF approved_generation_id ON clips
WHEN OLD.approved_generation_id IS NOT NULL AND NEW.approved_generation_id IS NOT OLD.approved_generation_id
BEGIN UPDATE prompt_figures SET count = count - 1 WHERE figure = 'approved'
  AND version = (SELECT g.prompt_version FROM generations g WHERE g.id = OLD.approved_generation_id); END;
--> statement-breakpoint
CREATE TRIGGER prompt_figures_5_answers AFTER INSERT ON generation_feedback
BEGIN INSERT INTO prompt_figures (version, figure, count)
  SELECT g.prompt_version, NEW.reason, 1 FROM generations g WHERE g.id = NEW.generation_id
  ON CONFLICT (version, figure) DO UPDATE SET count = count + 1; END;
--> statement-breakpoint

-- Rows from before this migration are counted once. Sign-ins are not (their sessions are deleted), nor the days of refunds
-- (no row holds them).
INSERT INTO day_figures (day, figure, value) SELECT created_at / 86400000, 'people', count(*) FROM users GROUP BY 1;
--> statement-breakpoint
INSERT INTO day_figures (day, figure, value) SELECT created_at / 86400000, 'photos', count(*) FROM photos GROUP BY 1;
--> statement-breakpoint
INSERT INTO day_figures (day, figure, value) SELECT created_at / 86400000, 'tries', count(*) FROM generations GROUP BY 1;
--> statement-breakpoint
INSERT INTO day_figures (day, figure, value) SELECT state_at / 86400000, state, count(*) FROM generations
WHERE state IN ('ready','failed','canceled') GROUP BY 1, 2;
--> statement-breakpoint
INSERT INTO day_figures (day, figure, value) SELECT created_at / 86400000, 'credits:' || kind, sum(delta) FROM credit_entries GROUP BY 1, 2;
--> statement-breakpoint
INSERT INTO day_figures (day, figure, value) SELECT 0, 'outstanding', coalesce(sum(balance), 0) FROM credit_accounts;
--> statement-breakpoint
INSERT INTO day_figures (day, figure, value) SELECT state_at / 86400000, 'wait:' || min(3600, max(0, state_at - created_at) / 5000 * 5), count(*)
FROM generations WHERE state = 'ready' GROUP BY 1, 2;
--> statement-breakpoint
INSERT INTO day_figures (day, figure, value) SELECT state_at / 86400000, 'provider-cents', sum(provider_cost) FROM generations
WHERE provider_cost IS NOT NULL GROUP BY 1;
--> statement-breakpoint
INSERT INTO day_figures (day, figure, value) SELECT state_at / 86400000, 'money:' || currency, sum(amount) FROM purchases WHERE state = 'paid' GROUP BY 1, 2;
--> statement-breakpoint
INSERT INTO day_figures (day, figure, value) SELECT state_at / 86400000, 'purchases', count(*) FROM purchases WHERE state = 'paid' GROUP BY 1;
--> statement-breakpoint
INSERT INTO day_figures (day, figure, value) SELECT created_at / 86400000, 'reversals', count(*) FROM reversals GROUP BY 1;
--> statement-breakpoint
INSERT INTO day_figures (day, figure, value) SELECT 0, 'owed', sum(credits - moved) FROM reversals HAVING count(*) > 0;
--> statement-breakpoint
INSERT INTO prompt_figures (version, figure, count) SELECT prompt_version, 'tries', count(*) FROM generations GROUP BY 1;
--> statement-breakpoint
INSERT INTO prompt_figures (version, figure, count) SELECT prompt_version, state, count(*) FROM generations WHERE state IN ('ready','failed') GROUP BY 1, 2;
--> statement-breakpoint
INSERT INTO prompt_figures (version, figure, count) SELECT 1, 'approved', count(*) FROM clips WHERE approved_generation_id IS NOT NULL HAVING count(*) > 0;
--> statement-breakpoint
INSERT INTO prompt_figures (version, figure, count) SELECT 1, reason, count(*) FROM generation_feedback GROUP BY 2;
