import type { Database } from './client.server';
import type { Clock } from './ids';
import { createIsolateTally } from './isolate-tally.server';
import { all, run, statement } from './statement';
import type { WebhookRefusal } from './webhook-refusals';

const day = 24 * 60 * 60_000;
const keptDays = 30;
const mostListed = 50;

const countRefusal = `INSERT INTO webhook_refusals (sender, reason, day, count, first_at, last_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5)
  ON CONFLICT (day, sender, reason) DO UPDATE SET count = count + excluded.count, last_at = max(last_at, excluded.last_at)`;
const columns = 'sender, reason, count, first_at AS firstAt, last_at AS lastAt';
const listNewest = `SELECT ${columns} FROM webhook_refusals ORDER BY day DESC, last_at DESC LIMIT ?1`;
const removeOld = 'DELETE FROM webhook_refusals WHERE day < ?1';

/** A flood writes once in so long, per sender, reason and isolate; the first of a row is written at once. */
const tally = createIsolateTally({ everyMilliseconds: 10_000 });

/** The trace of refused webhooks: counts, and nothing that a stranger wrote. */
export function createWebhookRefusals({ db, clock }: { db: Database; clock: Clock }) {
  return {
    /** Counts one. `sender` and `reason` are words of ours. A failure is harmless: the console has each refusal. */
    async count({ sender, reason }: Pick<WebhookRefusal, 'sender' | 'reason'>): Promise<void> {
      const now = clock();
      const count = tally.add(db.$client, now, `${sender} ${reason}`);
      if (count > 0)
        await run(db, statement(countRefusal, sender, reason, Math.floor(now / day), count, now)).catch(
          () => undefined,
        );
    },

    /** The counts of 30 days, newest first. */
    list: (): Promise<WebhookRefusal[]> => all(db, statement(listNewest, mostListed)),

    /** Removes counts that are older than 30 days. `now` in ms. */
    forget: (now: number): Promise<void> => run(db, statement(removeOld, Math.floor(now / day) - keptDays)),
  };
}
