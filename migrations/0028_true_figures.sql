-- Figures of the desk count what their names say. Each was checked for what it mixed in.
ALTER TABLE `users` ADD `signed_in_day` integer;
--> statement-breakpoint

-- 1. People: an account that follows a deleted one of the same Google account is no new person.
DROP TRIGGER figures_1_people;
--> statement-breakpoint
CREATE TRIGGER figures_1_people AFTER INSERT ON users
WHEN NOT EXISTS (SELECT 1 FROM users u WHERE u.account_hash = NEW.account_hash AND u.id <> NEW.id)
BEGIN INSERT INTO day_figures (day, figure, value) VALUES (NEW.created_at / 86400000, 'people', 1)
  ON CONFLICT (day, figure) DO UPDATE SET value = value + excluded.value; END;
--> statement-breakpoint
INSERT INTO day_figures (day, figure, value) SELECT u.created_at / 86400000, 'people', -count(*) FROM users u
WHERE EXISTS (SELECT 1 FROM users e WHERE e.account_hash = u.account_hash AND (e.created_at, e.id) < (u.created_at, u.id)) GROUP BY 1
ON CONFLICT (day, figure) DO UPDATE SET value = value + excluded.value;
--> statement-breakpoint

-- 2. Sign-ins: each person counts once a day, over all accounts of their Google account. The count of sessions, which a fresh
-- sign-in inflates, is dropped; days before this migration have what their sessions still tell.
DROP TRIGGER figures_2_sign_ins;
--> statement-breakpoint
DELETE FROM day_figures WHERE figure = 'sign-ins';
--> statement-breakpoint
INSERT INTO day_figures (day, figure, value) SELECT s.created_at / 86400000, 'signed-in', count(DISTINCT u.account_hash)
FROM sessions s JOIN users u ON u.id = s.user_id GROUP BY 1;
--> statement-breakpoint
UPDATE users SET signed_in_day = (SELECT max(s.created_at) / 86400000 FROM sessions s WHERE s.user_id = users.id)
WHERE id IN (SELECT user_id FROM sessions);
--> statement-breakpoint
CREATE TRIGGER figures_2_session AFTER INSERT ON sessions
WHEN NOT EXISTS (SELECT 1 FROM users me JOIN users same ON same.account_hash = me.account_hash
  WHERE me.id = NEW.user_id AND same.signed_in_day >= NEW.created_at / 86400000)
BEGIN UPDATE users SET signed_in_day = NEW.created_at / 86400000 WHERE id = NEW.user_id; END;
--> statement-breakpoint
CREATE TRIGGER figures_14_signed_in AFTER UPDATE OF signed_in_day ON users
WHEN NEW.signed_in_day > coalesce(OLD.signed_in_day, -1)
BEGIN INSERT INTO day_figures (day, figure, value) VALUES (NEW.signed_in_day, 'signed-in', 1)
  ON CONFLICT (day, figure) DO UPDATE SET value = value + excluded.value; END;
--> statement-breakpoint

-- 3. Credits: what admins gave, what they took, and what came back with a payment are three figures. Balances and debts
-- of accounts that are being deleted (`:leaving`), which can come back, and of closed ones (`:closed`) stand apart.
DROP TRIGGER figures_8_credits;
--> statement-breakpoint
CREATE TRIGGER figures_8_credits AFTER INSERT ON credit_entries
BEGIN INSERT INTO day_figures (day, figure, value)
  VALUES (NEW.created_at / 86400000, 'credits:' || iif(NEW.kind <> 'adjustment', NEW.kind,
      iif(NEW.key LIKE 'reinstated:%', 'reinstated', iif(NEW.delta < 0, 'taken', 'adjustment'))), NEW.delta),
    (0, 'outstanding' || (SELECT iif(u.closed_at IS NOT NULL, ':closed', iif(u.deleted_at IS NOT NULL, ':leaving', ''))
      FROM users u WHERE u.id = NEW.user_id), NEW.delta)
  ON CONFLICT (day, figure) DO UPDATE SET value = value + excluded.value; END;
--> statement-breakpoint
DROP TRIGGER figures_10_reversals;
--> statement-breakpoint
CREATE TRIGGER figures_10_reversals AFTER INSERT ON reversals
BEGIN INSERT INTO day_figures (day, figure, value) VALUES (0, 'owed' || (SELECT iif(u.closed_at IS NOT NULL, ':closed',
      iif(u.deleted_at IS NOT NULL, ':leaving', '')) FROM users u WHERE u.id = NEW.user_id), NEW.credits - NEW.moved)
  ON CONFLICT (day, figure) DO UPDATE SET value = value + excluded.value; END;
--> statement-breakpoint
CREATE TRIGGER figures_15_leaving AFTER UPDATE OF deleted_at, closed_at ON users
WHEN (NEW.deleted_at IS NULL) <> (OLD.deleted_at IS NULL) OR (NEW.closed_at IS NULL) <> (OLD.closed_at IS NULL)
BEGIN INSERT INTO day_figures (day, figure, value)
  SELECT 0, m.figure || iif(m.closed_at IS NOT NULL, ':closed', iif(m.deleted_at IS NOT NULL, ':leaving', '')), m.sign * m.credits
  FROM (SELECT f.figure, s.sign, s.deleted_at, s.closed_at,
      iif(f.figure = 'owed', (SELECT coalesce(sum(r.credits - r.moved), 0) FROM reversals r WHERE r.user_id = NEW.id),
        coalesce((SELECT a.balance FROM credit_accounts a WHERE a.user_id = NEW.id), 0)) AS credits
    FROM (SELECT 'outstanding' AS figure UNION ALL SELECT 'owed') f,
      (SELECT -1 AS sign, OLD.deleted_at AS deleted_at, OLD.closed_at AS closed_at
        UNION ALL SELECT 1, NEW.deleted_at, NEW.closed_at) s) m
  WHERE m.credits <> 0
  ON CONFLICT (day, figure) DO UPDATE SET value = value + excluded.value; END;
--> statement-breakpoint
DELETE FROM day_figures WHERE figure IN ('credits:adjustment','reversals') OR (day = 0 AND figure IN ('outstanding','owed'));
--> statement-breakpoint
INSERT INTO day_figures (day, figure, value) SELECT created_at / 86400000,
  'credits:' || iif(key LIKE 'reinstated:%', 'reinstated', iif(delta < 0, 'taken', 'adjustment')), sum(delta)
FROM credit_entries WHERE kind = 'adjustment' GROUP BY 1, 2;
--> statement-breakpoint
INSERT INTO day_figures (day, figure, value) SELECT 0, 'outstanding' || iif(u.closed_at IS NOT NULL, ':closed',
  iif(u.deleted_at IS NOT NULL, ':leaving', '')), sum(a.balance) FROM credit_accounts a JOIN users u ON u.id = a.user_id GROUP BY 2;
--> statement-breakpoint
INSERT INTO day_figures (day, figure, value) SELECT 0, 'owed' || iif(u.closed_at IS NOT NULL, ':closed',
  iif(u.deleted_at IS NOT NULL, ':leaving', '')), sum(r.credits - r.moved) FROM reversals r JOIN users u ON u.id = r.user_id GROUP BY 2;
--> statement-breakpoint

-- 4. Submits without an answer: an answer that is an error, such as a 503, is an answer.
DROP TRIGGER figures_12_lost;
--> statement-breakpoint
CREATE TRIGGER figures_12_lost AFTER INSERT ON generation_steps
WHEN NEW.what = 'lost' AND NOT EXISTS (SELECT 1 FROM generation_steps s
  WHERE s.generation_id = NEW.generation_id AND s.what = 'answered' AND s.detail = NEW.detail)
BEGIN INSERT INTO day_figures (day, figure, value) VALUES (NEW.at / 86400000, 'lost', 1)
  ON CONFLICT (day, figure) DO UPDATE SET value = value + excluded.value; END;
--> statement-breakpoint
INSERT INTO day_figures (day, figure, value) SELECT l.at / 86400000, 'lost', -count(*) FROM generation_steps l
WHERE l.what = 'lost' AND EXISTS (SELECT 1 FROM generation_steps s
  WHERE s.generation_id = l.generation_id AND s.what = 'answered' AND s.detail = l.detail) GROUP BY 1
ON CONFLICT (day, figure) DO UPDATE SET value = value + excluded.value;
