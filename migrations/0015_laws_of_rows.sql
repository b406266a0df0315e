-- Laws that random single statements against a lived-in database found missing (bench/schema-fuzz/), in the form of
-- 0001_laws.sql. `OR REPLACE` takes a row's place without a delete that a trigger sees: an insert under a known key, or an
-- update to a key that another row has, is refused before it.

-- 1. One open generation per clip by the generations themselves, and a clip's pointers to generations of its own.
CREATE UNIQUE INDEX `generations_one_open` ON `generations` (`user_id`,`clip_id`) WHERE "generations"."state" IN ('queued','submitting','generating','copying');
--> statement-breakpoint
DROP TRIGGER generations_3_one_open;
--> statement-breakpoint
CREATE TRIGGER generations_3_one_open BEFORE INSERT ON generations
WHEN EXISTS (SELECT 1 FROM generations g WHERE g.user_id = NEW.user_id AND g.clip_id = NEW.clip_id
  AND g.state IN ('queued','submitting','generating','copying'))
BEGIN SELECT RAISE(ABORT, 'generation:already-open'); END;
--> statement-breakpoint
CREATE TRIGGER generations_15_made BEFORE UPDATE ON generations
WHEN NEW.shape IS NOT OLD.shape OR NEW.duration_seconds IS NOT OLD.duration_seconds
  OR NEW.frame_x IS NOT OLD.frame_x OR NEW.frame_y IS NOT OLD.frame_y OR NEW.frame_zoom IS NOT OLD.frame_zoom
  OR NEW.preset_id IS NOT OLD.preset_id
  OR (NEW.words IS NOT OLD.words AND (NEW.words <> '' OR NEW.erased_at IS NULL))
  OR (OLD.state IN ('ready','failed','canceled') AND NEW.media_bytes IS NOT OLD.media_bytes)
BEGIN SELECT RAISE(ABORT, 'generation:immutable-column'); END;
--> statement-breakpoint
CREATE TRIGGER clips_8_latest BEFORE UPDATE OF latest_generation_id ON clips
WHEN NEW.latest_generation_id IS NOT OLD.latest_generation_id AND NOT EXISTS (SELECT 1 FROM generations g
  WHERE g.id = NEW.latest_generation_id AND g.user_id = NEW.user_id AND g.clip_id = NEW.id AND g.state = 'queued')
BEGIN SELECT RAISE(ABORT, 'clip:names-only-its-own-generations'); END;
--> statement-breakpoint
CREATE TRIGGER clips_9_ready BEFORE UPDATE OF ready_generation_id ON clips
WHEN NEW.ready_generation_id IS NOT OLD.ready_generation_id AND NOT EXISTS (SELECT 1 FROM generations g
  WHERE g.id = NEW.ready_generation_id AND g.user_id = NEW.user_id AND g.clip_id = NEW.id AND g.state = 'ready')
BEGIN SELECT RAISE(ABORT, 'clip:names-only-its-own-generations'); END;
--> statement-breakpoint
CREATE TRIGGER transitions_3_no_insert BEFORE INSERT ON generation_transitions
BEGIN SELECT RAISE(ABORT, 'generation:transitions-are-law'); END;
--> statement-breakpoint

-- 2. Rows keep their person, and ended rows stay ended.
CREATE TRIGGER projects_2_fresh BEFORE INSERT ON projects
WHEN EXISTS (SELECT 1 FROM projects p WHERE p.id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'project:exists'); END;
--> statement-breakpoint
CREATE TRIGGER projects_3_frozen BEFORE UPDATE ON projects
WHEN NEW.id IS NOT OLD.id OR NEW.user_id IS NOT OLD.user_id OR NEW.created_at IS NOT OLD.created_at OR NEW.version < OLD.version
  OR (OLD.erased_at IS NOT NULL AND (NEW.erased_at IS NOT OLD.erased_at OR NEW.deleted_at IS NOT OLD.deleted_at))
BEGIN SELECT RAISE(ABORT, 'project:immutable-column'); END;
--> statement-breakpoint
CREATE TRIGGER projects_4_no_delete BEFORE DELETE ON projects
BEGIN SELECT RAISE(ABORT, 'project:append-only'); END;
--> statement-breakpoint
CREATE TRIGGER clips_10_fresh BEFORE INSERT ON clips
WHEN EXISTS (SELECT 1 FROM clips c WHERE c.id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'clip:exists'); END;
--> statement-breakpoint
CREATE TRIGGER clips_11_frozen BEFORE UPDATE ON clips
WHEN NEW.created_at IS NOT OLD.created_at OR NEW.version < OLD.version
  OR (OLD.erased_at IS NOT NULL AND (NEW.erased_at IS NOT OLD.erased_at OR NEW.deleted_at IS NOT OLD.deleted_at))
BEGIN SELECT RAISE(ABORT, 'clip:immutable-column'); END;
--> statement-breakpoint
CREATE TRIGGER clips_12_no_delete BEFORE DELETE ON clips
BEGIN SELECT RAISE(ABORT, 'clip:append-only'); END;
--> statement-breakpoint
CREATE TRIGGER photos_1_fresh BEFORE INSERT ON photos
WHEN EXISTS (SELECT 1 FROM photos p WHERE p.id = NEW.id OR p.media_key = NEW.media_key) OR NEW.size_bytes < 1
  OR NOT EXISTS (SELECT 1 FROM uploads u WHERE u.id = NEW.id AND u.user_id = NEW.user_id AND u.project_id = NEW.project_id)
BEGIN SELECT RAISE(ABORT, 'photo:exists-or-not-uploaded'); END;
--> statement-breakpoint
CREATE TRIGGER photos_2_frozen BEFORE UPDATE ON photos
WHEN NEW.id IS NOT OLD.id OR NEW.user_id IS NOT OLD.user_id OR NEW.project_id IS NOT OLD.project_id OR NEW.media_key IS NOT OLD.media_key OR NEW.size_bytes IS NOT OLD.size_bytes
  OR NEW.width IS NOT OLD.width OR NEW.height IS NOT OLD.height OR NEW.orientation IS NOT OLD.orientation OR NEW.created_at IS NOT OLD.created_at
  OR (OLD.erased_at IS NOT NULL AND NEW.erased_at IS NOT OLD.erased_at)
BEGIN SELECT RAISE(ABORT, 'photo:immutable-column'); END;
--> statement-breakpoint
CREATE TRIGGER photos_3_no_delete BEFORE DELETE ON photos
BEGIN SELECT RAISE(ABORT, 'photo:append-only'); END;
--> statement-breakpoint
CREATE TRIGGER uploads_2_fresh BEFORE INSERT ON uploads
WHEN EXISTS (SELECT 1 FROM uploads u WHERE u.id = NEW.id)
  OR EXISTS (SELECT 1 FROM uploads u WHERE u.user_id = NEW.user_id AND u.request_key = NEW.request_key)
BEGIN SELECT RAISE(ABORT, 'upload:exists'); END;
--> statement-breakpoint
CREATE TRIGGER uploads_3_frozen BEFORE UPDATE ON uploads
WHEN NEW.id IS NOT OLD.id OR NEW.user_id IS NOT OLD.user_id OR NEW.project_id IS NOT OLD.project_id OR NEW.request_key IS NOT OLD.request_key
  OR NEW.length_bytes IS NOT OLD.length_bytes OR NEW.created_at IS NOT OLD.created_at OR NEW.offset_bytes < OLD.offset_bytes
  OR NEW.state NOT IN ('open','done','refused')
  OR (OLD.state <> 'open' AND (NEW.state IS NOT OLD.state OR NEW.reason IS NOT OLD.reason OR NEW.offset_bytes IS NOT OLD.offset_bytes))
BEGIN SELECT RAISE(ABORT, 'upload:immutable-column'); END;
--> statement-breakpoint
CREATE TRIGGER uploads_4_no_delete BEFORE DELETE ON uploads
BEGIN SELECT RAISE(ABORT, 'upload:append-only'); END;
--> statement-breakpoint
CREATE TRIGGER shares_1_fresh BEFORE INSERT ON shares
WHEN EXISTS (SELECT 1 FROM shares s WHERE s.id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'share:exists'); END;
--> statement-breakpoint
CREATE TRIGGER shares_2_frozen BEFORE UPDATE ON shares
WHEN NEW.id IS NOT OLD.id OR NEW.user_id IS NOT OLD.user_id OR NEW.project_id IS NOT OLD.project_id OR NEW.created_at IS NOT OLD.created_at
  OR NEW.views < OLD.views OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NOT OLD.revoked_at)
BEGIN SELECT RAISE(ABORT, 'share:immutable-column'); END;
--> statement-breakpoint
CREATE TRIGGER shares_3_no_delete BEFORE DELETE ON shares
BEGIN SELECT RAISE(ABORT, 'share:append-only'); END;
--> statement-breakpoint
CREATE TRIGGER share_visits_2_fresh BEFORE INSERT ON share_visits
WHEN EXISTS (SELECT 1 FROM share_visits v WHERE v.share_id = NEW.share_id AND v.visitor_hash = NEW.visitor_hash)
BEGIN SELECT RAISE(ABORT, 'share:watched-once'); END;
--> statement-breakpoint
CREATE TRIGGER share_visits_3_kept BEFORE DELETE ON share_visits
WHEN OLD.watched_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'share:watched-once'); END;
--> statement-breakpoint
CREATE TRIGGER share_visits_4_frozen BEFORE UPDATE ON share_visits
WHEN NEW.first_at IS NOT OLD.first_at
BEGIN SELECT RAISE(ABORT, 'share:watched-once'); END;
--> statement-breakpoint
CREATE TRIGGER referral_codes_1_fresh BEFORE INSERT ON referral_codes
WHEN EXISTS (SELECT 1 FROM referral_codes c WHERE c.code = NEW.code OR c.user_id = NEW.user_id)
BEGIN SELECT RAISE(ABORT, 'referral:code-taken'); END;
--> statement-breakpoint
CREATE TRIGGER referral_codes_2_no_update BEFORE UPDATE ON referral_codes
BEGIN SELECT RAISE(ABORT, 'referral:append-only'); END;
--> statement-breakpoint
CREATE TRIGGER referral_codes_3_no_delete BEFORE DELETE ON referral_codes
BEGIN SELECT RAISE(ABORT, 'referral:append-only'); END;
--> statement-breakpoint
CREATE TRIGGER feedback_3_frozen BEFORE UPDATE ON generation_feedback
WHEN NEW.generation_id IS NOT OLD.generation_id OR NEW.user_id IS NOT OLD.user_id OR NEW.reason IS NOT OLD.reason OR NEW.created_at IS NOT OLD.created_at
  OR (NEW.words IS NOT OLD.words AND NEW.words <> '')
BEGIN SELECT RAISE(ABORT, 'feedback:append-only'); END;
--> statement-breakpoint
CREATE TRIGGER purchases_7_session BEFORE INSERT ON purchases
WHEN EXISTS (SELECT 1 FROM purchases p WHERE p.checkout_session_id = NEW.checkout_session_id)
  OR EXISTS (SELECT 1 FROM purchases p WHERE p.payment_intent_id = NEW.payment_intent_id)
BEGIN SELECT RAISE(ABORT, 'purchase:session-taken'); END;
--> statement-breakpoint
CREATE TRIGGER purchases_8_session BEFORE UPDATE OF checkout_session_id, payment_intent_id ON purchases
WHEN EXISTS (SELECT 1 FROM purchases p WHERE p.checkout_session_id = NEW.checkout_session_id AND p.id <> NEW.id)
  OR EXISTS (SELECT 1 FROM purchases p WHERE p.payment_intent_id = NEW.payment_intent_id AND p.id <> NEW.id)
BEGIN SELECT RAISE(ABORT, 'purchase:session-taken'); END;
--> statement-breakpoint
CREATE TRIGGER sessions_1_fresh BEFORE INSERT ON sessions
WHEN EXISTS (SELECT 1 FROM sessions s WHERE s.id_hash = NEW.id_hash)
BEGIN SELECT RAISE(ABORT, 'session:exists'); END;
--> statement-breakpoint
CREATE TRIGGER sessions_2_frozen BEFORE UPDATE ON sessions
WHEN NEW.id_hash IS NOT OLD.id_hash OR NEW.user_id IS NOT OLD.user_id OR NEW.created_at > OLD.created_at
BEGIN SELECT RAISE(ABORT, 'session:immutable-column'); END;
--> statement-breakpoint
CREATE TRIGGER users_7_erased BEFORE UPDATE ON users
WHEN (NEW.erased_at IS NOT NULL AND NEW.deleted_at IS NULL)
  OR (OLD.erased_at IS NOT NULL AND (NEW.erased_at IS NOT OLD.erased_at OR NEW.deleted_at IS NOT OLD.deleted_at))
BEGIN SELECT RAISE(ABORT, 'person:immutable-column'); END;
--> statement-breakpoint
CREATE TRIGGER steps_6_fresh BEFORE INSERT ON generation_steps
WHEN EXISTS (SELECT 1 FROM generation_steps s WHERE s.id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'timeline:append-only'); END;
