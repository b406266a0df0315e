import { describe, expect, it } from 'vitest';
import { type EntryFacts, entryInWords, type PurchaseFacts, purchaseInWords } from './entry-words';

const entry = (facts: Partial<EntryFacts> & Pick<EntryFacts, 'kind'>) =>
  entryInWords({
    key: 'some:key',
    delta: 1,
    reference: null,
    failureReason: null,
    purchase: null,
    reversal: null,
    rewardReversal: null,
    adjustment: null,
    ...facts,
  });

const bought = {
  credits: 20,
  amount: 1800,
  currency: 'eur',
  refundedAmount: 0,
  disputedAmount: 0,
  disputeStatus: null,
  owed: 0,
};

describe('the credit history', () => {
  it('the credit history says why a credit came back', () => {
    expect(entry({ kind: 'refund', failureReason: 'deadline' })).toEqual({
      what: 'Did not work out, credit returned',
      why: 'It took too long, so we stopped waiting.',
    });
  });

  it('the credit history distinguishes a stopped clip from a failed one', () => {
    expect(entry({ kind: 'refund' }).what).toBe('Stopped, credit returned');
  });

  it('the credit history gives no reason for an unknown failure reason', () => {
    expect(entry({ kind: 'refund', failureReason: 'toString' }).why).toBeNull();
  });

  it('the credit history names credits and price of a purchase', () => {
    expect(entry({ kind: 'purchase', delta: 20, purchase: bought })).toEqual({
      what: '20 credits bought',
      why: '€18.00',
    });
  });

  it('the credit history names refunds and disputes of a purchase', () => {
    const words = (change: Partial<PurchaseFacts>) => purchaseInWords({ ...bought, ...change });
    expect(words({ refundedAmount: 450 })).toBe('€18.00. €4.50 of it refunded.');
    expect(words({ refundedAmount: 1800, owed: 3 })).toBe(
      '€18.00. Refunded. 3 of these credits had been spent already.',
    );
    expect(words({ disputedAmount: 1800, disputeStatus: 'needs_response' })).toBe(
      '€18.00. Disputed; the bank is looking into it.',
    );
    expect(words({ disputedAmount: 1800, disputeStatus: 'won' })).toBe('€18.00. Disputed; the payment stands.');
    expect(words({ disputedAmount: 1800, disputeStatus: 'lost' })).toBe(
      '€18.00. Disputed; your bank has the money back.',
    );
  });

  it('the credit history says what a reversal took and what had been spent before', () => {
    expect(entry({ kind: 'clawback', delta: -4, reversal: { reason: 'refund', spentBefore: 1 } })).toEqual({
      what: 'Taken back: payment refunded',
      why: 'Another one had been spent already',
    });
    expect(entry({ kind: 'clawback', purchase: bought, reversal: { reason: 'refund', spentBefore: 0 } }).why).toBe(
      'Of 20 credits bought for €18.00',
    );
    expect(entry({ kind: 'clawback', purchase: bought, reversal: { reason: 'refund', spentBefore: 2 } }).why).toBe(
      'Of 20 credits bought for €18.00. 2 more had been spent already.',
    );
    expect(entry({ kind: 'clawback', reversal: { reason: 'dispute', spentBefore: 0 } })).toEqual({
      what: 'Taken back: payment disputed',
      why: null,
    });
  });

  it('the credit history distinguishes a second try, a reinstatement and other adjustments', () => {
    expect(entry({ kind: 'adjustment', key: 'second-try:clp_1' }).what).toBe('Second try, on us');
    expect(entry({ kind: 'adjustment', key: 'reinstated:rev_1', purchase: bought })).toEqual({
      what: 'Given back',
      why: 'The payment of €18.00 stands after all.',
    });
    expect(entry({ kind: 'adjustment' })).toEqual({ what: 'Changed by Echoes', why: null });
  });

  it('the credit history shows the reason that an admin gave for an adjustment', () => {
    const adjustment = { reason: 'For the clip that came out upside down' };
    expect(entry({ kind: 'adjustment', key: 'adjustment:adj_1', adjustment })).toEqual({
      what: 'Changed by Echoes',
      why: 'For the clip that came out upside down',
    });
  });

  it('the credit history distinguishes the two sides of an invitation', () => {
    expect(entry({ kind: 'referral', key: 'referral:usr_1:host', reference: 'film' })).toEqual({
      what: 'Somebody you invited has joined',
      why: 'They finished a first film.',
    });
    expect(entry({ kind: 'referral', key: 'referral:usr_1' }).what).toBe('You came by an invitation');
  });
});
