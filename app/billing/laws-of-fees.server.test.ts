// The laws of Stripe's fees (migrations/0031_stripe_fees.sql), attacked on real D1: every forbidden statement is refused, and
// every law is needed.
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { defaults } from '~/settings/settings';
import {
  type Attack,
  getsThroughWithout,
  hasEffect,
  inserting,
  lawsNotTried,
  outcomeOf,
  type TriggerEffect,
  type Value,
} from '~/testing/attacks';
import { clearSettings, seedPerson, seedSettings } from '~/testing/services';

const db = env.DB;
let serial = 0;
let one = '';
/** A paid purchase of 11.90, and one that is open. */
let purchase = '';
let open = '';

async function order(amount = 1190): Promise<string> {
  const id = `pur_fees_${++serial}`;
  const sold = { pack_id: 'film', credits: 15, amount, currency: 'eur', return_to: '/', checkout_session_id: id };
  await inserting('purchases', {
    ...{ id, user_id: one, request_key: `request-${id}`, ...sold, state_at: 1, created_at: 1 },
  }).run();
  return id;
}
const pay = (id: string) =>
  db.prepare("UPDATE purchases SET state = 'paid', state_at = 2, payment_intent_id = ?1 WHERE id = ?1").bind(id);
async function paid(amount = 1190): Promise<string> {
  const id = await order(amount);
  await pay(id).run();
  return id;
}
const fee = (values: Record<string, Value>, verb = 'INSERT') =>
  inserting(
    'stripe_fees',
    {
      ...{ purchase_id: purchase, source: 'dp_1', user_id: one, fee: 2000, currency: 'eur', is_estimate: 0, at: 5 },
      ...values,
    },
    verb,
  );
const change = (set: string) => db.prepare(`UPDATE stripe_fees SET ${set} WHERE purchase_id = ?1`).bind(purchase);
const booked = (id: string) =>
  db
    .prepare('SELECT fee, currency, is_estimate AS isEstimate, at FROM stripe_fees WHERE purchase_id = ?1')
    .bind(id)
    .first();

beforeEach(async () => {
  await clearSettings();
  one = await seedPerson();
  purchase = await paid();
  open = await order();
});

const ofPurchase = { law: 'fee:once-for-a-paid-purchase', trigger: 'fees_2_of_a_purchase' };
const frozen = { law: 'fee:only-becomes-known', trigger: 'fees_3_frozen' };
const attacks: Attack[] = [
  { name: 'a fee of a purchase that is not paid', ...ofPurchase, attack: () => fee({ purchase_id: open }) },
  {
    name: 'a fee of another person’s purchase',
    ...ofPurchase,
    areKeysBehind: true,
    attack: () => fee({ user_id: 'usr_other' }),
  },
  {
    name: 'a fee of a payment on another day, OR REPLACE',
    ...ofPurchase,
    attack: () => fee({ source: 'payment' }, 'INSERT OR REPLACE'),
  },
  {
    name: 'a fee put in the place of another, OR REPLACE',
    ...ofPurchase,
    attack: () => fee({ source: 'payment', at: 2 }, 'INSERT OR REPLACE'),
  },
  { name: 'a dispute’s fee as an estimate', ...ofPurchase, attack: () => fee({ is_estimate: 1 }) },
  { name: 'a fee in no currency', law: 'refused', attack: () => fee({ currency: 'euro' }) },
  { name: 'a fee moved to another day', ...frozen, attack: () => change('at = 90000000, is_estimate = 0') },
  { name: 'a fee moved to another source', ...frozen, attack: () => change("source = 're_1', is_estimate = 0") },
  { name: 'an estimate put in the place of an estimate', ...frozen, attack: () => change('fee = 0') },
  {
    name: 'a fee that is removed',
    law: 'fee:append-only',
    trigger: 'fees_4_no_delete',
    attack: () => db.prepare('DELETE FROM stripe_fees WHERE purchase_id = ?1').bind(purchase),
  },
];

const effects: TriggerEffect[] = [
  {
    trigger: 'fees_1_book',
    cause: () => [pay(open)],
    effect: () => ({ sql: 'SELECT count(*) = 1 FROM stripe_fees WHERE purchase_id = ?1', params: [open] }),
  },
];

describe('the laws of Stripe’s fees', () => {
  it.each(attacks)('a law refuses $name', async ({ law, prepare, attack }) => {
    await prepare?.();
    expect(await outcomeOf(attack)).toBe(law);
  });

  const guarded = attacks.filter(({ trigger }) => trigger !== undefined);
  it.each(guarded)('without the law $trigger, the database accepts $name', async (attack) => {
    expect(await getsThroughWithout(attack)).toBe('got through');
  });

  it.each(effects)('without the trigger $trigger, its effect is missing', async (effect) => {
    expect(await hasEffect(effect, { without: false })).toBe(true);
    expect(await hasEffect(effect, { without: true })).toBe(false);
  });

  it('a payment books the estimate of the settings, whose defaults the law has', async () => {
    const { stripeFeePercent, stripeFeeFixed } = defaults;
    const estimate = Math.round((1190 * stripeFeePercent) / 100 + stripeFeeFixed);
    expect(await booked(purchase)).toEqual({ fee: estimate, currency: 'eur', isEstimate: 1, at: 2 });
    await seedSettings({ stripeFeePercent: 2.9, stripeFeeFixed: 30 });
    expect(await booked(await paid())).toMatchObject({ fee: 65, isEstimate: 1 });
    expect(await booked(await paid(0))).toMatchObject({ fee: 0, isEstimate: 0 });
  });

  it('every law of fees has an attack in this file', async () => {
    const tried = [...attacks, ...effects].map(({ trigger }) => trigger);
    expect(await lawsNotTried({ file: 'fees', tried })).toEqual({ found: 4, notTried: [] });
  });
});
