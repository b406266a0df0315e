import { safePath } from '~/auth/safe-path';
import type { Base } from '~/db/base';
import { isId } from '~/db/ids';
import { first, run, statement } from '~/db/statement';
import { described, log } from '~/log';
import { findPack } from '~/settings/packs';
import type { SettingsReader } from '~/settings/settings.server';
import { findAwaited } from './awaited.server';
import type { Books } from './fulfil.server';
import { viewOf } from './purchase-rows.server';
import type { CheckoutOutcome, PurchaseView } from './purchases';
import { abandonStatement, addStatement, findBy, type PurchaseRow, sessionStatement } from './statements';
import { isStripeError, type Stripe } from './stripe.server';

/** Stripe ends a session after a day, and forgets idempotency keys not before: a request older than this is over. */
const sessionMilliseconds = 23 * 60 * 60_000;

const sumOwed = 'SELECT coalesce(sum(credits - moved), 0) AS owed FROM reversals WHERE user_id = ?1';

/** From a pack to a checkout session of Stripe, and from there, by `fulfil`, to the ledger. */
export function createCheckout({
  base: { db, config, clock, newId },
  stripe,
  books,
  settings,
}: {
  base: Base;
  stripe: () => Stripe;
  books: Books;
  settings: SettingsReader;
}) {
  const { rows, fulfil } = books;
  const appOrigin = config.APP_ORIGIN;
  const pageOf = (purchaseId: string) => `${appOrigin}/purchases/${purchaseId}`;

  async function find({ userId, purchaseId }: { userId: string; purchaseId: string }): Promise<PurchaseView | null> {
    if (!isId('pur', purchaseId)) return null;
    const row = await rows.find(findBy.key({ userId, id: purchaseId }));
    return row && viewOf(row);
  }

  /** The person's request as a row: made now, or made before by the same request key. */
  async function begin(asked: Asked, pack: NonNullable<ReturnType<typeof findPack>>): Promise<PurchaseRow> {
    const { userId, requestKey } = asked;
    const before = await rows.find(findBy.request(asked));
    if (before) return before;
    const add = addStatement({
      ...{ id: newId('pur'), userId, requestKey, pack, now: clock() },
      returnTo: safePath(asked.returnTo),
    });
    try {
      await run(db, add);
    } catch (error) {
      // The same request at the same time, or an answer that was lost: the row says.
      const made = await rows.find(findBy.request(asked));
      if (made) return made;
      throw error;
    }
    return (await rows.find(findBy.request(asked))) as PurchaseRow;
  }

  /** The checkout session of an open purchase that has none yet. Asked again, Stripe answers the same one. */
  async function openSession(row: PurchaseRow, { email, requestKey }: Asked): Promise<PurchaseRow> {
    const { id, userId, packId, credits, amount, currency } = row;
    // All that is needed to write the purchase again, should the database lose it.
    const metadata = { purchase: id, pack: packId, user: userId, credits: `${credits}`, amount: `${amount}` };
    const name = credits === 1 ? '1 credit' : `${credits} credits`;
    const session = await stripe().checkout.sessions.create(
      {
        mode: 'payment',
        line_items: [{ quantity: 1, price_data: { currency, unit_amount: amount, product_data: { name } } }],
        client_reference_id: userId,
        customer_email: email,
        metadata,
        payment_intent_data: { metadata },
        // The price that was shown is the price that is paid, in every country.
        adaptive_pricing: { enabled: false },
        submit_type: 'pay',
        success_url: `${pageOf(id)}?session_id={CHECKOUT_SESSION_ID}`,
        cancel_url: `${pageOf(id)}?canceled=1`,
      },
      { idempotencyKey: `checkout:${userId}:${requestKey}` },
    );
    const statement = sessionStatement({ id, userId, sessionId: session.id, url: session.url });
    const isDone = ({ checkoutSessionId }: PurchaseRow) => checkoutSessionId !== null;
    return rows.write([statement], { key: row, isDone });
  }

  return {
    find,

    /** The person's payments on their way. */
    awaited: (userId: string) => findAwaited(db, userId),

    /**
     * Sets out to buy a pack, and answers where to pay it. The same request key is the same purchase, however often it
     * comes and whatever else it says by then: one that has come to an end leads to its page.
     */
    async checkout(asked: Asked): Promise<CheckoutOutcome> {
      const pack = findPack(asked.packId);
      if (!pack) return { outcome: 'unknown-pack' };
      // What was set out to buy while it was offered goes on.
      const isOffered = (await settings.read()).packsOnSale.includes(pack.id);
      if (!isOffered && !(await rows.find(findBy.request(asked)))) return { outcome: 'not-on-sale' };
      let row = await begin(asked, pack);
      const { id, userId } = row;
      const isOver = row.createdAt < clock() - sessionMilliseconds;
      try {
        if (row.state === 'open' && row.checkoutSessionId === null)
          row = isOver
            ? await rows.write([abandonStatement({ id, userId, now: clock() })], { key: row, isDone: () => true })
            : await openSession(row, asked);
      } catch (error) {
        if (!isStripeError(error)) throw error;
        log({ event: 'stripe-unreachable', call: 'checkout.sessions.create', detail: described(error).message });
        return { outcome: 'unavailable' };
      }
      if (row.state === 'paid') return { outcome: 'paid', purchaseId: id };
      const canBePaid = row.state === 'open' && !isOver && row.checkoutUrl !== null;
      return { outcome: 'redirect', url: canBePaid && row.checkoutUrl ? row.checkoutUrl : pageOf(id), purchaseId: id };
    },

    /**
     * The purchase as its page shows it, after asking Stripe about it where it is not settled yet. The session that the
     * address names is asked about where we know nothing of the purchase; whose it is and what it came to, Stripe says.
     * Where Stripe does not answer, it is shown as we know it.
     */
    async settle(asked: { userId: string; purchaseId: string; named?: string | null }): Promise<PurchaseView | null> {
      const { userId, purchaseId } = asked;
      if (!isId('pur', purchaseId)) return null;
      const row = await rows.find(findBy.key({ userId, id: purchaseId }));
      const sessionId = row ? row.checkoutSessionId : sessionNamed(asked.named);
      const isOver = row !== null && row.state !== 'open' && row.state !== 'pending';
      if (sessionId === null || isOver) return row && viewOf(row);
      try {
        await fulfil(sessionId);
      } catch (error) {
        const { message } = described(error);
        if (isStripeError(error))
          log({ event: 'stripe-unreachable', call: 'checkout.sessions.retrieve', detail: message });
        else log({ event: 'error', where: `settle ${purchaseId}`, ...described(error) });
      }
      return find(asked);
    },

    /** Credits that refunds and disputes should have taken back from this person and could not. */
    async owed(userId: string): Promise<number> {
      const found = await first<{ owed: number }>(db, statement(sumOwed, userId));
      return found?.owed ?? 0;
    },
  };
}

/** The session of that name; what stands in an address may be anything. */
const sessionNamed = (name: string | null = null) => (name !== null && /^cs_\w{1,200}$/.test(name) ? name : null);

interface Asked {
  userId: string;
  /** Where Stripe sends the receipt; already in the form when it opens. */
  email: string;
  packId: string;
  /** 8 to 64 characters, made by the page for one press of the button. */
  requestKey: string;
  /** The path to come back to; another site's becomes the wall of films. */
  returnTo: string;
}
