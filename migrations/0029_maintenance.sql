-- 1. Budgets guard money: a change needs the yes of a second admin (the list of app/settings/guarded.ts).
INSERT INTO guarded_settings (key) VALUES ('budgetPerDay'), ('budgetAtProvider');
--> statement-breakpoint

-- 2. While the setting `maintenance` has a text, people begin no clip, no photo and no purchase. Admins do, and so do their
-- gifts. What has begun goes on, and a purchase that the database lost and Stripe knows (it has its session) comes back.
CREATE TRIGGER generations_32_maintenance BEFORE INSERT ON generations
WHEN NEW.gift_by IS NULL AND EXISTS (SELECT 1 FROM settings s WHERE s.key = 'maintenance' AND s.value <> '""')
  AND NOT EXISTS (SELECT 1 FROM profiles p JOIN admins a ON a.google_sub = p.google_sub WHERE p.user_id = NEW.user_id)
BEGIN SELECT RAISE(ABORT, 'generation:maintenance'); END;
--> statement-breakpoint
CREATE TRIGGER uploads_5_maintenance BEFORE INSERT ON uploads
WHEN EXISTS (SELECT 1 FROM settings s WHERE s.key = 'maintenance' AND s.value <> '""')
  AND NOT EXISTS (SELECT 1 FROM profiles p JOIN admins a ON a.google_sub = p.google_sub WHERE p.user_id = NEW.user_id)
BEGIN SELECT RAISE(ABORT, 'upload:maintenance'); END;
--> statement-breakpoint
CREATE TRIGGER purchases_10_maintenance BEFORE INSERT ON purchases
WHEN NEW.checkout_session_id IS NULL AND EXISTS (SELECT 1 FROM settings s WHERE s.key = 'maintenance' AND s.value <> '""')
  AND NOT EXISTS (SELECT 1 FROM profiles p JOIN admins a ON a.google_sub = p.google_sub WHERE p.user_id = NEW.user_id)
BEGIN SELECT RAISE(ABORT, 'purchase:maintenance'); END;
