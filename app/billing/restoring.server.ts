import { safePath } from '~/auth/safe-path';
import { type Clock, isId } from '~/db/ids';
import { log } from '~/log';
import { findPack, mostCredits } from '~/settings/packs';
import type { PurchaseRows } from './purchase-rows.server';
import { type PurchaseRow, restoreStatement } from './statements';
import type { Stripe } from './stripe.server';

/**
 * Writes a purchase again that the database has lost. Its row is always there before its session is made, and no row
 * is ever removed: a session of ours without a row says that the database was set back to an earlier hour.
 */
export function createRestoring({ rows, clock }: { rows: PurchaseRows; clock: Clock }) {
  /** The purchase of a paid session, open again; null where the session does not show whose it was and of what. */
  return async function restore(session: Stripe.Checkout.Session): Promise<PurchaseRow | null> {
    const sold = soldIn(session);
    if (!sold) return null;
    // Where the person set out from is lost with the row.
    const rest = { returnTo: safePath(null), createdAt: session.created * 1000, now: clock() };
    const row = await rows.add(restoreStatement({ ...sold, sessionId: session.id, ...rest }), sold);
    const { id: purchaseId, userId } = sold;
    if (row) log({ event: 'purchase', purchaseId, userId, outcome: 'written-again', detail: session.id });
    return row;
  };
}

/** What a session of ours has sold, and to whom; null where anything in it is not as we make them. */
function soldIn({ mode, currency, amount_total, client_reference_id: userId, metadata }: Stripe.Checkout.Session) {
  const { purchase: id, user, pack: packId } = metadata ?? {};
  const pack = findPack(packId);
  if (!isId('pur', id) || !isId('usr', userId) || user !== userId || mode !== 'payment') return null;
  if (!pack || currency !== pack.currency) return null;
  const { credits, amount } = offerIn(metadata ?? {}) ?? pack;
  const isSense = credits >= 1 && credits <= mostCredits && amount >= 1;
  return isSense && amount === amount_total ? { id, userId, packId: pack.id, credits, amount, currency } : null;
}

/** What we wrote into a session of what it sells; null for those made before we did, which sell what the pack does. */
function offerIn({ credits, amount }: Stripe.Metadata): { credits: number; amount: number } | null {
  if (credits === undefined && amount === undefined) return null;
  return { credits: wholeNumber(credits), amount: wholeNumber(amount) };
}

/** The number that is written so; 0 for anything else. */
const wholeNumber = (text = '') => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : 0);
