-- Bounds of what others, or a person who repeats themselves, can make the database hold. In the form of 0001_laws.sql. The
-- numbers here are compared with those of the code by a test (app/db/laws-of-bounds.server.test.ts).
CREATE INDEX `log_lines_refused` ON `log_lines` (`user_id`,`at`) WHERE "log_lines"."event" = 'request' AND "log_lines"."user_id" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX `log_lines_of_nobody` ON `log_lines` (`at`) WHERE "log_lines"."user_id" IS NULL AND "log_lines"."generation_id" IS NULL;
--> statement-breakpoint

-- 1. Visits of a link: 1000 in all, 20 of one network (the first 22 characters), and 50 browsers of its owner.
CREATE TRIGGER bounds_1_visits BEFORE INSERT ON share_visits
WHEN (SELECT count(*) FROM (SELECT 1 FROM share_visits v WHERE v.share_id = NEW.share_id LIMIT 1000)) >= 1000
BEGIN SELECT RAISE(ABORT, 'share:enough-visits'); END;
--> statement-breakpoint
CREATE TRIGGER bounds_2_network BEFORE INSERT ON share_visits
WHEN NEW.visitor_hash NOT LIKE 'owner.%' AND (SELECT count(*) FROM share_visits v WHERE v.share_id = NEW.share_id
  AND v.visitor_hash >= substr(NEW.visitor_hash, 1, 22) || '.' AND v.visitor_hash < substr(NEW.visitor_hash, 1, 22) || '/') >= 20
BEGIN SELECT RAISE(ABORT, 'share:enough-visits'); END;
--> statement-breakpoint
CREATE TRIGGER bounds_3_owner BEFORE INSERT ON share_visits
WHEN NEW.visitor_hash LIKE 'owner.%' AND (SELECT count(*) FROM share_visits v WHERE v.share_id = NEW.share_id
  AND v.visitor_hash >= 'owner.' AND v.visitor_hash < 'owner/') >= 50
BEGIN SELECT RAISE(ABORT, 'share:enough-visits'); END;
--> statement-breakpoint

-- 2. A film holds 100 clips, and a person 1000 films, whether they are made or put back.
CREATE TRIGGER bounds_4_clips BEFORE INSERT ON clips
WHEN NEW.deleted_at IS NULL AND (SELECT count(*) FROM clips c
  WHERE c.user_id = NEW.user_id AND c.project_id = NEW.project_id AND c.deleted_at IS NULL) >= 100
BEGIN SELECT RAISE(ABORT, 'clip:film-full'); END;
--> statement-breakpoint
CREATE TRIGGER bounds_5_clips_restored BEFORE UPDATE OF deleted_at ON clips
WHEN NEW.deleted_at IS NULL AND OLD.deleted_at IS NOT NULL AND (SELECT count(*) FROM clips c
  WHERE c.user_id = NEW.user_id AND c.project_id = NEW.project_id AND c.deleted_at IS NULL) >= 100
BEGIN SELECT RAISE(ABORT, 'clip:film-full'); END;
--> statement-breakpoint
CREATE TRIGGER bounds_6_projects BEFORE INSERT ON projects
WHEN NEW.deleted_at IS NULL
  AND (SELECT count(*) FROM projects p WHERE p.user_id = NEW.user_id AND p.deleted_at IS NULL) >= 1000
BEGIN SELECT RAISE(ABORT, 'project:too-many'); END;
--> statement-breakpoint
CREATE TRIGGER bounds_7_projects_restored BEFORE UPDATE OF deleted_at ON projects
WHEN NEW.deleted_at IS NULL AND OLD.deleted_at IS NOT NULL
  AND (SELECT count(*) FROM projects p WHERE p.user_id = NEW.user_id AND p.deleted_at IS NULL) >= 1000
BEGIN SELECT RAISE(ABORT, 'project:too-many'); END;
--> statement-breakpoint

-- 3. Kept log lines. Of a stranger's refusals none, of a person's 200 in a day, and of what belongs to nobody 100 in an hour;
-- the console has all of them. A line too many is left out, and those beside it are kept.
CREATE TRIGGER bounds_8_strangers BEFORE INSERT ON log_lines
WHEN NEW.event = 'request' AND NEW.user_id IS NULL
BEGIN SELECT RAISE(IGNORE); END;
--> statement-breakpoint
CREATE TRIGGER bounds_9_refusals BEFORE INSERT ON log_lines
WHEN NEW.event = 'request' AND NEW.user_id IS NOT NULL AND (SELECT count(*) FROM log_lines l
  WHERE l.event = 'request' AND l.user_id = NEW.user_id AND l.at > NEW.at - 86400000) >= 200
BEGIN SELECT RAISE(IGNORE); END;
--> statement-breakpoint
CREATE TRIGGER bounds_10_nobody BEFORE INSERT ON log_lines
WHEN NEW.user_id IS NULL AND NEW.generation_id IS NULL AND (SELECT count(*) FROM log_lines l
  WHERE l.user_id IS NULL AND l.generation_id IS NULL AND l.at > NEW.at - 3600000) >= 100
BEGIN SELECT RAISE(IGNORE); END;
--> statement-breakpoint
CREATE TRIGGER bounds_11_long BEFORE INSERT ON log_lines
WHEN length(NEW.line) > 5000
BEGIN SELECT RAISE(IGNORE); END;
