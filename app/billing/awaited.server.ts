import { desc, eq } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import { purchases } from '~/db/schema.server';

/** A purchase whose bank has yet to answer. `amount` is in the currency's smallest unit. */
export interface AwaitedPurchase {
  id: string;
  credits: number;
  amount: number;
  currency: string;
  createdAt: number;
}

/** A bank answers within days: what it has not answered is among a person's newest purchases. */
const newest = 10;

/** The person's payments on their way, newest first. Reads ten rows at most, however much was bought before. */
export async function findAwaited(db: Database, userId: string): Promise<AwaitedPurchase[]> {
  const rows = await db
    .select()
    .from(purchases)
    .where(eq(purchases.userId, userId))
    .orderBy(desc(purchases.id))
    .limit(newest);
  return rows
    .filter(({ state }) => state === 'pending')
    .map(({ id, credits, amount, currency, createdAt }) => ({ id, credits, amount, currency, createdAt }));
}
