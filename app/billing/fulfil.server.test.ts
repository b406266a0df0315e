import { env } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { auditLedger } from '~/credits/audit.server';
import { creditEntries, generations } from '~/db/schema.server';
import { createServices } from '~/services.server';
import { seedPerson, seedProject, testConfig, testServices } from '~/testing/services';
import { createTestStripe, seedBuyer } from '~/testing/stripe';

const stripe = createTestStripe();
const services = () => testServices({ fetch: stripe.fetch });
const {
  billing,
  db,
  credits: { ledger },
} = services();

afterEach(async () => {
  stripe.trouble = null;
  vi.restoreAllMocks();
  expect(await auditLedger(env.DB)).toEqual([]);
});

const grantsOf = (userId: string) =>
  db
    .select({ key: creditEntries.key, kind: creditEntries.kind, delta: creditEntries.delta })
    .from(creditEntries)
    .where(eq(creditEntries.userId, userId));

describe('a paid session', { timeout: 120_000 }, () => {
  it('a paid session is granted once by a hundred concurrent calls', async () => {
    const { userId, sessionId } = await seedBuyer(stripe);
    stripe.pay(sessionId);
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => services().billing.fulfil(sessionId)));
    expect(new Set(outcomes)).toEqual(new Set(['paid']));
    expect(await grantsOf(userId)).toEqual([{ key: `stripe:${sessionId}`, kind: 'purchase', delta: 15 }]);
  });

  it('a paid session is granted once by concurrent webhook, return page and nightly comparison', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { userId, purchaseId, sessionId } = await seedBuyer(stripe);
      stripe.pay(sessionId);
      const session = stripe.sessions.get(sessionId) as NonNullable<ReturnType<typeof stripe.sessions.get>>;
      const take = async () => {
        const { body, signature } = await stripe.event('checkout.session.completed', session);
        return services().billing.events.take({ body, signature });
      };
      await Promise.all([
        take(),
        services().billing.settle({ userId, purchaseId }),
        services().billing.reconcile.run(Date.now() + round),
        take(),
        services().billing.settle({ userId, purchaseId }),
      ]);
      expect(await grantsOf(userId)).toEqual([{ key: `stripe:${sessionId}`, kind: 'purchase', delta: 15 }]);
    }
  });

  it('a paid session is published to the person’s open pages', async () => {
    const { userId, purchaseId, sessionId } = await seedBuyer(stripe);
    stripe.pay(sessionId);
    const told: unknown[] = [];
    const channel = { publish: async (frames: unknown[]) => void told.push(...frames) };
    const bindings = { ...env, LIVE_CHANNEL: { getByName: () => channel } } as unknown as Env;
    await createServices({ env: bindings, config: testConfig(), fetch: stripe.fetch }).billing.fulfil(sessionId);
    expect(told).toEqual([
      { type: 'purchase', purchaseId, state: 'paid' },
      { type: 'balance', balance: 15, version: 1 },
    ]);
    expect((await ledger.balance(userId)).balance).toBe(15);
  });

  it('a paid session whose id was never stored is found by its metadata', async () => {
    const { userId, purchaseId, sessionId } = await seedBuyer(stripe);
    // Removes the session id from the purchase, which a law forbids otherwise.
    await env.DB.prepare('DROP TRIGGER purchases_4_frozen').run();
    const law = (await frozenLaw()) as string;
    await env.DB.prepare('UPDATE purchases SET checkout_session_id = NULL WHERE id = ?1').bind(purchaseId).run();
    await env.DB.prepare(law).run();
    stripe.pay(sessionId);
    expect(await billing.fulfil(sessionId)).toBe('paid');
    expect(await grantsOf(userId)).toHaveLength(1);
  });

  it.each([
    ['another amount', { amount_total: 1 }],
    ['another currency', { currency: 'jpy' }],
    ['a subscription', { mode: 'subscription' }],
    ['another pack', { metadata: { pack: 'album' } }],
  ])('a paid session for %s is not granted, and the log says so', async (_what, changed) => {
    const { userId, purchaseId, sessionId } = await seedBuyer(stripe);
    stripe.pay(sessionId);
    const session = stripe.sessions.get(sessionId) as Record<string, unknown>;
    const metadata = { ...(session.metadata as object), ...('metadata' in changed ? changed.metadata : {}) };
    Object.assign(session, changed, { metadata });
    const said = vi.spyOn(console, 'log').mockReturnValue();
    expect(await billing.fulfil(sessionId)).toBe('mismatch');
    expect(said.mock.calls.flat().join()).toContain('"outcome":"mismatch"');
    expect(await grantsOf(userId)).toEqual([]);
    expect((await billing.find({ userId, purchaseId }))?.state).toBe('open');
  });

  it('a paid session without a purchase, or with another person’s, is not granted', async () => {
    const other = await seedPerson();
    for (const changed of [
      { metadata: {} },
      { metadata: { purchase: 'pur_0123456789ABCDEFGHJKMNPQRS', pack: 'film' } },
      { client_reference_id: other },
    ]) {
      const { userId, sessionId } = await seedBuyer(stripe);
      stripe.pay(sessionId);
      Object.assign(stripe.sessions.get(sessionId) as object, changed);
      const said = vi.spyOn(console, 'log').mockReturnValue();
      expect(await billing.fulfil(sessionId)).toBe('foreign');
      expect(said.mock.calls.flat().join()).toContain('"outcome":"foreign"');
      expect([...(await grantsOf(userId)), ...(await grantsOf(other))]).toEqual([]);
    }
  });

  it('a second paid session for one purchase is not granted', async () => {
    const { userId, sessionId } = await seedBuyer(stripe);
    stripe.pay(sessionId);
    const twin = { ...(stripe.sessions.get(sessionId) as object), id: 'cs_test_twin' };
    stripe.sessions.set('cs_test_twin', twin as never);
    const outcomes = [await billing.fulfil(sessionId), await billing.fulfil('cs_test_twin')];
    expect(outcomes).toEqual(['paid', 'mismatch']);
    expect(await grantsOf(userId)).toHaveLength(1);
    stripe.sessions.delete('cs_test_twin');
  });

  it('a paid purchase is not changed by late events', async () => {
    const { userId, sessionId } = await seedBuyer(stripe);
    stripe.pay(sessionId);
    await billing.fulfil(sessionId);
    const session = stripe.sessions.get(sessionId) as Record<string, unknown>;
    for (const late of [{ status: 'expired', payment_status: 'unpaid' }, { payment_status: 'unpaid' }]) {
      const before = { ...session };
      Object.assign(session, late);
      expect(await billing.fulfil(sessionId)).toBe('refused');
      Object.assign(session, before);
    }
    expect((await ledger.balance(userId)).balance).toBe(15);
  });
});

async function frozenLaw() {
  const migrations = (env as unknown as { MIGRATIONS: { queries: string[] }[] }).MIGRATIONS;
  return migrations.flatMap(({ queries }) => queries).find((sql) => sql.includes('TRIGGER purchases_4_frozen'));
}

describe('twenty buyers at once, each in a race with their own spending', () => {
  it('twenty buyers that buy and spend concurrently never overdraw, and every credit is accounted for', {
    timeout: 120_000,
  }, async () => {
    const buyers = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const buyer = await seedBuyer(stripe, { packId: 'album', credits: 3 });
        const { clipIds } = await seedProject({ userId: buyer.userId, clipCount: 60 });
        stripe.pay(buyer.sessionId);
        return { ...buyer, clipIds };
      }),
    );
    const spend = (userId: string, clipId: string, index: number) =>
      db
        .insert(generations)
        .values({
          ...{ id: `gen_${userId}_${index}`, userId, clipId, requestKey: `spend-${index}-${userId}`, cost: 1 },
          ...{ stateAt: 1, deadlineAt: 2, createdAt: 1, provider: 'p', model: 'm', presetId: 'gentle' },
          ...{ words: '', prompt: 'x', shape: '9:16' as const, durationSeconds: 5 },
          ...{ frameX: 0.5, frameY: 0.5, frameZoom: 1 },
        })
        .then(
          () => 1,
          () => 0,
        );
    await Promise.all(
      buyers.map(async ({ userId, clipIds, sessionId }) => {
        // Forty attempts to spend before and while credits arrive, then one for each clip that is left.
        const early = Array.from({ length: 40 }, (_, index) => spend(userId, clipIds[index] as string, index));
        const [first, ...more] = await Promise.all([billing.fulfil(sessionId), billing.fulfil(sessionId), ...early]);
        expect(first).toBe('paid');
        const spent = more.slice(1).reduce<number>((sum, one) => sum + Number(one), 0);
        expect((await ledger.balance(userId)).balance).toBe(43 - spent);
        const late = await Promise.all(
          Array.from({ length: 20 }, (_, index) => spend(userId, clipIds[40 + index] as string, 40 + index)),
        );
        const after = 43 - spent - late.reduce<number>((sum, one) => sum + one, 0);
        expect(after).toBeGreaterThanOrEqual(0);
        expect((await ledger.balance(userId)).balance).toBe(after);
      }),
    );
  });
});
