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
