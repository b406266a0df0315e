// Refunds from the desk, by the product's own code on the real schema, against the strict stand-in over HTTP.
import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createAuditLog } from '~/admin/audit-log.server';
import { readSignals } from '~/admin/health/signals.server';
import { createAdminRefunds } from '~/admin/money/refunds.server';
import { createBilling } from '~/billing/billing.server';
import { createLedger } from '~/credits/ledger.server';
import { createDatabase } from '~/db/client.server';
import { createIds } from '~/db/ids';
import { defaults } from '~/settings/settings';
import { Database, readMigrations } from '../bench/simulator/database.ts';
import { type StripeAlone, startStripe } from './stripe-testing.ts';

const hour = 3_600_000;
const database = new Database(readMigrations());
// The clock of Echoes and of the stand-in; only the tests move it.
let at = Date.UTC(2026, 10, 22);
const clock = () => at;
let alone: StripeAlone;
let house: Awaited<ReturnType<typeof setUp>>;

/** The part of D1 that the product uses, on SQLite in memory. */
function localD1(): D1Database {
  type Bound = { sql: string; params: readonly unknown[] };
  const statement = (sql: string, params: readonly unknown[] = []) => {
    const results = () => database.batch([{ sql, params: params as string[] }])[0] ?? [];
    return {
      ...{ sql, params, bind: (...values: unknown[]) => statement(sql, values) },
      all: async () => ({ success: true, results: results(), meta: {} }),
      run: async () => ({ success: true, results: results(), meta: {} }),
      first: async () => results()[0] ?? null,
    };
  };
  const batch = async (all: Bound[]) => database.batch(all as never).map((results) => ({ success: true, results }));
  return { prepare: (sql: string) => statement(sql), batch } as unknown as D1Database;
}

async function setUp() {
  const db = createDatabase(localD1());
  const newId = createIds({ clock });
  const live = { publish: async () => undefined };
  const settings = { read: async () => defaults };
  const ledger = createLedger({ db, clock });
  const billing = createBilling({
    base: { db, clock, newId, config: { ...alone.vars, APP_ORIGIN: 'http://127.0.0.1:1' } } as never,
    credits: { ledger, rewards: { afterPurchase: async () => undefined } } as never,
    ...{ live, settings, fetch: globalThis.fetch },
  });
  const context = { db, clock, newId, auditLog: createAuditLog({ db, clock }) };
  const refunds = createAdminRefunds(context, { refunds: billing.refunds, settings });
  for (const who of ['admin', 'ada']) {
    database.all("INSERT INTO users (id, created_at, account_hash) VALUES (?1, 1, 'account-' || ?1)", [`usr_${who}`]);
    database.all('INSERT INTO credit_accounts (user_id) VALUES (?1)', [`usr_${who}`]);
  }
  database.exec(`INSERT INTO profiles (user_id, google_sub, email, name, updated_at) VALUES ('usr_admin', 'admin', 'a@echoes.test', 'Ada', 1);
    INSERT INTO admins (google_sub, granted_at) VALUES ('admin', 1)`);
  const balance = async () => (await ledger.balance('usr_ada')).balance;
  return { billing, refunds, balance, signals: () => readSignals(db, defaults, at) };
}

beforeAll(async () => {
  vi.spyOn(console, 'log').mockReturnValue();
  alone = await startStripe({ appOrigin: 'http://127.0.0.1:1', retryDelays: [], now: clock });
  house = await setUp();
});
afterAll(async () => {
  await alone.close();
  database.close();
});

/** A paid purchase of 15 credits for 11.90. */
async function buy() {
  const asked = { userId: 'usr_ada', email: 'ada@echoes.test', packId: 'film', returnTo: '/projects' } as const;
  const answer = await house.billing.checkout({ ...asked, requestKey: crypto.randomUUID() });
  if (answer.outcome !== 'redirect') throw new Error(answer.outcome);
  await fetch(answer.url, { method: 'POST', body: new URLSearchParams({ action: 'pay' }), redirect: 'manual' });
  const session = [...alone.stripe.account.sessions.values()].find(
    ({ metadata }) => metadata?.purchase === answer.purchaseId,
  ) as Stripe.Checkout.Session;
  await house.billing.fulfil(session.id);
  return { purchaseId: answer.purchaseId, sessionId: session.id };
}
const ask = (purchaseId: string, amount: number) => {
  const form = { purchaseId, amount, reason: 'A fault of ours', requestKey: crypto.randomUUID() };
  return house.refunds.ask({ ...form, adminId: 'usr_admin', requestId: 'req_1' });
};
const stateOf = async (purchaseId: string) => (await house.refunds.ofPurchase(purchaseId))[0]?.state;
/** Each comparison is a night later. */
const compare = async () => {
  at += 24 * hour + 1;
  return (await house.billing.reconcile.run(at)).map(({ what, isMended }) => [what, isMended]);
};
const refundsMade = () => alone.stripe.account.refunds.size;

describe('a refund from the desk', () => {
  test('a refund whose answer was lost is read back from Stripe at night, and made once', async () => {
    const { purchaseId } = await buy();
    const before = refundsMade();
    // Both attempts of the client.
    alone.stripe.answers.next('LOSE_ANSWER', { method: 'POST', times: 2 });
    expect(await ask(purchaseId, 450)).toBe('asked');
    expect([refundsMade() - before, await stateOf(purchaseId)]).toEqual([1, 'asked']);
    expect(await compare()).toContainEqual(['refund-unanswered', true]);
    expect([refundsMade() - before, await stateOf(purchaseId), await house.balance()]).toEqual([1, 'done', 10]);
    expect(await compare()).toEqual([]);
  });

  test('a refund that Stripe answered with an error is asked for again each night until Stripe makes it', async () => {
    const { purchaseId } = await buy();
    const [before, credits] = [refundsMade(), await house.balance()];
    // Stripe keeps an error under the key for a day.
    alone.stripe.answers.next('ERROR', { method: 'POST' });
    expect(await ask(purchaseId, 240)).toBe('asked');
    alone.stripe.answers.next('UNAVAILABLE', { method: 'POST', times: 2 });
    expect(await compare()).toEqual([['refund-unanswered', false]]);
    expect([refundsMade() - before, await stateOf(purchaseId)]).toEqual([0, 'asked']);
    expect(await compare()).toEqual([['refund-unanswered', true]]);
    expect([refundsMade() - before, await stateOf(purchaseId), await house.balance()]).toEqual([
      1,
      'done',
      credits - 3,
    ]);
  });

  test('a refund that a bank returns weeks later gives its credits back, and the owner is told until it is made again', async () => {
    const { purchaseId, sessionId } = await buy();
    at += 24 * hour;
    const credits = await house.balance();
    const failures = async () => (await house.signals()).failedRefunds;
    expect(await ask(purchaseId, 400)).toBe('done');
    expect(await house.balance()).toBe(credits - 5);
    at += 20 * 24 * hour;
    alone.stripe.reversals.failRefund(sessionId);
    expect(await compare()).toEqual([['reversed-late', true]]);
    expect([await stateOf(purchaseId), await house.balance()]).toEqual(['refused', credits]);
    expect(await failures()).toEqual([{ purchaseId, amount: 400, currency: 'eur', reason: 'lost_or_stolen_card' }]);
    expect(await ask(purchaseId, 400)).toBe('done');
    expect([await house.balance(), await failures()]).toEqual([credits - 5, []]);
  });
});
