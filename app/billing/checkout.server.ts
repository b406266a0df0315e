import { safePath } from '~/auth/safe-path';
import type { Base } from '~/db/base';
import { brokenLaw } from '~/db/client.server';
import { isId } from '~/db/ids';
import { first, statement } from '~/db/statement';
import { described, log } from '~/log';
import { findPack } from '~/settings/packs';
import type { SettingsReader } from '~/settings/settings.server';
import { findAwaited } from './awaited.server';
import { type Books, stateOf } from './fulfil.server';
import { createOpenCheckouts } from './open-checkouts.server';
import { viewOf } from './purchase-rows.server';
import type { CheckoutOutcome, PurchaseView } from './purchases';
import { abandonStatement, findBy, type PurchaseRow, sessionStatement } from './statements';
import { isStripeError, type Stripe } from './stripe.server';

/** Stripe expires sessions after a day and keeps idempotency keys at least as long: an older request makes no session. */
const sessionMilliseconds = 23 * 60 * 60_000;

const sumOwed = 'SELECT coalesce(sum(credits - moved), 0) AS owed FROM reversals WHERE user_id = ?1';

/** Buying a pack: a purchase, its checkout session at Stripe and, by `fulfil`, its credits. */
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
  const { add, endCheckouts } = createOpenCheckouts({ db, clock, stripe, books });
  const appOrigin = config.APP_ORIGIN;
  const pageOf = (purchaseId: string) => `${appOrigin}/purchases/${purchaseId}`;

  async function find({ userId, purchaseId }: { userId: string; purchaseId: string }): Promise<PurchaseView | null> {
    if (!isId('pur', purchaseId)) return null;
    const row = await rows.find(findBy.key({ userId, id: purchaseId }));
    return row && viewOf(row);
  }

  /** The purchase of this request key, inserted if there is none; null if too many begin at the same time. */
  async function begin(asked: Asked, pack: NonNullable<ReturnType<typeof findPack>>): Promise<PurchaseRow | null> {
    const { userId, requestKey } = asked;
    const before = await rows.find(findBy.request(asked));
    if (before) return before;
    const made = { id: newId('pur'), userId, requestKey, pack, now: clock(), returnTo: safePath(asked.returnTo) };
    try {
      if (!(await add(made))) return null;
    } catch (error) {
      // A concurrent request inserted it, or the answer was lost: read what is stored.
      const known = await rows.find(findBy.request(asked));
      if (known) return known;
      throw error;
    }
    return rows.find(findBy.request(asked));
  }

  /** Makes the checkout session of an open purchase. The idempotency key makes Stripe return the same one again. */
  async function openSession(row: PurchaseRow, { email, requestKey }: Asked): Promise<PurchaseRow> {
    const { id, userId, packId, credits, amount, currency } = row;
    // Enough to insert the purchase again if the database loses it (restoring.server.ts).
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
        // People pay the price that was shown, in every country.
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

  /** True if Stripe says that this session of this purchase is paid; false if it says anything else, or nothing. */
  async function isPaidAtStripe(of: { userId: string; purchaseId: string; sessionId: string }): Promise<boolean> {
    try {
      const session = await stripe().checkout.sessions.retrieve(of.sessionId);
      const isOurs = session.client_reference_id === of.userId && session.metadata?.purchase === of.purchaseId;
      return isOurs && stateOf(session) === 'paid';
    } catch (error) {
      if (!isStripeError(error)) throw error;
      return false;
    }
  }

  return {
    find,

    endCheckouts,

    /** The person's pending purchases. */
    awaited: (userId: string) => findAwaited(db, userId),

    /**
     * Begins to buy a pack and returns the address of Stripe's page. A request key names one purchase, also if a repeat
     * differs otherwise; a purchase that has ended leads to its own page.
     */
    async checkout(asked: Asked): Promise<CheckoutOutcome> {
      const pack = findPack(asked.packId);
      if (!pack) return { outcome: 'unknown-pack' };
      // A purchase that was begun while its pack was on sale can be finished.
      const isOffered = (await settings.read()).packsOnSale.includes(pack.id);
      if (!isOffered && !(await rows.find(findBy.request(asked)))) return { outcome: 'not-on-sale' };
      let row: PurchaseRow | null = null;
      let isOver = false;
      try {
        row = await begin(asked, pack);
        if (!row) return { outcome: 'unavailable' };
        const { id, userId } = row;
        isOver = row.createdAt < clock() - sessionMilliseconds;
        if (row.state === 'open' && row.checkoutSessionId === null)
          row = isOver
            ? await rows.write([abandonStatement({ id, userId, now: clock() })], { key: row, isDone: () => true })
            : await openSession(row, asked);
      } catch (error) {
        if (brokenLaw(error) === 'purchase:maintenance') return { outcome: 'maintenance' };
        if (!isStripeError(error)) throw error;
        log({ event: 'stripe-unreachable', call: 'checkout.sessions', detail: described(error).message });
        return { outcome: 'unavailable' };
      }
      const { id } = row;
      if (row.state === 'paid') return { outcome: 'paid', purchaseId: id };
      const canBePaid = row.state === 'open' && !isOver && row.checkoutUrl !== null;
      return { outcome: 'redirect', url: canBePaid && row.checkoutUrl ? row.checkoutUrl : pageOf(id), purchaseId: id };
    },

    /**
     * The purchase for its page, after reading its session from Stripe if it is open or pending. If the purchase is unknown,
     * the session that the address names is read (`named`); owner and state come from Stripe alone. If Stripe does not
     * answer, the purchase is returned as stored; if only the database refuses, `isPaidAtStripe` says what Stripe says.
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
        else {
          log({ event: 'error', where: `settle ${purchaseId}`, ...described(error) });
          const view = await find(asked);
          return view && { ...view, isPaidAtStripe: await isPaidAtStripe({ ...asked, sessionId }) };
        }
      }
      return find(asked);
    },

    /** The credits that this person owes: refunds and disputes took back less than they should have. */
    async owed(userId: string): Promise<number> {
      const found = await first<{ owed: number }>(db, statement(sumOwed, userId));
      return found?.owed ?? 0;
    },
  };
}

/** The session id in an address, or null for any other text. */
const sessionNamed = (name: string | null = null) => (name !== null && /^cs_\w{1,200}$/.test(name) ? name : null);

interface Asked {
  userId: string;
  /** Filled in on Stripe's page; Stripe sends the receipt to it. */
  email: string;
  packId: string;
  /** The idempotency key of one press of the button, 8 to 64 characters. */
  requestKey: string;
  /** The path to return to; anything but a page of Echoes becomes the projects page. */
  returnTo: string;
}
