import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { former, openLedgerDatabase } from './ledger-database.ts';
import { createLedgerRun } from './ledger-model.ts';
import type { Mistake, Operation } from './ledger-operations.ts';
import { adminGiftsComeBackAsCredits, giftsAreNeverUsed, giftsComeBackAsCredits } from './mistakes.ts';
import { readMigrations } from './simulator/database.ts';

/** Enough runs to find every planted mistake below; `npm run nightly` makes more, from a new seed each day. */
const runs = Number(process.env.LEDGER_RUNS ?? 2_000);
const seed = Number(process.env.LEDGER_SEED ?? 20_261_122);
const migrations = readMigrations();
const small = fc.nat({ max: 2 });
/** A person, or the earlier account of one of them. */
const someone = fc.nat({ max: 3 });
const which = fc.nat({ max: 5 });
const part = fc.constantFrom(0, 1, 33, 50, 99, 100);

/** The entries of a run, by kind and by the prefix of their key. */
const bookedEntries =
  "SELECT kind || ' ' || substr(key, 1, instr(key, ':') - 1) || iif(kind = 'referral' AND key LIKE '%:host', ' host', '') AS what FROM credit_entries";
const expectedEntries = [
  'adjustment adjustment',
  'adjustment reinstated',
  'clawback clawback',
  'generation generation',
  'purchase stripe',
  'referral referral',
  'referral referral host',
  'refund refund',
  'share share',
  'signup signup',
];

/** A random operation; those on purchases and generations are more frequent. */
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ op: fc.constant('sign-up' as const), who: small }) },
  {
    weight: 3,
    arbitrary: fc.record({
      ...{
        op: fc.constant('adjust' as const),
        who: someone,
        credits: fc.integer({ min: -9, max: 9 }),
        key: fc.nat({ max: 30 }),
      },
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      ...{ op: fc.constant('set-out' as const), who: someone, credits: fc.integer({ min: 1, max: 20 }) },
      ...{ amount: fc.integer({ min: 1, max: 2000 }), request: fc.nat({ max: 9 }) },
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      ...{ op: fc.constant('step' as const), which },
      to: fc.constantFrom(
        'paid' as const,
        'paid' as const,
        'paid' as const,
        'pending' as const,
        'failed' as const,
        'expired' as const,
      ),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      ...{ op: fc.constant('goes-back' as const), which, refunded: part, disputed: part },
      isStale: fc.nat({ max: 5 }).map((one) => one === 0),
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('ask-refund' as const), which, part }) },
  {
    weight: 4,
    arbitrary: fc.record({
      ...{ op: fc.constant('answer-refund' as const), which: small, isTwice: fc.boolean() },
      as: fc.constantFrom('done' as const, 'done' as const, 'refused' as const, 'failed' as const),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      ...{ op: fc.constant('generate' as const), who: someone, clip: small, cost: fc.integer({ min: 1, max: 4 }) },
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      ...{ op: fc.constant('end' as const), which },
      as: fc.constantFrom(
        'ready' as const,
        'ready' as const,
        'failed' as const,
        'moderated' as const,
        'canceled' as const,
      ),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      ...{
        op: fc.constant('second-try' as const),
        which,
        cost: fc.integer({ min: 1, max: 4 }),
        hasFeedback: fc.boolean(),
      },
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      ...{ op: fc.constant('give-clip' as const), which, cost: fc.integer({ min: 1, max: 9 }) },
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('invite' as const), host: small, friend: small }) },
  {
    weight: 3,
    arbitrary: fc.record({
      ...{
        op: fc.constant('reward' as const),
        friend: small,
        for: fc.constantFrom('purchase' as const, 'film' as const),
      },
    }),
  },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('complete-project' as const), who: small, clip: small }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('watch' as const), who: small, visitor: small }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('reward-share' as const), who: small }) },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constant('suspend' as const), who: small, isSuspended: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('leave' as const), who: small }) },
);

/**
 * Sequences that are rare at random: a film that is made and watched, an invited person's purchase, checkouts begun
 * one after the other, what people try in maintenance, and pictures that providers decline, these two also in the earlier account of the same person; a second try after a second try, clips that an admin gives, and a refund that a bank returns.
 */
const rareSequence = fc
  .record({
    who: small,
    kind: fc.constantFrom(
      ...(['film', 'purchase', 'farm', 'decline', 'second-try', 'given', 'closed', 'returned'] as const),
    ),
    refunded: part,
  })
  .map(({ who, kind, refunded }): Operation[] => {
    const accounts = who === former.of ? [who, former.who] : [who];
    const turn = (index: number) => accounts[index % accounts.length] as number;
    if (kind === 'farm')
      return Array.from({ length: 7 }, (_one, index) => {
        return { op: 'set-out', who: turn(index), credits: 7, amount: 490, request: 200 + index };
      });
    if (kind === 'closed')
      return [
        { op: 'adjust', who, credits: 2, key: 500 + who },
        { op: 'maintenance', isOn: true },
        { op: 'generate', who, clip: 2, cost: 1 },
        { op: 'set-out', who, credits: 7, amount: 490, request: 300 },
        { op: 'maintenance', isOn: false },
        { op: 'generate', who, clip: 2, cost: 1 },
      ];
    const begin: Operation[] = [
      { op: 'adjust', who, credits: 2, key: 400 + who },
      { op: 'generate', who, clip: 1, cost: 1 },
      { op: 'end', which: 0, as: kind === 'given' ? 'canceled' : 'ready' },
    ];
    if (kind === 'second-try')
      return [
        ...begin,
        { op: 'second-try', which: 0, cost: 1, hasFeedback: false },
        { op: 'end', which: 0, as: 'ready' },
        { op: 'second-try', which: 1, cost: 1, hasFeedback: true },
      ];
    if (kind === 'given')
      return [
        ...begin,
        { op: 'give-clip', which: 0, cost: 15 },
        { op: 'end', which: 0, as: 'canceled' },
        { op: 'give-clip', which: 0, cost: 15 },
        { op: 'end', which: 0, as: 'canceled' },
      ];
    if (kind === 'returned')
      return [
        { op: 'set-out', who, credits: 7, amount: 490, request: 98 },
        { op: 'step', which: 0, to: 'paid' },
        { op: 'ask-refund', which: 0, part: refunded },
        { op: 'answer-refund', which: 0, as: 'done', isTwice: true },
        { op: 'answer-refund', which: 0, as: 'failed', isTwice: true },
      ];
    if (kind === 'decline')
      return [0, 1, 2, 3].flatMap((index): Operation[] => [
        { op: 'adjust', who: turn(index), credits: 2, key: 300 + 10 * index + who },
        { op: 'generate', who: turn(index), clip: index, cost: 1 },
        { op: 'end', which: 0, as: 'moderated' },
      ]);
    if (kind === 'film')
      return [
        { op: 'adjust', who, credits: 2, key: 100 + who },
        { op: 'generate', who, clip: 0, cost: 1 },
        { op: 'end', which: 0, as: 'ready' },
        { op: 'complete-project', who, clip: 0 },
        { op: 'watch', who, visitor: 0 },
        { op: 'watch', who, visitor: 1 },
        { op: 'reward-share', who },
        { op: 'reward', friend: who, for: 'film' },
      ];
    return [
      { op: 'set-out', who, credits: 7, amount: 490, request: 99 },
      { op: 'step', which: 0, to: 'paid' },
      { op: 'reward', friend: who, for: 'purchase' },
      { op: 'goes-back', which: 0, refunded, disputed: 0, isStale: false },
    ];
  });
/** Only a person without generations and purchases can be invited, so invitations come first. */
const invitation = fc.record({ op: fc.constant('invite' as const), host: small, friend: small });
const operationSequence = fc
  .tuple(
    fc.array(invitation, { maxLength: 3 }),
    fc.array(
      fc.oneof({ weight: 12, arbitrary: operation.map((one) => [one]) }, { weight: 2, arbitrary: rareSequence }),
      {
        ...{ minLength: 1, maxLength: 36, size: 'max' },
      },
    ),
  )
  .map(([first, rest]): Operation[] => [...first, ...rest.flat()]);

/** Runs sequences until one breaks a law; returns the counterexample, or null. */
function firstDifference(count: number, mistake: Mistake = {}, counts = new Map<string, number>()): string | null {
  const database = openLedgerDatabase(migrations, mistake);
  afterAll(() => database.close());
  const property = fc.property(operationSequence, (operations) => {
    database.exec('BEGIN');
    try {
      const run = createLedgerRun(database, mistake);
      for (const one of operations) run.perform(one);
      for (const { what } of database.all<{ what: string }>(bookedEntries))
        counts.set(what, (counts.get(what) ?? 0) + 1);
    } finally {
      database.exec('ROLLBACK');
    }
  });
  const result = fc.check(property, { numRuns: count, seed });
  return result.failed ? `${JSON.stringify(result.counterexample)}\n${String(result.errorInstance)}` : null;
}

describe('the ledger', () => {
  it(`the ledger equals a model in plain numbers after every step of ${runs} random sequences`, {
    timeout: 600_000,
  }, () => {
    const counts = new Map<string, number>();
    expect(firstDifference(runs, {}, counts)).toBeNull();
    // Every kind of entry was made many times.
    expect([...counts.keys()].sort()).toEqual(expectedEntries);
    expect(Math.min(...counts.values())).toBeGreaterThan(runs / 100);
  });
});

describe('a planted mistake', () => {
  const mistakes: [name: string, Mistake][] = [
    [
      'a refund of a cent that takes a whole credit',
      {
        rewrite: ({ sql, params }) => ({
          sql: sql.replace(
            'p.credits * min(p.amount, p.refunded_amount + p.disputed_amount) / p.amount',
            '(p.credits * min(p.amount, p.refunded_amount + p.disputed_amount) + p.amount - 1) / p.amount',
          ),
          params,
        }),
      },
    ],
    ['clips that begin in maintenance', { schema: 'DROP TRIGGER generations_32_maintenance' }],
    [
      'a reinstatement that gives back credits that were never taken',
      {
        schema: 'DROP TRIGGER reversals_3_given',
        rewrite: ({ sql, params }) => ({ sql: sql.replace('min(0, d.missing + d.owed)', 'd.missing'), params }),
      },
    ],
    [
      'a gift that comes back as a credit',
      {
        schema: giftsComeBackAsCredits,
      },
    ],
    ['a clip given by an admin that comes back as a credit', { schema: adminGiftsComeBackAsCredits }],
    ['clips given by one admin without end', { schema: 'DROP TRIGGER generations_19_given' }],
    ['a gift used again after it was used', { schema: giftsAreNeverUsed }],
    [
      'no law against a second open generation',
      { schema: 'DROP TRIGGER generations_3_one_open; DROP INDEX generations_one_open' },
    ],
    ['no refund of a failed generation', { schema: 'DROP TRIGGER generations_7_refund' }],
    [
      'one reward above the cap',
      {
        rewrite: ({ sql, params }) => ({ sql: sql.replace("'referralCap'), ?5)", "'referralCap'), ?5 + 1)"), params }),
      },
    ],
    [
      'an expired purchase that is paid',
      {
        schema: 'DROP TRIGGER purchases_3_transition',
        rewrite: ({ sql, params }) => ({
          sql: sql.replace("(state = 'open' OR (", "(state IN ('open','expired') OR ("),
          params,
        }),
      },
    ],
    ['open checkouts without end', { schema: 'DROP TRIGGER purchases_9_open' }],
    [
      'open checkouts that a new account begins anew',
      { schema: "DROP TRIGGER users_3_frozen; UPDATE users SET account_hash = id WHERE id = 'usr_3'" },
    ],
    ['refunds by one admin without end', { schema: 'DROP TRIGGER refund_requests_6_second_admin' }],
    [
      'a refund of more than is left',
      { schema: 'DROP TRIGGER refund_requests_3_paid; DROP TRIGGER refund_requests_7_left' },
    ],
    [
      'a refund that a bank returned and that stays done',
      {
        rewrite: ({ sql, params }) => ({
          sql: sql.replace("OR (state = 'done' AND ?4 = 'failed' AND refund_id = ?3)", ''),
          params,
        }),
      },
    ],
    ['declined pictures without end', { schema: 'DROP TRIGGER generations_11_moderated' }],
    ['a reward kept after its purchase was refunded', { schema: 'DROP TRIGGER reversals_8_rewards' }],
    [
      'a reward for a suspended person',
      {
        schema: 'DROP TRIGGER referrals_7_active',
        rewrite: ({ sql, params }) => ({ sql: sql.replace(' OR u.suspended_at IS NOT NULL', ''), params }),
      },
    ],
    [
      'a reward for an unpaid purchase',
      {
        schema: 'DROP TRIGGER referrals_9_bought',
        rewrite: ({ sql, params }) => ({ sql: sql.replaceAll("AND p.state = 'paid' AND p.amount > 0", ''), params }),
      },
    ],
  ];
  it.each(mistakes)('the model finds a planted mistake: %s', { timeout: 120_000 }, (_name, mistake) => {
    expect(firstDifference(4_000, mistake)).not.toBeNull();
  });
});
