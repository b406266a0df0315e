// Changes to the schema that open a hole on purpose, planted by the ledger's model and by the fault simulator.

/** A failed or canceled gift is refunded like what credits paid. */
export const giftsComeBackAsCredits = `DROP TRIGGER entries_16_no_gift; DROP TRIGGER generations_7_refund;
  CREATE TRIGGER generations_7_refund AFTER UPDATE OF state ON generations
  WHEN NEW.state IN ('failed','canceled') AND OLD.state NOT IN ('failed','canceled')
  BEGIN INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, generation_id, created_at)
    SELECT 'refund:' || NEW.id, NEW.user_id, a.version + 1, NEW.cost, a.balance + NEW.cost, 'refund', NEW.id, NEW.state_at
    FROM credit_accounts a WHERE a.user_id = NEW.user_id; END`;

/** Everything that is open can be canceled: as often as anybody likes, at any provider, and while the film is copied. */
export const stopsAreNotCounted = 'DROP TRIGGER generations_17_stops';
export const whatCannotStopIsStopped = 'DROP TRIGGER generations_16_stoppable';
export const finishedFilmsAreStopped =
  "DROP TRIGGER transitions_3_no_insert; INSERT INTO generation_transitions VALUES ('copying', 'canceled')";

/** A clip's gift can be used by any number of generations. */
export const giftsAreNeverUsed = 'DROP TRIGGER generations_13_gift_once';

/** What an admin has given is refunded to the person, who paid nothing. */
export const adminGiftsComeBackAsCredits = giftsComeBackAsCredits.replace(
  'WHEN NEW.state IN',
  'WHEN (NEW.gift IS NULL OR NEW.gift_by IS NOT NULL) AND NEW.state IN',
);

/** Two admins are compared by the ids of their accounts, and what one gives in a day is not added up. */
export const adminsAreAccounts = `DROP TRIGGER adjustments_3_second_admin;
  CREATE TRIGGER adjustments_3_second_admin BEFORE UPDATE OF state ON adjustments
  WHEN NEW.state = 'done' AND NEW.decided_by = NEW.requested_by AND (abs(NEW.credits) > 20 OR NEW.user_id = NEW.decided_by)
  BEGIN SELECT RAISE(ABORT, 'adjustment:needs-another-admin'); END`;

/** A finished generation becomes the ready one of every clip of its person. */
export const readyClipsAreShared = `DROP TRIGGER clips_9_ready; DROP TRIGGER clips_2_ready;
  CREATE TRIGGER clips_2_ready AFTER UPDATE OF state ON generations WHEN NEW.state = 'ready'
  BEGIN UPDATE clips SET ready_generation_id = NEW.id WHERE user_id = NEW.user_id; END`;
