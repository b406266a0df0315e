-- A frame may turn its photo, by quarter turns and by a tilt, and says where it comes from. A proposal of Echoes never moves
-- a frame that a person has set, nor that of a clip which was brought to life; and a generation keeps the frame it was made with.
ALTER TABLE `clips` ADD `frame_turn` integer DEFAULT 0 NOT NULL CONSTRAINT "clips_frame_turn" CHECK("frame_turn" IN (0,1,2,3));
--> statement-breakpoint
ALTER TABLE `clips` ADD `frame_tilt` real DEFAULT 0 NOT NULL CONSTRAINT "clips_frame_tilt" CHECK("frame_tilt" BETWEEN -10 AND 10);
--> statement-breakpoint
ALTER TABLE `clips` ADD `frame_origin` text DEFAULT 'middle' NOT NULL CONSTRAINT "clips_frame_origin" CHECK("frame_origin" IN ('middle','proposed','person'));
--> statement-breakpoint
ALTER TABLE `generations` ADD `frame_turn` integer DEFAULT 0 NOT NULL CONSTRAINT "generations_frame_turn" CHECK("frame_turn" IN (0,1,2,3));
--> statement-breakpoint
ALTER TABLE `generations` ADD `frame_tilt` real DEFAULT 0 NOT NULL CONSTRAINT "generations_frame_tilt" CHECK("frame_tilt" BETWEEN -10 AND 10);
--> statement-breakpoint
-- Every frame that is not the middle was set by a person until now.
UPDATE clips SET frame_origin = 'person' WHERE frame_x <> 0.5 OR frame_y <> 0.5 OR frame_zoom <> 1;
--> statement-breakpoint
CREATE TRIGGER clips_13_proposed BEFORE UPDATE ON clips
WHEN (OLD.frame_origin = 'person' AND NEW.frame_origin <> 'person')
  OR (NEW.frame_origin = 'proposed' AND OLD.latest_generation_id IS NOT NULL AND (OLD.frame_origin <> 'proposed'
    OR NEW.frame_x IS NOT OLD.frame_x OR NEW.frame_y IS NOT OLD.frame_y OR NEW.frame_zoom IS NOT OLD.frame_zoom
    OR NEW.frame_turn IS NOT OLD.frame_turn OR NEW.frame_tilt IS NOT OLD.frame_tilt))
BEGIN SELECT RAISE(ABORT, 'clip:frame-is-set'); END;
--> statement-breakpoint
CREATE TRIGGER generations_20_turned BEFORE UPDATE ON generations
WHEN NEW.frame_turn IS NOT OLD.frame_turn OR NEW.frame_tilt IS NOT OLD.frame_tilt
BEGIN SELECT RAISE(ABORT, 'generation:immutable-column'); END;
