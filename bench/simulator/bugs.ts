import type { Statement } from '../../app/db/statement.ts';
import { safetyMilliseconds } from '../../app/generations/pipeline/machine.ts';
import { overBudget } from '../../app/providers/budget.ts';
import {
  adminGiftsComeBackAsCredits,
  adminsAreAccounts,
  finishedFilmsAreStopped,
  giftsAreNeverUsed,
  giftsComeBackAsCredits,
  readyClipsAreShared,
  stopsAreNotCounted,
  whatCannotStopIsStopped,
} from '../mistakes.ts';
import { isFault } from './binding.ts';
import type { Faults } from './faults.ts';
import type { Perform } from './jobs.ts';
import type { Law, Mistake, World } from './world.ts';

/** A planted mistake, with the law that must notice it. */
export interface Bug extends Mistake {
  name: string;
  /** The law that this bug must break. */
  breaks: Law;
  /** Wraps the runner of effects. */
  perform?(perform: Perform, world: World): Perform;
  /** More faults than usual, for a mistake that only they reveal. */
  faults?: Partial<Faults>;
}

/** Skips an effect and answers as if it were performed. */
const without =
  (kind: string, answer?: unknown) =>
  (perform: Perform): Perform =>
  (effect, at, done) =>
    effect.kind === kind ? done(answer) : perform(effect, at, done);

const unguarded = ({ sql, params }: Statement): Statement => ({ sql: sql.replace(/ AND state = '\w+'/, ''), params });

const settled = new WeakMap<World, Set<string>>();

/** The refund as a separate statement, before which the process may die. */
function refundApart(world: World): void {
  const done = settled.get(world) ?? new Set();
  settled.set(world, done);
  const owed = world.database.all<{ id: string; userId: string }>(
    `SELECT id, user_id AS userId FROM generations g WHERE state IN ('failed','canceled')
       AND NOT EXISTS (SELECT 1 FROM credit_entries WHERE key = 'refund:' || g.id)`,
  );
  for (const { id, userId } of owed) {
    if (done.has(id)) continue;
    done.add(id);
    if (world.random.chance(world.faults.crashBefore)) continue;
    world.database.all(
      `INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, generation_id, created_at)
       SELECT 'refund:' || ?1, ?2, version + 1, (SELECT cost FROM generations WHERE id = ?1),
         balance + (SELECT cost FROM generations WHERE id = ?1), 'refund', ?1, ?3 FROM credit_accounts WHERE user_id = ?2`,
      [id, userId, world.agenda.now],
    );
  }
}

/** The laws by which an ended generation stays as it is are gone. */
const endedMayChange =
  'DROP TRIGGER generations_5_transition; DROP TRIGGER generations_6_frozen; DROP TRIGGER generations_18_counted';

/** A statement that believes that every submit is within the budget. */
const withoutBudget = (sql: string) =>
  ['generations', 'g'].reduce((text, row) => text.replaceAll(overBudget(row, '?2'), '0'), sql);

/** A statement that takes a provider that an admin lets rest for one that is awake. */
const withoutRests = (sql: string) =>
  sql
    .replaceAll('WHEN b.open_until > ?2 THEN 0', "WHEN b.open_until > ?2 AND b.reason <> 'by-hand' THEN 0")
    .replaceAll(
      '(SELECT open_until FROM provider_breakers b WHERE b.provider = g.provider)',
      "(SELECT open_until FROM provider_breakers b WHERE b.provider = g.provider AND b.reason <> 'by-hand')",
    );

/** The statement that cancels, without its conditions. */
const cancelingEverything = (sql: string) =>
  sql.includes("SET state = 'canceled'")
    ? "UPDATE generations SET state = 'canceled', state_at = ?2 WHERE user_id = ?1 AND id IN (SELECT value FROM json_each(?3)) AND state IN ('queued','submitting','generating')"
    : sql;

const owners = 'I15 nothing is sent to a provider that rests by hand, and nothing begins in maintenance';
/** How many credits went back with the money. */
const share = 'p.credits * min(p.amount, p.refunded_amount + p.disputed_amount) / p.amount';
const refunds = 'I16 a refund of an admin is made once, and known in the end';
const rewards = 'I13 rewards are few, earned by active people, and go with their cause';

export const bugs: readonly Bug[] = [
  {
    name: 'open checkouts without end',
    breaks: 'I10 a person is one Google account, in all its accounts',
    schema: 'DROP TRIGGER purchases_9_open',
  },
  {
    name: 'a checkout that was paid is taken for ended',
    breaks: 'I3 each purchase is granted once',
    believesThatSessionsEnd: true,
  },
  {
    name: 'welcome credits for everybody who comes back',
    breaks: 'I10 a person is one Google account, in all its accounts',
    forgetsAccounts: true,
  },
  {
    name: 'money that is paid after the account was deleted is kept',
    breaks: 'I10 a person is one Google account, in all its accounts',
    keepsMoneyOfLeavers: true,
  },
  {
    name: 'a refund of a cent takes a whole credit',
    breaks: 'I3 each purchase is granted once',
    rewriteProduct: (sql) => sql.replace(share, `(${share.replace(' / p.amount', '')} + p.amount - 1) / p.amount`),
  },
  {
    name: 'a refund is asked for under a new key each time',
    breaks: refunds,
    forgetsKeys: true,
  },
  {
    name: 'a refund without an answer is never asked for again',
    breaks: refunds,
    skipsUnanswered: true,
  },
  {
    name: 'a refund that fails later stays done',
    breaks: refunds,
    rewriteProduct: (sql) => sql.replace("OR (state = 'done' AND ?4 = 'failed' AND refund_id = ?3)", ''),
  },
  {
    name: 'an admin refunds any number of purchases alone',
    breaks: 'I12 two admins are two people',
    schema: 'DROP TRIGGER refund_requests_6_second_admin',
  },
  { name: 'no sweeper', breaks: 'I4 everything ends in time', skipsSweepOfGenerations: true },
  { name: 'no sweep of ended generations', breaks: 'I4 everything ends in time', skipsSweepOfEnded: true },
  {
    name: 'the next alarm is armed last, not first',
    breaks: 'an unfinished object always has an alarm',
    armsLate: true,
    perform: (perform, world) => (effect, at, answer) =>
      effect.kind === 'arm' && effect.at === world.agenda.now + safetyMilliseconds
        ? answer(undefined)
        : perform(effect, at, answer),
  },
  {
    name: 'the attempt is written down after the request',
    breaks: 'I6 at most three submits, each written down before',
    perform: (perform, world) => {
      const held = new Map<string, () => void>();
      return (effect, at, answer) => {
        if (effect.kind === 'record-attempt') {
          held.set(effect.nonce, () => perform(effect, at, () => undefined));
          const found = world.database.all('SELECT state, state_at AS stateAt, submits FROM generations WHERE id = ?', [
            at.job.id,
          ]);
          return answer({ ...found[0], submitNonce: effect.nonce, providerTaskId: null, mediaKey: null });
        }
        if (effect.kind !== 'submit') return perform(effect, at, answer);
        perform(effect, at, (outcome) => {
          try {
            held.get(effect.nonce)?.();
          } catch (error) {
            if (!isFault(error)) throw error;
          }
          answer(outcome);
        });
      };
    },
  },
  {
    name: 'a repeat of the request carries a new key',
    breaks: 'I7 one generation for each request',
    requestKey: (key, attempt) => `${key}-${attempt}`,
  },
  {
    name: 'a purchase is keyed by its event',
    breaks: 'I3 each purchase is granted once',
    keysPurchasesByEvent: true,
  },
  {
    name: 'a purchase without a row is somebody else’s',
    breaks: 'I3 each purchase is granted once',
    forgetsPurchases: true,
    faults: { setBack: 1 },
  },
  {
    name: 'the refund apart from the change of state',
    breaks: 'I2 one debit, and one refund if and only if it did not work out',
    schema: 'DROP TRIGGER generations_7_refund',
    afterWrite: refundApart,
  },
  {
    name: 'no clean-up of media',
    breaks: 'I5 the media kept are those of ready tries',
    skipsSweepOfMedia: true,
    perform: without('delete-media'),
  },
  {
    name: 'the address of the video is kept for later',
    breaks: 'a copy uses an address of its own run',
    perform: (perform) => {
      const first = new Map<string, string>();
      return (effect, at, answer) => {
        if (effect.kind !== 'copy') return perform(effect, at, answer);
        const url = first.get(at.job.id) ?? effect.url;
        first.set(at.job.id, url);
        perform({ ...effect, url }, at, answer);
      };
    },
  },
  {
    name: 'an ended try is not final',
    breaks: 'I2 one debit, and one refund if and only if it did not work out',
    schema: endedMayChange,
    rewrite: unguarded,
  },
  {
    name: 'the answer to a poll is believed after the generation was ended',
    breaks: 'I2 one debit, and one refund if and only if it did not work out',
    schema: endedMayChange,
    rewrite: (statement) =>
      /SET state = '(copying|ready)'/.test(statement.sql)
        ? unguarded({ ...statement, sql: statement.sql.replace('SET state', 'SET failure_reason = NULL, state') })
        : statement,
  },
  {
    name: 'a lost answer is simply asked for again',
    breaks: 'I6 at most three submits, each written down before',
    perform: (perform) => (effect, at, answer) => {
      if (effect.kind !== 'submit') return perform(effect, at, answer);
      perform(effect, at, (outcome) =>
        (outcome as { outcome: string }).outcome === 'unknown' ? perform(effect, at, answer) : answer(outcome),
      );
    },
  },
  {
    name: 'a cut video counts as stored',
    breaks: 'I5 the media kept are those of ready tries',
    perform: (perform) => (effect, at, answer) =>
      perform(effect, at, (outcome) =>
        answer(
          effect.kind === 'copy' && (outcome as { outcome: string }).outcome === 'unreachable'
            ? { outcome: 'stored', bytes: 1 }
            : outcome,
        ),
      ),
  },
  {
    name: 'the provider is never asked to forget',
    breaks: 'tasks are accounted for and asked to be forgotten',
    perform: without('cancel-task', 'canceled'),
  },
  {
    name: 'an order whose answer was lost is not written down',
    breaks: 'tasks are accounted for and asked to be forgotten',
    rewrite: ({ sql, params }) => ({
      sql,
      params: params[2] === 'given-up' ? ['gen_nothing', ...params.slice(1)] : params,
    }),
  },
  {
    name: 'only the last task is remembered',
    breaks: 'tasks are accounted for and asked to be forgotten',
    perform: (perform) => (effect, at, answer) => {
      if (effect.kind !== 'remember') return perform(effect, at, answer);
      const { tasks, ...memo } = effect.memo;
      perform({ kind: 'remember', memo: { ...memo, tasks: tasks?.slice(-1) ?? [] } }, at, answer);
    },
  },
  {
    name: 'the moment of the next poll is not written down',
    breaks: 'a task is never asked about more often than allowed',
    perform: without('remember'),
  },
  {
    name: 'credits go back beside the ledger',
    breaks: 'I1 balance is what the ledger adds up to',
    schema: 'DROP TRIGGER generations_7_refund; DROP TRIGGER accounts_2_follow',
    afterWrite: (world) =>
      world.database.exec(
        `UPDATE credit_accounts SET balance = balance + (SELECT coalesce(sum(cost), 0) FROM generations g
           WHERE g.user_id = credit_accounts.user_id AND state = 'failed' AND failure_detail IS NOT 'given back');
         UPDATE generations SET failure_detail = 'given back' WHERE state = 'failed' AND failure_detail IS NOT 'given back'`,
      ),
  },
  {
    name: 'a video is kept below another person',
    breaks: 'I8 no row crosses people',
    rewrite: ({ sql, params }) => ({
      sql,
      params: /SET state = 'ready'/.test(sql)
        ? params.map((value) => (typeof value === 'string' ? value.replace(/^u\/\w+\//, 'u/usr_nobody/') : value))
        : params,
    }),
  },
  {
    name: 'a gift that is canceled comes back as a credit',
    breaks: 'I9 a gift pays one second try and is never a credit',
    schema: giftsComeBackAsCredits,
  },
  {
    name: 'a person may stop any number of submitted generations',
    breaks: 'I11 stops at the provider are few and only where it can stop',
    schema: stopsAreNotCounted,
    rewriteProduct: cancelingEverything,
  },
  {
    name: 'a task is stopped that its provider cannot stop',
    breaks: 'I11 stops at the provider are few and only where it can stop',
    schema: whatCannotStopIsStopped,
    rewriteProduct: cancelingEverything,
  },
  {
    name: 'a film is stopped after it was finished',
    breaks: 'I11 stops at the provider are few and only where it can stop',
    schema: finishedFilmsAreStopped,
    rewriteProduct: (sql) => sql.replaceAll("state IN ('queued','submitting','generating') AND", ''),
  },
  {
    name: 'a stop does not ask the provider first',
    breaks: 'I11 stops at the provider are few and only where it can stop',
    stopsUnasked: true,
  },
  {
    name: 'a clip gets its free second try again and again',
    breaks: 'I9 a gift pays one second try and is never a credit',
    schema: giftsAreNeverUsed,
    givesWhatIsUsed: true,
  },
  {
    name: 'a clip that an admin has given comes back as a credit',
    breaks: 'I9 a gift pays one second try and is never a credit',
    schema: adminGiftsComeBackAsCredits,
  },
  {
    name: 'an admin gives any number of clips, also to themselves',
    breaks: 'I12 two admins are two people',
    schema: 'DROP TRIGGER generations_19_given',
  },
  {
    name: 'an admin says yes to their own request',
    breaks: 'I12 two admins are two people',
    schema: 'DROP TRIGGER adjustments_3_second_admin',
  },
  {
    name: 'an admin who deletes the account and returns is a second one',
    breaks: 'I12 two admins are two people',
    schema: adminsAreAccounts,
  },
  {
    name: 'a setting that guards money is changed by one admin',
    breaks: 'I12 two admins are two people',
    schema: 'DROP TRIGGER setting_changes_5_second_admin',
  },
  {
    name: 'a network counts for each film of its owner',
    breaks: rewards,
    schema: 'DROP TRIGGER share_networks_1_once',
    rewriteProduct: (sql) =>
      sql.includes('INSERT INTO share_networks')
        ? sql.replace('n.network_hash = ?3', 'n.network_hash = ?3 AND n.project_id IS s.project_id')
        : sql,
  },
  {
    name: 'shared films are rewarded without end',
    breaks: rewards,
    schema: 'DROP TRIGGER share_rewards_5_cap',
    rewriteProduct: (sql) => sql.replace("WHERE o.key = 'shareRewardsPerMonth'), ?6)", "WHERE o.key = 'x'), ?6 + 99)"),
  },
  {
    name: 'a suspended person is rewarded',
    breaks: rewards,
    schema: 'DROP TRIGGER share_rewards_6_active; DROP TRIGGER referrals_7_active',
    rewriteProduct: (sql) =>
      sql
        .replace(' AND u.suspended_at IS NULL', '')
        .replace('(u.deleted_at IS NOT NULL OR u.suspended_at IS NOT NULL)', 'u.deleted_at IS NOT NULL'),
  },
  {
    name: 'a reward stays after the purchase that earned it was refunded',
    breaks: rewards,
    schema: 'DROP TRIGGER reversals_8_rewards',
  },
  {
    name: 'a friend who deletes the account and returns is a new friend',
    breaks: rewards,
    schema: 'DROP TRIGGER referrals_6_new_account',
    rewriteProduct: (sql) =>
      sql.replace(
        'AND NOT EXISTS (SELECT 1 FROM users same WHERE same.account_hash = friend.account_hash AND same.id <> friend.id)',
        '',
      ),
  },
  {
    name: 'the stops of a day begin anew with each account',
    breaks: 'I11 stops at the provider are few and only where it can stop',
    schema: stopsAreNotCounted,
    rewriteProduct: (sql) => sql.replaceAll('same.account_hash = me.account_hash', 'same.id = me.id'),
  },
  {
    name: 'a ready clip is shown in the place of every clip of its person',
    breaks: 'I8 no row crosses people',
    schema: readyClipsAreShared,
  },
  {
    name: 'a budget is not looked at before a submit',
    breaks: 'I14 each submit is booked, and no day passes its budget',
    schema: 'DROP TRIGGER generations_30_budget',
    rewrite: ({ sql, params }) => ({ sql: withoutBudget(sql), params }),
    faults: { budget: 1 },
  },
  {
    name: 'a rest by hand is not looked at',
    breaks: owners,
    rewrite: ({ sql, params }) => ({ sql: withoutRests(sql), params }),
    faults: { restByHand: 0.2 },
  },
  {
    name: 'maintenance does not keep from starting clips',
    breaks: owners,
    schema: 'DROP TRIGGER generations_32_maintenance',
    faults: { maintenance: 0.1 },
  },
  {
    name: 'maintenance does not keep from buying',
    breaks: owners,
    schema: 'DROP TRIGGER purchases_10_maintenance',
    faults: { maintenance: 0.1 },
  },
  {
    name: 'a submit is booked when its film is there',
    breaks: 'I14 each submit is booked, and no day passes its budget',
    schema: 'DROP TRIGGER costs_1_book',
  },
  {
    name: 'a stopped task costs nothing, whatever its provider says',
    breaks: 'I14 each submit is booked, and no day passes its budget',
    rewrite: (statement) =>
      /UPDATE submit_costs SET cents = \?2/.test(statement.sql)
        ? { sql: statement.sql, params: [statement.params[0] ?? '', 0, 0] }
        : statement,
  },
  {
    name: 'what a provider had is sent to another one, whose clean-up asks the wrong one',
    breaks: 'tasks are accounted for and asked to be forgotten',
    schema: 'DROP TRIGGER generations_31_moves',
    rewrite: ({ sql, params }) => ({
      sql: sql.replaceAll(
        /AND NOT EXISTS \(SELECT 1 FROM (submit_costs|generation_steps) [cs] WHERE [cs].generation_id = \?1 AND [^)]*\)?[^)]*\)/g,
        '',
      ),
      params,
    }),
    faults: { outOfFunds: 0.2, answerLost: 0.2, tooMany: 0.2 },
  },
  {
    name: 'the timeline leaves out what changed',
    breaks: 'the timeline tells what happened',
    schema: 'DROP TRIGGER steps_2_state',
  },
  {
    name: 'waits that nobody measured are nothing',
    breaks: 'nothing throws but the faults',
    perform: without('waits', null),
  },
  {
    name: 'a webhook has the provider asked at once',
    breaks: 'a task is never asked about more often than allowed',
    hurries: (memo) => ({ ...memo, nextPollAt: 0 }),
  },
];
