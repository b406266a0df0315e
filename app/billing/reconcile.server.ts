import type { RunReports } from '~/db/run-reports.server';
import type { Statement } from '~/db/statement';
import { log } from '~/log';
import type { Difference } from './differences';
import type { Fees } from './fees.server';
import type { Books } from './fulfil.server';
import { stateOf, whatIsOdd } from './fulfil.server';
import { checked, createRefundChecks } from './refund-checks.server';
import type { Refunds } from './refunds.server';
import { isOwedToLeaver } from './reversing.server';
import { abandonStatement, findBy, type PurchaseRow, rowsOf, sinceStatement, unsettledStatement } from './statements';
import type { Stripe } from './stripe.server';

const day = 24 * 60 * 60_000;
const days = 3;
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
  const refundChecks = createRefundChecks({ stripe, books: { reversing, rows }, refunds });

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
        found.push(...(await checked(at, () => checkSession(session, row ?? null))));
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
        found.push(...(await checked({ sessionId: row.checkoutSessionId, purchaseId: row.id }, () => work(row))));
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

  /** Compares the last three days. Throws if Stripe does not answer at all. */
  async function compare(now: number): Promise<{ ok: boolean; differences: Difference[] }> {
    const since = now - days * day;
    const paid = new Set<string>();
    const found = [
      ...(await checkSessions(since, paid)),
      ...(await refundChecks.unanswered()),
      ...(await refundChecks.reversals({ since, now })),
      ...(await forEachRow(
        (after) => sinceStatement({ since, after, limit: perPage }),
        (row) => checkGrant(row, paid),
      )),
      ...(await forEachRow(
        (after) => unsettledStatement({ before: now - day, after, limit: perPage }),
        (row) => checkUnsettled(row, now),
      )),
      ...(await checked({ sessionId: null, purchaseId: null }, async () => {
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
