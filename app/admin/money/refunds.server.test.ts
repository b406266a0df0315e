// Refunds from the desk: asked for once, agreed to where that is due, made once at Stripe, booked once.
import { env, exports } from 'cloudflare:workers';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { readSignals } from '~/admin/health/signals.server';
import { createDatabase } from '~/db/client.server';
import { defaults } from '~/settings/settings';
import { clearSettings, seedAdmin, seedPerson, seedSession, seedSettings, testServices } from '~/testing/services';
import { createTestStripe, seedBuyer, type TestStripe } from '~/testing/stripe';

const origin = env.APP_ORIGIN;
let nights = 0;
let stripe: TestStripe;
let admin = { adminId: '', cookie: '' };
let second = { adminId: '', cookie: '' };
beforeEach(async () => {
  await clearSettings();
  stripe = createTestStripe();
  admin = await seedAdmin();
  second = await seedAdmin();
});
const services = () => testServices({ fetch: stripe.fetch });
const refunds = () => services().admin.refunds;
const balance = async (userId: string) => (await services().credits.ledger.balance(userId)).balance;

/** A paid purchase of 15 credits for 11.90. */
async function seedPaid(userId?: string) {
  const bought = await seedBuyer(stripe, { userId });
  stripe.pay(bought.sessionId);
  await services().billing.fulfil(bought.sessionId);
  return bought;
}
const asked = (purchaseId: string, values: Partial<Parameters<ReturnType<typeof refunds>['ask']>[0]> = {}) => ({
  ...{ adminId: admin.adminId, purchaseId, amount: 1190, reason: 'A fault of ours', requestKey: crypto.randomUUID() },
  ...{ requestId: 'req_1', ...values },
});
const decide = (refundRequestId: string, answer: 'yes' | 'no' | 'again', by = second) =>
  refunds().decide({ adminId: by.adminId, refundRequestId, answer, requestId: 'req_2' });
const requestsOf = async (purchaseId: string) => refunds().ofPurchase(purchaseId);
const idOf = async (purchaseId: string) => (await requestsOf(purchaseId))[0]?.id ?? '';
const words = async (subject: string) =>
  (await services().admin.auditLog.list({ subject, limit: 9 })).map(({ what }) => what).reverse();
const calls = () => stripe.calls.filter((call) => call === 'POST /v1/refunds').length;

describe('a refund from the desk', () => {
  it('the whole amount goes back, the credits with it, and the person reads it as any refund', async () => {
    const { purchaseId, userId } = await seedPaid();
    expect(await refunds().ask(asked(purchaseId))).toBe('done');
    expect([stripe.refunds.size, [...stripe.refunds.values()][0]?.amount]).toEqual([1, 1190]);
    expect(await balance(userId)).toBe(0);
    expect(await requestsOf(purchaseId)).toMatchObject([{ state: 'done', credits: 15, amount: 1190, refusal: null }]);
    expect(await words(purchaseId)).toEqual(['refund-ordered']);
    const kinds = await env.DB.prepare('SELECT kind, delta FROM credit_entries WHERE user_id = ?1 ORDER BY seq')
      .bind(userId)
      .all<{ kind: string; delta: number }>();
    expect(kinds.results).toEqual([
      { kind: 'purchase', delta: 15 },
      { kind: 'clawback', delta: -15 },
    ]);
  });

  it('a part takes its share of the credits, rounded down, and the rest can follow', async () => {
    const { purchaseId, userId } = await seedPaid();
    expect(await refunds().ask(asked(purchaseId, { amount: 450 }))).toBe('done');
    expect(await balance(userId)).toBe(10);
    expect(await refunds().ask(asked(purchaseId, { amount: 741 }))).toBe('not-left');
    expect(await refunds().ask(asked(purchaseId, { amount: 740 }))).toBe('done');
    expect(await balance(userId)).toBe(0);
    expect((await requestsOf(purchaseId)).map(({ credits }) => credits)).toEqual([10, 5]);
  });

  it('a form sent twice is one refund, one after the other and at the same moment', async () => {
    const { purchaseId, userId } = await seedPaid();
    const form = asked(purchaseId, { amount: 450 });
    await Promise.all([refunds().ask(form), refunds().ask(form)]);
    expect(await refunds().ask(form)).toBe('done');
    expect([stripe.refunds.size, await balance(userId)]).toEqual([1, 10]);
    expect(await refunds().ask({ ...form, amount: 300 })).toBe('used-before');
    expect((await requestsOf(purchaseId)).length).toBe(1);
  });

  it('after a lost answer the same refund is asked for again, and never a second one', async () => {
    const { purchaseId, userId } = await seedPaid();
    stripe.trouble = (call, then) => {
      if (call !== 'POST /v1/refunds') return undefined;
      then();
      throw new TypeError('the connection broke');
    };
    expect(await refunds().ask(asked(purchaseId, { amount: 450 }))).toBe('asked');
    expect(await refunds().ask(asked(purchaseId, { amount: 300 }))).toBe('another-open');
    stripe.trouble = null;
    const before = calls();
    // Stripe's idempotency keys end after a day; the refund that names the request is found without one.
    expect(await decide(await idOf(purchaseId), 'again', admin)).toEqual({ purchaseId, outcome: 'done' });
    expect(calls()).toBe(before);
    expect([stripe.refunds.size, await balance(userId)]).toEqual([1, 10]);
    expect(await decide(await idOf(purchaseId), 'again', admin)).toMatchObject({ outcome: 'decided-before' });
  });

  it('a request that never reached Stripe is asked again under its own key', async () => {
    const { purchaseId, userId } = await seedPaid();
    stripe.trouble = (call) => (call === 'POST /v1/refunds' ? new Response('{}', { status: 500 }) : undefined);
    const form = asked(purchaseId);
    expect(await refunds().ask(form)).toBe('asked');
    expect([stripe.refunds.size, await balance(userId)]).toEqual([0, 15]);
    stripe.trouble = null;
    expect(await refunds().ask(form)).toBe('done');
    expect([stripe.refunds.size, await balance(userId)]).toEqual([1, 0]);
  });

  it('Stripe’s event books a refund whose answer was lost, and ends its request', async () => {
    const { purchaseId, sessionId, userId } = await seedPaid();
    stripe.trouble = (call, then) => {
      if (call !== 'POST /v1/refunds') return undefined;
      then();
      throw new TypeError('the connection broke');
    };
    expect(await refunds().ask(asked(purchaseId))).toBe('asked');
    stripe.trouble = null;
    const { body, signature } = await stripe.event('charge.refunded', stripe.chargeOf(sessionId));
    await services().billing.events.take({ body, signature });
    expect(await requestsOf(purchaseId)).toMatchObject([{ state: 'done' }]);
    await services().billing.events.take({ body, signature });
    expect(await balance(userId)).toBe(0);
    const reversals = await env.DB.prepare('SELECT count(*) AS n FROM reversals WHERE purchase_id = ?1')
      .bind(purchaseId)
      .first('n');
    expect(reversals).toBe(1);
  });

  it('a refund without an answer is asked again at night, under its own key, until it is known', async () => {
    const [made, lost] = [await seedPaid(), await seedPaid()];
    const compare = async () => {
      const found = await services().billing.reconcile.run(Date.now() + ++nights);
      return found.filter(({ what }) => what === 'refund-unanswered').map((one) => [one.purchaseId, one.isMended]);
    };
    for (const [one, reaches] of [
      [made, true],
      [lost, false],
    ] as const) {
      stripe.trouble = (call, then) => {
        if (call !== 'POST /v1/refunds') return undefined;
        if (reaches) then();
        throw new TypeError('the connection broke');
      };
      expect(await refunds().ask(asked(one.purchaseId, { amount: 450 }))).toBe('asked');
    }
    expect(await compare()).toEqual([
      [made.purchaseId, true],
      [lost.purchaseId, false],
    ]);
    expect([await balance(made.userId), await balance(lost.userId)]).toEqual([10, 15]);
    stripe.trouble = null;
    expect(await compare()).toEqual([[lost.purchaseId, true]]);
    expect(await compare()).toEqual([]);
    expect([stripe.refunds.size, await balance(lost.userId)]).toEqual([2, 10]);
    expect((await requestsOf(lost.purchaseId))[0]?.state).toBe('done');
  });

  it.each(['refund.failed', 'charge.refund.updated'])(
    'a refund that fails later, told by %s, is shown as failed, gives its credits back and can be asked for again',
    async (type) => {
      const { purchaseId, sessionId, userId } = await seedPaid();
      expect(await refunds().ask(asked(purchaseId))).toBe('done');
      const [refund] = [...stripe.refunds.values()];
      if (!refund) throw new Error('no refund was made');
      stripe.failRefund(refund.id);
      for (const _time of [1, 2]) {
        const { body, signature } = await stripe.event(type, refund);
        await services().billing.events.take({ body, signature });
        expect(await requestsOf(purchaseId)).toMatchObject([{ state: 'refused', refusal: 'failed' }]);
        expect(await balance(userId)).toBe(15);
      }
      const signals = await readSignals(createDatabase(env.DB), defaults, Date.now());
      expect(signals.failedRefunds.filter((one) => one.purchaseId === purchaseId)).toEqual([
        { purchaseId, amount: 1190, currency: 'eur', reason: 'unknown' },
      ]);
      expect(await refunds().ask(asked(purchaseId, { adminId: second.adminId }))).toBe('done');
      expect([stripe.chargeOf(sessionId).amount_refunded, await balance(userId)]).toEqual([1190, 0]);
    },
  );

  it('what Stripe refuses is said, moves nothing, and leaves room for another request', async () => {
    const refusals = [
      [{ code: 'charge_already_refunded' }, 'already-refunded'],
      [{ code: 'charge_disputed' }, 'disputed'],
      [{ param: 'amount' }, 'too-much'],
      [{ code: 'resource_missing' }, 'other'],
    ] as const;
    const { purchaseId, userId } = await seedPaid();
    for (const [error, outcome] of refusals) {
      stripe.trouble = (call) =>
        call === 'POST /v1/refunds'
          ? Response.json({ error: { type: 'invalid_request_error', message: 'No.', ...error } }, { status: 400 })
          : undefined;
      expect(await refunds().ask(asked(purchaseId, { amount: 100 }))).toBe(outcome);
    }
    stripe.trouble = null;
    expect((await requestsOf(purchaseId)).map(({ refusal }) => refusal)).toEqual([
      'other',
      'too-much',
      'disputed',
      'already-refunded',
    ]);
    expect([stripe.refunds.size, await balance(userId)]).toEqual([0, 15]);
    expect(await refunds().ask(asked(purchaseId))).toBe('done');
  });

  it('a dispute that is not booked here yet is Stripe’s refusal, and is booked with it', async () => {
    const { purchaseId, sessionId, userId } = await seedPaid();
    stripe.dispute(sessionId, 1190);
    expect(await refunds().ask(asked(purchaseId))).toBe('disputed');
    expect(await balance(userId)).toBe(0);
    expect(await refunds().ask(asked(purchaseId))).toBe('not-left');
  });

  it('a purchase that is not paid, or unknown, is not refunded', async () => {
    const { purchaseId } = await seedBuyer(stripe);
    expect(await refunds().ask(asked(purchaseId))).toBe('not-left');
    expect(await refunds().ask(asked('pur_00000000000000000000000000'))).toBeNull();
    expect(calls()).toBe(0);
  });
});

describe('the second admin of a refund', () => {
  it('above the limit Stripe is asked only after another admin’s yes', async () => {
    await seedSettings({ secondAdminAbove: 14 });
    const { purchaseId, userId } = await seedPaid();
    expect(await refunds().ask(asked(purchaseId))).toBe('waiting');
    expect([calls(), await balance(userId)]).toEqual([0, 15]);
    expect((await refunds().open()).map((one) => one.purchaseId)).toContain(purchaseId);
    const id = await idOf(purchaseId);
    expect(await decide(id, 'yes', admin)).toEqual({ purchaseId, outcome: 'needs-another-admin' });
    expect(calls()).toBe(0);
    expect(await decide(id, 'yes')).toEqual({ purchaseId, outcome: 'done' });
    expect(await decide(id, 'no')).toEqual({ purchaseId, outcome: 'decided-before' });
    expect([stripe.refunds.size, await balance(userId)]).toEqual([1, 0]);
    expect(await words(purchaseId)).toEqual(['refund-asked', 'refund-ordered']);
  });

  it('a no moves nothing, also the asking admin’s own', async () => {
    await seedSettings({ secondAdminAbove: 0 });
    const { purchaseId, userId } = await seedPaid();
    expect(await refunds().ask(asked(purchaseId))).toBe('waiting');
    expect(await decide(await idOf(purchaseId), 'no', admin)).toEqual({ purchaseId, outcome: 'declined' });
    expect([calls(), await balance(userId)]).toEqual([0, 15]);
    expect(await words(purchaseId)).toEqual(['refund-asked', 'refund-declined']);
  });

  it('refunds and credits given within a day are counted together', async () => {
    const [one, other] = [await seedPaid(), await seedPaid()];
    expect(await refunds().ask(asked(one.purchaseId))).toBe('done');
    expect((await refunds().alone({ adminId: admin.adminId, userId: one.userId })).left).toBe(5);
    expect(await refunds().ask(asked(other.purchaseId))).toBe('waiting');
    const given = { adminId: admin.adminId, userId: one.userId, credits: 6, reason: 'For the trouble' };
    const key = { requestKey: crypto.randomUUID(), requestId: 'req_1' };
    expect(await services().admin.adjustments.ask({ ...given, ...key })).toEqual({ outcome: 'waiting' });
  });

  it('an admin’s own purchase needs another Google account, and a later account of theirs is none', async () => {
    const { purchaseId } = await seedPaid(admin.adminId);
    expect(await refunds().ask(asked(purchaseId, { amount: 100 }))).toBe('waiting');
    const id = await idOf(purchaseId);
    expect(await decide(id, 'yes', admin)).toMatchObject({ outcome: 'needs-another-admin' });
    const hash = await env.DB.prepare('SELECT account_hash AS hash FROM users WHERE id = ?1')
      .bind(admin.adminId)
      .first<string>('hash');
    await services().auth.deleteAccount(admin.adminId);
    await services().auth.closeAccount(admin.adminId);
    const back = await seedPerson({ accountHash: hash });
    const cookie = await seedSession(back);
    await env.DB.prepare('INSERT INTO admins (google_sub, granted_at) VALUES (?1, 1)').bind(back).run();
    expect(await decide(id, 'yes', { adminId: back, cookie })).toMatchObject({ outcome: 'needs-another-admin' });
    expect(await decide(id, 'yes')).toMatchObject({ outcome: 'done' });
  });
});

describe('the purchase page', () => {
  it('the form refunds, the page names state and admin, and a stale sign-in leads to a fresh one', async () => {
    const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(stripe.fetch);
    const { purchaseId } = await seedPaid();
    const request = (path: string, form?: Record<string, string>) =>
      exports.default.fetch(
        new Request(`${origin}${path}`, {
          ...{ method: form ? 'POST' : 'GET', redirect: 'manual', body: form ? new URLSearchParams(form) : null },
          headers: { Cookie: admin.cookie, Origin: origin, Accept: 'text/html' },
        }),
      );
    const path = `/admin/purchases/${purchaseId}`;
    const page = await (await request(path)).text();
    expect(page).toContain('Refund this purchase');
    expect(page).toContain('value="11.90"');
    const requestKey = /name="requestKey" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const form = { amount: '4,50', reason: 'A fault of ours', requestKey };
    const location = async (path: string, form: Record<string, string>) =>
      (await request(path, form)).headers.get('Location');
    for (const amount of ['0', '-1', '1.234', 'all', ''])
      expect(await location(`${path}/refunds`, { ...form, amount })).toBe(`${path}?flash=refund-invalid`);
    expect(await location(`${path}/refunds`, form)).toBe(`${path}?flash=refund-done`);
    const after = await (await request(`${path}?flash=refund-done`)).text();
    expect(after).toContain('The money is on its way');
    expect(after).toContain('Refunded, ');
    expect(after).toContain('value="7.40"');
    await env.DB.prepare('UPDATE sessions SET authenticated_at = ?2 WHERE user_id = ?1')
      .bind(admin.adminId, Date.now() - 16 * 60_000)
      .run();
    expect(await location(`${path}/refunds`, form)).toContain('/admin/sign-in-again');
    spy.mockRestore();
  });
});
