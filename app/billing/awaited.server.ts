import { desc, eq } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import { purchases } from '~/db/schema.server';

/** A pending purchase: the bank has not confirmed the payment yet. `amount` is in the currency's smallest unit. */
export interface AwaitedPurchase {
  id: string;
  credits: number;
  amount: number;
  currency: string;
  createdAt: number;
}

/** A bank confirms within days, so pending purchases are among a person's newest. */
const newest = 10;

/** The person's pending purchases, newest first; reads at most ten rows. */
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
