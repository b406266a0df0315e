import type { RunReports } from '~/db/run-reports.server';
import type { Statement } from '~/db/statement';
import { described, log } from '~/log';
import type { Difference } from './differences';
import type { Fees } from './fees.server';
import type { Books } from './fulfil.server';
import { stateOf, whatIsOdd } from './fulfil.server';
import type { Refunds } from './refunds.server';
import { isOwedToLeaver } from './reversing.server';
import { abandonStatement, findBy, type PurchaseRow, rowsOf, sinceStatement, unsettledStatement } from './statements';
import { idIn, type Stripe } from './stripe.server';

const day = 24 * 60 * 60_000;
const days = 3;
/** A bank can return a refund for a month. */
const daysOfRefunds = 30;
const perPage = 100;
const mostPages = 100;
const beginning = { createdAt: 0, id: '' };

/** Compares Stripe with our purchases once a night, fulfils or reverses what lost events left undone, and books Stripe's fees. */
export function createReconcile({
  stripe,
  books: { fulfil, reversing, rewards, rows },
  fees,
  refunds,
  reports,
}: {
  stripe: () => Stripe;
  books: Books;
  fees: Fees;
  refunds: Refunds;
  reports: RunReports;
}) {
  /** Runs one check; an error becomes the difference `not-checked`, and the other checks go on. */
  async function each(at: Pick<Difference, 'sessionId' | 'purchaseId'>, work: () => Promise<Difference[]>) {
    try {
      return await work();
    } catch (error) {
      return [{ ...at, what: 'not-checked' as const, detail: described(error).message, isMended: false }];
    }
  }

  async function checkSession(session: Stripe.Checkout.Session, row: PurchaseRow | null): Promise<Difference[]> {
    const at = { sessionId: session.id, purchaseId: row?.id ?? session.metadata?.purchase ?? null };
    const isPaid = stateOf(session) === 'paid';
    if (!row) {
      if (!isPaid) return [];
      const isMended = (await fulfil(session.id)) === 'paid';
      const detail = `${session.amount_total} ${session.currency}`;
      return [{ ...at, what: isMended ? 'granted-again' : 'paid-without-purchase', detail, isMended }];
    }
    if (row.state === 'paid') {
      const odd = whatIsOdd(row, session);
      if (isPaid && odd === null && isOwedToLeaver(row)) {
        await fulfil(session.id);
        // A refund that the bank returned is not made again: the owner has to find another way.
        const after = await rows.find(findBy.key(row));
        const isMended = after !== null && !isOwedToLeaver(after);
        return [{ ...at, what: 'paid-after-leaving', detail: `${row.amount} ${row.currency}`, isMended }];
      }
      // The call that fulfilled it can have broken off before the referral reward.
      if (isPaid) await rewards.afterPurchase(row.userId);
      if (isPaid && odd === null) return [];
      return [{ ...at, what: 'granted-unpaid', detail: odd ?? session.payment_status, isMended: false }];
    }
    if (session.status === 'open' || (!isPaid && row.state !== 'open' && row.state !== 'pending')) return [];
    const outcome = await fulfil(session.id);
    if (!isPaid) return [];
    return outcome === 'paid'
      ? [{ ...at, what: 'granted-late', detail: `was ${row.state}`, isMended: true }]
      : [
          {
            ...at,
            what: 'not-granted',
            detail: `${outcome}: ${whatIsOdd(row, session) ?? row.state}`,
            isMended: false,
          },
        ];
  }

  /** Checks all our sessions since then, a page at a time, and adds the ids of the paid ones to `paid`. */
  async function checkSessions(since: number, paid: Set<string>): Promise<Difference[]> {
    const found: Difference[] = [];
    let after: string | undefined;
    for (let page = 0; page < mostPages; page += 1) {
      const created = { gte: Math.floor(since / 1000) };
      const list = await stripe().checkout.sessions.list({ created, limit: perPage, starting_after: after });
      // Sessions without our metadata belong to another shop on the same Stripe account.
      const ours = list.data.filter(({ metadata }) => metadata?.purchase);
      const known = await rows.list(rowsOf(ours.map(({ metadata }) => metadata?.purchase ?? '')));
      for (const session of ours) {
        const row = known.find(
          ({ id, userId }) => id === session.metadata?.purchase && userId === session.client_reference_id,
        );
        if (stateOf(session) === 'paid') paid.add(session.id);
        const at = { sessionId: session.id, purchaseId: row?.id ?? null };
        found.push(...(await each(at, () => checkSession(session, row ?? null))));
      }
      after = list.data.at(-1)?.id;
      if (!list.has_more || after === undefined) return found;
    }
    const detail = `more than ${mostPages * perPage} in ${days} days`;
    return [...found, { what: 'too-many-sessions', sessionId: null, purchaseId: null, detail, isMended: false }];
  }

  /** Checks every row that a statement finds, a page at a time, oldest first. */
  async function forEachRow(
    pageAfter: (after: typeof beginning) => Statement,
    work: (row: PurchaseRow) => Promise<Difference[]>,
  ): Promise<Difference[]> {
    const found: Difference[] = [];
    for (let after = beginning; ; ) {
      const page = await rows.list(pageAfter(after));
      for (const row of page)
        found.push(...(await each({ sessionId: row.checkoutSessionId, purchaseId: row.id }, () => work(row))));
      const last = page.at(-1);
      if (!last || page.length < perPage) return found;
      after = { createdAt: last.createdAt, id: last.id };
    }
  }

  /** Checks a paid purchase whose session was not among the paid ones. */
  async function checkGrant(row: PurchaseRow, paid: ReadonlySet<string>): Promise<Difference[]> {
    const sessionId = row.checkoutSessionId;
    if (row.state !== 'paid' || sessionId === null || paid.has(sessionId)) return [];
    return checkSession(await stripe().checkout.sessions.retrieve(sessionId), row);
  }

  /** Checks a purchase that is still open or pending after a day. */
  async function checkUnsettled(row: PurchaseRow, now: number): Promise<Difference[]> {
    const { id, userId, checkoutSessionId } = row;
    if (checkoutSessionId !== null)
      return checkSession(await stripe().checkout.sessions.retrieve(checkoutSessionId), row);
    await rows.write([abandonStatement({ id, userId, now })], { key: row, isDone: ({ state }) => state !== 'open' });
    return [];
  }

  /** Asks Stripe again for every refund of the desk that it has not answered. */
  async function checkUnanswered(): Promise<Difference[]> {
    const found: Difference[] = [];
    for (const { id, purchaseId } of await refunds.unanswered()) {
      const at = { sessionId: null, purchaseId };
      const check = async (): Promise<Difference[]> => [
        { ...at, what: 'refund-unanswered', detail: id, isMended: await refunds.settle(id) },
      ];
      found.push(...(await each(at, check)));
    }
    return found;
  }

  /** Books refunds and disputes since then whose events were lost, and refunds of the last month that failed. */
  async function checkReversals({ since, now }: { since: number; now: number }): Promise<Difference[]> {
    const after = (at: number) => ({ created: { gte: Math.floor(at / 1000) }, limit: perPage });
    const most = { limit: mostPages * perPage };
    const ofMonth = await stripe()
      .refunds.list(after(now - daysOfRefunds * day))
      .autoPagingToArray(most);
    const moved = [
      ...ofMonth.filter(({ created, status }) => created * 1000 >= since || status === 'failed'),
      ...(await stripe().disputes.list(after(since)).autoPagingToArray(most)),
    ];
    const payments = new Set(moved.flatMap(({ payment_intent: intent }) => idIn(intent) ?? []));
    const found: Difference[] = [];
    for (const paymentIntentId of payments) {
      const row = await rows.find(findBy.paymentIntent(paymentIntentId));
      if (row?.state !== 'paid') continue;
      const at = { sessionId: row.checkoutSessionId, purchaseId: row.id };
      const check = async (): Promise<Difference[]> => {
        const after = await reversing.bringUpToDate(row);
        const detail = `${row.refundedAmount + row.disputedAmount} → ${after.refundedAmount + after.disputedAmount}`;
        return after.reversals === row.reversals ? [] : [{ ...at, what: 'reversed-late', detail, isMended: true }];
      };
      found.push(...(await each(at, check)));
    }
    return found;
  }

  /** Compares the last three days. Throws if Stripe does not answer at all. */
  async function compare(now: number): Promise<{ ok: boolean; differences: Difference[] }> {
    const since = now - days * day;
    const paid = new Set<string>();
    const found = [
      ...(await checkSessions(since, paid)),
      ...(await checkUnanswered()),
      ...(await checkReversals({ since, now })),
      ...(await forEachRow(
        (after) => sinceStatement({ since, after, limit: perPage }),
        (row) => checkGrant(row, paid),
      )),
      ...(await forEachRow(
        (after) => unsettledStatement({ before: now - day, after, limit: perPage }),
        (row) => checkUnsettled(row, now),
      )),
      ...(await each({ sessionId: null, purchaseId: null }, async () => {
        await fees.learn(now);
        return [];
      })),
    ];
    for (const { what, purchaseId, detail } of found)
      log({ event: 'purchase', purchaseId: purchaseId ?? 'none', outcome: what, detail });
    return { ok: found.every(({ isMended }) => isMended), differences: found };
  }

  return {
    /** Compares, and stores the run report. */
    async run(now: number): Promise<Difference[]> {
      return (await reports.report('reconcile', now, () => compare(now))).differences;
    },

    /** Called each minute: runs once in the night of each day (UTC). */
    nightly: (now: number) => reports.nightly('reconcile', now, () => compare(now)),
  };
}

export type Reconcile = ReturnType<typeof createReconcile>;
