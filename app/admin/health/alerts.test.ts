import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { createLuma } from '~/providers/luma.server';
import { untilWoken } from '~/providers/rest';
import { createRunway } from '~/providers/runway.server';
import { settingsSchema } from '~/settings/settings';
import { type LastHour, messageOf, pauseAfter, type StopsOfPerson, troublesIn } from './alerts';
import { troublesOfBudgets } from './budget-troubles';
import { systemStatusOf } from './system-status';

const minute = 60_000;
const now = Date.UTC(2027, 0, 1, 12);
const limits = v.parse(settingsSchema, {});
type Given = Partial<Parameters<typeof systemStatusOf>[0]>;
const report = (kind: string, ok: number, differences = '[]') => ({ kind, at: now, ok, differences, milliseconds: 1 });
const generation = (minutesAgo: number, state = 'generating') => {
  const at = now - minutesAgo * minute;
  return { state, stateAt: at, createdAt: at, deadlineAt: now + minute };
};

function troublesOf(
  given: Given,
  lastHour: LastHour = { ready: 0, failed: 0 },
  failedSteps: string[] = [],
  stops: StopsOfPerson[] = [],
) {
  const quiet = { open: [], most: 500, reports: [], deadLetters: { count: 0, newestAt: null }, resting: [], now };
  const systemStatus = systemStatusOf({ ...quiet, ...given });
  return troublesIn({ systemStatus, lastHour, failedSteps, stops, accounts, limits, now });
}
/** What our account at Luma holds. */
const accounts = new Map([['luma', 'The account holds $0.12.']]);
const kindsOf = (...given: Parameters<typeof troublesOf>) =>
  troublesOf(...given).map(({ kind, subject }) => `${kind} ${subject}`);

describe('the troubles of Echoes', () => {
  it('a quiet day has no trouble', () => {
    expect(
      kindsOf({ open: [generation(1), generation(44)], reports: [report('sweep', 1), report('audit', 1)] }),
    ).toEqual([]);
  });

  it('an open generation older than the limit is a trouble', () => {
    expect(kindsOf({ open: [generation(46, 'queued')] })).toEqual(['oldest-job generations']);
  });

  it('more stale generations than the limit are a trouble; queued ones do not count', () => {
    const still = Array.from({ length: 6 }, () => generation(6));
    expect(kindsOf({ open: still.slice(1) })).toEqual([]);
    expect(kindsOf({ open: still })).toEqual(['stale-jobs generations']);
    expect(kindsOf({ open: still.map(() => generation(6, 'queued')) })).toEqual([]);
  });

  it('an audit or a comparison with differences is a trouble', () => {
    const reports = [report('audit', 0, '[{"kind":"balance"}]'), report('reconcile', 0, '[{}]')];
    expect(kindsOf({ reports })).toEqual(['audit ledger', 'reconcile stripe']);
  });

  it('charges that differ from the cost of our generations are a trouble, with the amount', () => {
    const found = { provider: 'runway', from: '2027-01-01', before: '2027-01-04', charged: 152, least: 100, most: 150 };
    const differences = JSON.stringify([{ ...found, detail: 'more than our clips can have cost' }]);
    const reports = [report('spending', 0, differences)];
    expect(kindsOf({ reports })).toEqual(['spending charges']);
    expect(kindsOf({ reports: [report('spending', 1)] })).toEqual([]);
    expect(troublesOf({ reports })[0]?.detail).toBe(
      'runway charged $1.52 from 2027-01-01 until 2027-01-04; our clips can have cost $1.00 to $1.50.',
    );
  });

  it('a person who has used all stops of the day is a trouble, and so is a day with many', () => {
    const quiet = { ready: 0, failed: 0 };
    expect(kindsOf({}, quiet, [], [{ userId: 'usr_1', count: 4 }])).toEqual([]);
    expect(kindsOf({}, quiet, [], [{ userId: 'usr_1', count: 5 }])).toEqual(['stops usr_1']);
    const many = Array.from({ length: 13 }, (_, index) => ({ userId: `usr_${index}`, count: 4 }));
    expect(troublesOf({}, quiet, [], many)).toEqual([
      { kind: 'stops', subject: 'all', detail: '52 in 24 hours, by 13 people.' },
    ]);
  });

  it('each resting film service and each dead letter is a trouble', () => {
    const resting = [
      { provider: 'runway', reason: 'auth', until: now + 1 },
      { provider: 'luma', reason: 'slow', until: now + 1 },
    ];
    expect(kindsOf({ resting, deadLetters: { count: 1, newestAt: now } })).toEqual([
      'breaker runway',
      'breaker luma',
      'dead-letters queue',
    ]);
  });

  it('a film service is a trouble until a call has shown that it works again, past its pause too', () => {
    const [trouble] = troublesOf({ resting: [{ provider: 'runway', reason: 'auth', until: now - minute }] });
    expect(trouble).toEqual({
      kind: 'breaker',
      subject: 'runway',
      detail: 'It no longer takes our key, until 2027-01-01 11:59 UTC; no call has shown yet that it works again.',
    });
  });

  it('an empty account is a trouble with what it holds, and a rest by hand one without an end', () => {
    const resting = [
      { provider: 'luma', reason: 'out-of-funds', until: now + minute },
      { provider: 'fal', reason: 'by-hand', until: untilWoken },
    ];
    expect(troublesOf({ resting }).map(({ detail }) => detail)).toEqual([
      'Our account there is empty, until 2027-01-01 12:01 UTC. The account holds $0.12.',
      'An admin put it to rest, until it is woken.',
    ]);
  });

  it('a share of failures above the limit is a trouble, once enough generations have ended', () => {
    expect(kindsOf({}, { ready: 0, failed: 9 })).toEqual([]);
    expect(kindsOf({}, { ready: 9, failed: 3 })).toEqual([]);
    expect(kindsOf({}, { ready: 7, failed: 3 })).toEqual(['failures generations']);
  });

  it('a sweep that fails twice in a row is a trouble', () => {
    const sweptBefore = (ok: number) => ({ reports: [report('sweep', ok)] });
    expect(kindsOf(sweptBefore(1), undefined, ['media'])).toEqual([]);
    expect(kindsOf(sweptBefore(0), undefined, [])).toEqual([]);
    expect(kindsOf(sweptBefore(0), undefined, ['media'])).toEqual(['sweep sweeper']);
  });
});

describe('the troubles of budgets', () => {
  const options = { baseUrl: 'https://base.test', outputHosts: [], fetch };
  const all = [createRunway({ ...options, secret: 'x' }), createLuma({ ...options, key: 'x' })];
  const providers = { find: (id: string) => all.find((one) => one.id === id) ?? null };
  const none = { runway: 0, luma: 0, fal: 0, replicate: 0, veo: 0 };
  const kinds = (settings: Partial<typeof limits>, spent: Record<string, number>) => {
    const figures = Object.entries(spent).map(([figure, value]) => ({ figure, value }));
    return troublesOfBudgets({ ...limits, ...settings }, figures, providers).map(
      ({ kind, subject }) => `${kind} ${subject}`,
    );
  };
  const total = (value: number) => ({ 'provider-cents': value });

  it('a budget is near its end from 80 % on, and without a budget nothing is', () => {
    expect(kinds({}, total(1e6))).toEqual([]);
    expect(kinds({ budgetPerDay: 10 }, total(799))).toEqual([]);
    expect(kinds({ budgetPerDay: 10 }, total(800))).toEqual(['budget-near all']);
  });

  it('a budget is spent when no further clip fits, for which a few cents may stay', () => {
    expect(kinds({ budgetPerDay: 10 }, total(975))).toEqual(['budget-near all']);
    expect(kinds({ budgetPerDay: 10 }, total(976))).toEqual(['budget-near all', 'budget-spent all']);
    expect(kinds({ budgetPerDay: 10 }, total(1000))).toEqual(['budget-near all', 'budget-spent all']);
  });

  it('the budget of a provider counts what it was paid, at its own prices', () => {
    const fallbacks = [{ provider: 'luma', model: 'ray-2' }];
    const budgetAtProvider = { ...none, runway: 1, luma: 1 };
    const spent = { 'provider-cents': 146, 'provider-cents:runway': 75, 'provider-cents:luma': 71 };
    expect(kinds({ budgetAtProvider, fallbacks }, spent)).toEqual(['budget-near luma', 'budget-spent luma']);
    // A service that new clips do not use has no price to ask for.
    expect(kinds({ budgetAtProvider }, spent)).toEqual([]);
    expect(kinds({ budgetAtProvider }, { 'provider-cents:luma': 100 })).toEqual([
      'budget-near luma',
      'budget-spent luma',
    ]);
  });

  it('the budget of all is not spent while the cheaper of two services fits', () => {
    const fallbacks = [{ provider: 'luma', model: 'ray-2' }];
    const luma = { provider: 'luma', model: 'ray-2', fallbacks: [] };
    expect(kinds({ budgetPerDay: 2, fallbacks }, total(150))).toEqual([]);
    expect(kinds({ budgetPerDay: 2, ...luma }, total(150))).toEqual(['budget-near all', 'budget-spent all']);
  });
});

describe('the message of an alert', () => {
  it('a message is repeated after growing pauses of up to two hours', () => {
    expect([1, 2, 3, 7, 8, 100].map((tries) => pauseAfter(tries) / minute)).toEqual([1, 2, 4, 64, 120, 120]);
  });

  it('a repeated message has the same id, and the message of the end another one', () => {
    const alert = {
      id: 'alr_1',
      kind: 'audit',
      subject: 'ledger',
      detail: 'x',
      openedAt: now,
      closedAt: null,
    } as const;
    const opened = messageOf(alert, 'https://echoes.example/admin');
    expect([opened.id, JSON.parse(opened.body)]).toMatchObject(['alr_1_opened', { type: 'alert.opened' }]);
    const closed = messageOf({ ...alert, closedAt: now + minute }, 'https://echoes.example/admin');
    expect([closed.id, JSON.parse(closed.body)]).toMatchObject([
      'alr_1_closed',
      { type: 'alert.closed', data: { openedAt: '2027-01-01T12:00:00.000Z', closedAt: '2027-01-01T12:01:00.000Z' } },
    ]);
  });
});
