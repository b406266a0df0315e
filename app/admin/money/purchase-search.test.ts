import { describe, expect, it } from 'vitest';
import { dashboardUrl } from './purchase-facts';
import { askedBy } from './purchase-search';

describe('the text of a search for a payment', () => {
  it.each([
    ['pur_01J0000000000000000000W0DE', { by: 'purchase' }],
    ['cs_test_a1B2', { by: 'session' }],
    ['pi_3abc', { by: 'intent' }],
    ['ch_3abc', { by: 'stripe' }],
    ['re_3abc', { by: 'stripe' }],
    ['2145-6789', { by: 'receipt-number' }],
    [' https://pay.stripe.com/receipts/payment/CAca?s=ap ', { by: 'receipt' }],
    ['ada@example.com', { by: 'text' }],
    ['Ada', { by: 'text' }],
    ['2pac', { by: 'text' }],
  ] as const)('%s is read by its form', (text, expected) => {
    expect(askedBy(text)).toMatchObject(expected);
  });

  it.each([
    ['11.90', 1190],
    ['11,90', 1190],
    ['€11.90', 1190],
    ['11,90 €', 1190],
    ['$ 5', 500],
    ['12 EUR', 1200],
  ])('%s is an amount', (text, amount) => {
    expect(askedBy(text)).toEqual({ by: 'amount', amount });
  });
});

it('the dashboard’s address has the mode of the key', () => {
  expect(dashboardUrl('pi_1', false)).toBe('https://dashboard.stripe.com/test/payments/pi_1');
  expect(dashboardUrl('cs_live_1', true)).toBe('https://dashboard.stripe.com/search?query=cs_live_1');
});
