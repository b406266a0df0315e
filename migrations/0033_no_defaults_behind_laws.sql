-- A counted network is never replaced. An owner's own network may be counted after it has counted for a film, so
-- INSERT OR REPLACE with the same key took the film away from the row that had counted.
CREATE TRIGGER share_networks_4_fresh BEFORE INSERT ON share_networks
WHEN EXISTS (SELECT 1 FROM share_networks n WHERE n.account_hash = NEW.account_hash AND n.network_hash = NEW.network_hash
  AND n.at = NEW.at AND n.user_id = NEW.user_id)
BEGIN SELECT RAISE(ABORT, 'share:network-counted'); END;
--> statement-breakpoint
-- UPDATE OR REPLACE with NULL for a column that has a default writes the default, and does so after the laws have looked at
-- NULL, which they compare with nothing: a paid purchase became an open one.
CREATE TRIGGER clips_14_no_default BEFORE UPDATE ON clips
WHEN NEW.version IS NULL
BEGIN SELECT RAISE(ABORT, 'clip:no-default'); END;
--> statement-breakpoint
CREATE TRIGGER generations_33_no_default BEFORE UPDATE ON generations
WHEN NEW.submits IS NULL
BEGIN SELECT RAISE(ABORT, 'generation:no-default'); END;
--> statement-breakpoint
CREATE TRIGGER projects_5_no_default BEFORE UPDATE ON projects
WHEN NEW.version IS NULL
BEGIN SELECT RAISE(ABORT, 'project:no-default'); END;
--> statement-breakpoint
CREATE TRIGGER purchases_11_no_default BEFORE UPDATE ON purchases
WHEN NEW.state IS NULL OR NEW.refunded_amount IS NULL OR NEW.disputed_amount IS NULL
BEGIN SELECT RAISE(ABORT, 'purchase:no-default'); END;
--> statement-breakpoint
CREATE TRIGGER uploads_6_no_default BEFORE UPDATE ON uploads
WHEN NEW.state IS NULL OR NEW.offset_bytes IS NULL
BEGIN SELECT RAISE(ABORT, 'upload:no-default'); END;
