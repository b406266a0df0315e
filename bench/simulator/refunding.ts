import type { AdminContext } from '../../app/admin/audit-log.server.ts';
import { createAdminRefunds } from '../../app/admin/money/refunds.server.ts';
import { createRefundChecks } from '../../app/billing/refund-checks.server.ts';
import { createRefunds } from '../../app/billing/refunds.server.ts';
import type { SettingsReader } from '../../app/settings/settings.server.ts';
import type { Binding } from './binding.ts';
import { type ModelRefund, refundedOf } from './payment-service.ts';
import { pack, type Shop } from './shop.ts';
import { minute, type World } from './world.ts';

const law = 'I16 a refund of an admin is made once, and known in the end';
const day = 24 * 60 * minute;
/** The nights of an episode are close together. */
const nightEvery = 35 * minute;

/** Refunds that admins ask for: in part, in full, twice, with lost answers, and returned by a bank later. */
export function createRefunding({
  world,
  binding,
  shop,
  context,
  settings,
}: {
  world: World;
  binding: Binding;
  shop: Shop;
  context: AdminContext;
  settings: SettingsReader;
}) {
  const { random, agenda, database, mistake } = world;
  const { rows, reversing, stripe } = shop;
  const refunds = createRefunds({ ...context, stripe, books: { rows, reversing } });
  const adminRefunds = createAdminRefunds(context, { refunds, settings });
  const checks = createRefundChecks({ stripe, books: { rows, reversing }, refunds });

  async function night(): Promise<void> {
    agenda.beginAt(agenda.now + nightEvery, night);
    const found = await binding.process(async () => [
      ...(mistake?.skipsUnanswered ? [] : await checks.unanswered()),
      ...(await checks.reversals({ since: agenda.now - 3 * day, now: agenda.now })),
    ]);
    for (const { what, detail } of found ?? [])
      if (what === 'not-checked' && !/Network connection lost|no answer of/.test(detail))
        world.report('nothing throws but the faults', null, detail);
  }

  /** A bank returns a refund of an admin's. */
  function returnOne(): void {
    const isMade = ({ status, metadata }: ModelRefund) => status !== 'failed' && metadata.request !== undefined;
    // Money of a person who left goes back once; what a bank returns of it is named to the owner.
    const among = shop.purchases.filter((one) => !shop.isGivenBack(one) && one.refunds.some(isMade));
    if (among.length === 0) return;
    const purchase = random.pick(among);
    Object.assign(random.pick(purchase.refunds.filter(isMade)), { status: 'failed' });
    shop.tellOfRefund(purchase);
  }

  return {
    /** Asks for a refund of a random purchase; most forms are sent twice at once. */
    async ask(adminId: string): Promise<unknown> {
      if (shop.purchases.length === 0) return;
      const purchase = random.pick(shop.purchases);
      const amount = random.pick([1, 59, 60, 300, 595, Math.max(1, pack.amount - refundedOf(purchase))]);
      const form = { requestKey: context.newId('req'), reason: 'A fault of ours', requestId: context.newId('req') };
      const send = () => adminRefunds.ask({ adminId, purchaseId: purchase.id, amount, ...form });
      // The form is sent again where its answer was lost, unless the admin's account is gone, and its session with it.
      agenda.beginAt(agenda.now + random.between(1_000, 5 * minute), async () => {
        const isThere = database.all('SELECT 1 FROM profiles WHERE user_id = ?', [adminId]).length > 0;
        if (isThere) await binding.process(send);
      });
      return random.chance(0.7) ? Promise.all([send(), send()]) : send();
    },

    /** A yes, a no, or the wish to ask the payment service again. */
    async decide(adminId: string): Promise<unknown> {
      const open = database.all<{ id: string; state: string }>(
        "SELECT id, state FROM refund_requests WHERE state IN ('waiting','asked')",
      );
      if (open.length === 0) return;
      const { id, state } = random.pick(open);
      const answer = state === 'asked' ? 'again' : random.pick(['yes', 'yes', 'no'] as const);
      return adminRefunds.decide({ adminId, refundRequestId: id, answer, requestId: context.newId('req') });
    },

    live(milliseconds: number): void {
      agenda.beginAt(agenda.now + nightEvery, night);
      for (let turn = 0; turn < 3; turn += 1) agenda.later(random.between(0.2, 1) * milliseconds, () => returnOne());
    },

    /** Compares the requests with what the payment service has. */
    check(): void {
      const requests = database.all<{ id: string; state: string; refusal: string | null }>(
        'SELECT id, state, refusal FROM refund_requests',
      );
      const failed = new Set(database.all<{ id: string }>('SELECT id FROM failed_refunds').map(({ id }) => id));
      const all = shop.purchases.flatMap((purchase) => purchase.refunds);
      for (const { id, state, refusal } of requests) {
        const made = all.filter(({ metadata }) => metadata.request === id);
        if (made.length > 1) world.report(law, null, `${id} was refunded ${made.length} times`);
        if (state === 'asked') world.report(law, null, `${id} is still without an answer`);
        const [refund] = made;
        // A restore forgets that a request was agreed to, and its refund stays.
        if (world.forgotten && (state === 'waiting' || state === 'declined')) continue;
        const isRight =
          refund === undefined
            ? state !== 'done' && refusal !== 'failed'
            : refund.status === 'failed'
              ? refusal === 'failed' && failed.has(refund.id)
              : state === 'done';
        if (!isRight) world.report(law, null, `${id} is ${refusal ?? state}, and its refund ${refund?.status}`);
      }
    },
  };
}
