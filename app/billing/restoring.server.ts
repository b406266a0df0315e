import { safePath } from '~/auth/safe-path';
import { type Clock, isId } from '~/db/ids';
import { log } from '~/log';
import { findPack, mostCredits } from '~/settings/packs';
import type { PurchaseRows } from './purchase-rows.server';
import { type PurchaseRow, restoreStatement } from './statements';
import type { Stripe } from './stripe.server';

/**
 * Restores purchases that the database has lost. A purchase is inserted before its session is made and never deleted, so a
 * session of ours without a purchase means that the database was restored to an earlier time.
 */
export function createRestoring({ rows, clock }: { rows: PurchaseRows; clock: Clock }) {
  /** Inserts the purchase of a paid session as open; null if the session does not name a valid buyer and offer. */
  return async function restore(session: Stripe.Checkout.Session): Promise<PurchaseRow | null> {
    const sold = soldIn(session);
    if (!sold) return null;
    // The return path was lost with the row.
    const rest = { returnTo: safePath(null), createdAt: session.created * 1000, now: clock() };
    const row = await rows.add(restoreStatement({ ...sold, sessionId: session.id, ...rest }), sold);
    const { id: purchaseId, userId } = sold;
    if (row) log({ event: 'purchase', purchaseId, userId, outcome: 'written-again', detail: session.id });
    return row;
  };
}

/** The buyer and offer of a session; null if any part differs from the sessions that we make. */
function soldIn({ mode, currency, amount_total, client_reference_id: userId, metadata }: Stripe.Checkout.Session) {
  const { purchase: id, user, pack: packId } = metadata ?? {};
  const pack = findPack(packId);
  if (!isId('pur', id) || !isId('usr', userId) || user !== userId || mode !== 'payment') return null;
  if (!pack || currency !== pack.currency) return null;
  const { credits, amount } = offerIn(metadata ?? {}) ?? pack;
  const isSense = credits >= 1 && credits <= mostCredits && amount >= 1;
  return isSense && amount === amount_total ? { id, userId, packId: pack.id, credits, amount, currency } : null;
}

/** The offer in a session's metadata; null for older sessions without one, which sold the pack as it is. */
function offerIn({ credits, amount }: Stripe.Metadata): { credits: number; amount: number } | null {
  if (credits === undefined && amount === undefined) return null;
  return { credits: wholeNumber(credits), amount: wholeNumber(amount) };
}

/** A positive whole number without leading zeros; 0 for any other text. */
const wholeNumber = (text = '') => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : 0);
