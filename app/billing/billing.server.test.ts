import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { seedPerson, testServices } from '~/testing/services';
import { createTestStripe, seedBuyer } from '~/testing/stripe';

const stripe = createTestStripe();
const {
  billing,
  credits: { ledger },
} = testServices({ fetch: stripe.fetch });
const origin = env.APP_ORIGIN;

const asked = async (changed: object = {}) => ({
  userId: await seedPerson(),
  email: 'ada@example.com',
  packId: 'film',
  requestKey: crypto.randomUUID(),
  returnTo: '/projects/prj_1?clip=clp_2',
  ...changed,
});

describe('setting out to buy', { timeout: 60_000 }, () => {
  it('a checkout leads to Stripe’s page, and its session holds all that restores the purchase', async () => {
    const request = await asked();
    const answer = await billing.checkout(request);
    expect(answer).toEqual({ outcome: 'redirect', url: expect.any(String), purchaseId: expect.any(String) });
    if (answer.outcome !== 'redirect') return;
    const session = [...stripe.sessions.values()].find(({ url }) => url === answer.url);
    expect(session).toMatchObject({
      mode: 'payment',
      amount_total: 1190,
      currency: 'eur',
      client_reference_id: request.userId,
      metadata: { purchase: answer.purchaseId, pack: 'film', user: request.userId, credits: '15', amount: '1190' },
      success_url: `${origin}/purchases/${answer.purchaseId}?session_id={CHECKOUT_SESSION_ID}`,
      cancel_url: `${origin}/purchases/${answer.purchaseId}?canceled=1`,
    });
    expect(await billing.find({ userId: request.userId, purchaseId: answer.purchaseId })).toEqual({
      id: answer.purchaseId,
      packId: 'film',
      credits: 15,
      amount: 1190,
      currency: 'eur',
      state: 'open',
      returnTo: request.returnTo,
      receiptUrl: null,
      checkoutUrl: answer.url,
      createdAt: expect.any(Number),
      refundedAmount: 0,
      owed: 0,
    });
  });

  it('concurrent checkouts with one request key make one purchase and one session', async () => {
    const request = await asked();
    const before = stripe.sessions.size;
    const answers = await Promise.all(Array.from({ length: 20 }, () => billing.checkout(request)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(stripe.sessions.size).toBe(before + 1);
  });

  it('a checkout whose answer of Stripe was lost goes on with the same session', async () => {
    const request = await asked();
    const before = stripe.sessions.size;
    stripe.trouble = (_call, then) => {
      then();
      throw new TypeError('Network connection lost.');
    };
    expect(await billing.checkout(request)).toEqual({ outcome: 'unavailable' });
    stripe.trouble = null;
    expect(await billing.checkout(request)).toMatchObject({
      outcome: 'redirect',
      url: expect.stringContaining('stripe'),
    });
    expect(stripe.sessions.size).toBe(before + 1);
  });

  it('a checkout is unavailable and charges nothing if Stripe does not answer', async () => {
    const request = await asked();
    stripe.trouble = () => new Response('overloaded', { status: 503 });
    expect(await billing.checkout(request)).toEqual({ outcome: 'unavailable' });
    stripe.trouble = null;
    expect(await ledger.balance(request.userId)).toEqual({ balance: 0, version: 0 });
  });

  it('a checkout refuses packs that are unknown or not on sale', async () => {
    const before = stripe.calls.length;
    for (const packId of ['', 'free', 'FILM', 'constructor'])
      expect(await billing.checkout(await asked({ packId }))).toEqual({ outcome: 'unknown-pack' });
    expect(stripe.calls.length).toBe(before);
  });

  it('a checkout stores only return paths of Echoes', async () => {
    for (const returnTo of ['https://evil.test/', '//evil.test', '/\\evil.test', 'javascript:alert(1)', '/sign-out']) {
      const request = await asked({ returnTo });
      const answer = await billing.checkout(request);
      if (answer.outcome !== 'redirect') throw new Error(answer.outcome);
      const view = await billing.find({ userId: request.userId, purchaseId: answer.purchaseId });
      expect(view?.returnTo).toBe('/projects');
    }
  });

  it('a repeated checkout of a paid purchase answers that it is paid', async () => {
    const { asked: request, sessionId, purchaseId } = await seedBuyer(stripe);
    stripe.pay(sessionId);
    await billing.fulfil(sessionId);
    expect(await billing.checkout(request)).toEqual({ outcome: 'paid', purchaseId });
  });

  it('a repeated checkout of an ended purchase leads to its page and makes no session', async () => {
    const { asked: request, sessionId, purchaseId } = await seedBuyer(stripe);
    stripe.expire(sessionId);
    await billing.fulfil(sessionId);
    const before = stripe.sessions.size;
    expect(await billing.checkout(request)).toEqual({
      outcome: 'redirect',
      url: `${origin}/purchases/${purchaseId}`,
      purchaseId,
    });
    expect(stripe.sessions.size).toBe(before);
  });

  it('a checkout that is repeated after a day without a session makes none', async () => {
    const request = await asked();
    stripe.trouble = () => new Response('overloaded', { status: 503 });
    await billing.checkout(request);
    stripe.trouble = null;
    const tomorrow = testServices({ clock: () => Date.now() + 86_400_000, fetch: stripe.fetch }).billing;
    const before = stripe.sessions.size;
    const answer = await tomorrow.checkout(request);
    expect(answer).toMatchObject({ outcome: 'redirect', url: expect.stringContaining(`${origin}/purchases/pur_`) });
    if (answer.outcome !== 'redirect') return;
    expect((await billing.find({ userId: request.userId, purchaseId: answer.purchaseId }))?.state).toBe('expired');
    expect(stripe.sessions.size).toBe(before);
  });
});

describe('coming back from Stripe’s page', { timeout: 60_000 }, () => {
  it('the return page grants what Stripe says is paid, whatever the address says', async () => {
    const { userId, purchaseId, sessionId } = await seedBuyer(stripe);
    const look = () => billing.settle({ userId, purchaseId });
    expect((await look())?.state).toBe('open');
    expect((await ledger.balance(userId)).balance).toBe(0);
    stripe.pay(sessionId);
    expect(await look()).toMatchObject({ state: 'paid', receiptUrl: expect.stringContaining('receipts') });
    expect((await ledger.balance(userId)).balance).toBe(15);
  });

  it('the return page shows a delayed payment as pending, and later as paid or failed', async () => {
    for (const [end, state, balance] of [
      ['settle', 'paid', 15],
      ['fail', 'failed', 0],
    ] as const) {
      const { userId, purchaseId, sessionId } = await seedBuyer(stripe);
      stripe.payLater(sessionId);
      expect((await billing.settle({ userId, purchaseId }))?.state).toBe('pending');
      stripe[end](sessionId);
      expect((await billing.settle({ userId, purchaseId }))?.state).toBe(state);
      expect((await ledger.balance(userId)).balance).toBe(balance);
    }
  });

  it('the return page shows the stored state if Stripe does not answer', async () => {
    const { userId, purchaseId, sessionId } = await seedBuyer(stripe);
    stripe.pay(sessionId);
    stripe.trouble = () => new Response('overloaded', { status: 503 });
    expect((await billing.settle({ userId, purchaseId }))?.state).toBe('open');
    stripe.trouble = null;
    expect((await billing.settle({ userId, purchaseId }))?.state).toBe('paid');
  });

  it('the return page finds no purchase of another person and none for a malformed id', async () => {
    const { purchaseId } = await seedBuyer(stripe);
    const userId = await seedPerson();
    for (const wanted of [purchaseId, 'pur_1', '', "' OR 1=1 --"]) {
      expect(await billing.settle({ userId, purchaseId: wanted })).toBeNull();
      expect(await billing.find({ userId, purchaseId: wanted })).toBeNull();
    }
  });
});
