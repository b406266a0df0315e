// The laws of purchases, reversals, referrals and share rewards (migrations/0005), attacked on real D1: every forbidden
// statement is refused, every law is needed, and the effect of each trigger is missing without it.
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Attack, getsThroughWithout, inserting, lawsNotTried, outcomeOf, type Value } from '~/testing/attacks';
import { skipLedgerAudit } from '~/testing/audit';
import { clearSettings, seedPerson, seedProject, seedSettings } from '~/testing/services';
import { auditLedger } from './audit.server';

skipLedgerAudit('its last tests drop triggers that book credits');

const db = env.DB;
const run = (sql: string, ...values: Value[]) =>
  db
    .prepare(sql)
    .bind(...values)
    .run();
let serial = 0;
let moment = 100;
/** The person under attack, with two credits; another person; and a host whose account is older than both. */
let one = '';
let other = '';
let host = '';
/** Purchases of the person: one open, one paid. */
let open = '';
let paid = '';

const seedAt = (createdAt: number) => seedPerson({ credits: 2, createdAt });

beforeEach(async () => {
  await clearSettings();
  moment += 10;
  host = await seedAt(moment);
  one = await seedAt(moment + 1);
  other = await seedAt(moment + 2);
  open = await buy(one);
  paid = await buy(one);
  await run("UPDATE purchases SET state = 'paid', state_at = 6 WHERE id = ?1", paid);
});

function purchase(values: Record<string, Value> = {}, verb = 'INSERT') {
  const id = `pur_${++serial}`;
  return inserting(
    'purchases',
    {
      ...{
        id,
        user_id: one,
        request_key: `request-${id}`,
        pack_id: 'film',
        credits: 15,
        amount: 1190,
        currency: 'eur',
      },
      ...{ return_to: '/', state: 'open', state_at: 5, created_at: 5, checkout_session_id: `cs_${id}` },
      ...values,
    },
    verb,
  );
}
async function buy(userId: string): Promise<string> {
  await purchase({ user_id: userId }).run();
  return `pur_${serial}`;
}
const reversal = (values: Record<string, Value> = {}, verb = 'INSERT') =>
  inserting(
    'reversals',
    {
      ...{ id: `rev_${++serial}`, user_id: one, purchase_id: paid, seq: 1, credits: 5, moved: 5, reason: 'refund' },
      ...{ reference: 're_1', created_at: 7, ...values },
    },
    verb,
  );
/** A statement that inserts the person's next entry, after two credits and fifteen bought ones. */
const entry = (values: Record<string, Value>) =>
  inserting('credit_entries', {
    ...{ key: `x:${++serial}`, user_id: one, seq: 3, delta: 1, balance_after: 18, kind: 'adjustment', reference: 'x' },
    ...{ created_at: 8, ...values },
  });
const referral = (values: Record<string, Value> = {}, verb = 'INSERT') =>
  inserting('referrals', { referred_user_id: other, referrer_user_id: host, created_at: 9, ...values }, verb);
const reward = (friend: string, credits = 2) =>
  run(
    "UPDATE referrals SET rewarded_at = 10, rewarded_for = 'film', referrer_credits = ?2, referred_credits = ?2 WHERE referred_user_id = ?1",
    ...[friend, credits],
  );

/** A project of the person with a share that `watched` visitors have watched to the end. */
const share = { projectId: '', shareId: '' };
async function shared(watched: number): Promise<void> {
  const { projectId } = await seedProject({ userId: one });
  Object.assign(share, { projectId, shareId: `shr_${++serial}` });
  await inserting('shares', {
    ...{ id: share.shareId, user_id: one, project_id: projectId, created_at: 1, expires_at: 99 },
  }).run();
  for (let index = 0; index < watched; index += 1)
    await inserting('share_visits', {
      ...{ share_id: share.shareId, visitor_hash: `visitor-${index}`, first_at: 1, watched_at: 2 },
    }).run();
  for (let index = 0; index < watched; index += 1) await network({ network_hash: `${share.shareId}-${index}` }).run();
}
/** A statement that counts a network for the share's project; a person from the tests has their id as account hash. */
const network = (values: Record<string, Value> = {}, verb = 'INSERT') =>
  inserting(
    'share_networks',
    {
      ...{ account_hash: one, network_hash: 'home', at: 2, user_id: one, project_id: share.projectId },
      ...values,
    },
    verb,
  );
const suspend = (userId: string) => db.prepare('UPDATE users SET suspended_at = 4 WHERE id = ?1').bind(userId).run();
const rewardForPurchase = (purchaseId: string | null, what = 'purchase') =>
  db
    .prepare(
      `UPDATE referrals SET rewarded_at = 10, rewarded_for = ?3, purchase_id = ?2, referrer_credits = 2, referred_credits = 2
       WHERE referred_user_id = ?1`,
    )
    .bind(other, purchaseId, what);
/** A referral that a purchase of the friend has rewarded; its purchase, of fifteen credits. */
async function rewarded(): Promise<string> {
  await referral().run();
  const bought = await buy(other);
  await run("UPDATE purchases SET state = 'paid', state_at = 6 WHERE id = ?1", bought);
  await rewardForPurchase(bought).run();
  return bought;
}
const reversedInFull = (purchaseId: string, id = `rev_${++serial}`) =>
  reversal({ id, user_id: other, purchase_id: purchaseId, credits: 15, moved: 15 });
const rewardReversal = (values: Record<string, Value>) =>
  inserting('reward_reversals', {
    user_id: host,
    referred_user_id: other,
    reference: 're_1',
    created_at: 8,
    ...values,
  });
let reversed = { purchaseId: '', reversalId: '' };
/** A purchase reversed in full while the trigger that takes the rewards was missing: they are due. */
async function due(): Promise<void> {
  const purchaseId = await rewarded();
  reversed = { purchaseId, reversalId: `rev_${++serial}` };
  const law = await db.prepare("SELECT sql FROM sqlite_schema WHERE name = 'reversals_8_rewards'").first<string>('sql');
  await db.batch([
    db.prepare('DROP TRIGGER reversals_8_rewards'),
    reversedInFull(purchaseId, reversed.reversalId),
    db.prepare(law ?? ''),
  ]);
}
const shareReward = (values: Record<string, Value> = {}, verb = 'INSERT') =>
  inserting(
    'share_rewards',
    {
      ...{ project_id: share.projectId, user_id: one, share_id: share.shareId, visitors: 3, credits: 1, created_at: 3 },
      ...values,
    },
    verb,
  );
const onPaid = (set: string) => db.prepare(`UPDATE purchases SET ${set} WHERE id = ?1`).bind(paid);
const onOpen = (set: string) => db.prepare(`UPDATE purchases SET ${set} WHERE id = ?1`).bind(open);

const attacks: Attack[] = [
  // Purchases.
  {
    name: 'a purchase that begins paid',
    law: 'purchase:exists-or-not-open',
    trigger: 'purchases_1_fresh',
    attack: () => purchase({ state: 'paid' }),
  },
  {
    name: 'a purchase put in the place of a paid one, OR REPLACE',
    law: 'purchase:exists-or-not-open',
    trigger: 'purchases_1_fresh',
    attack: () => purchase({ id: paid }, 'INSERT OR REPLACE'),
  },
  {
    name: 'a purchase that begins refunded',
    law: 'purchase:exists-or-not-open',
    trigger: 'purchases_1_fresh',
    attack: () => purchase({ refunded_amount: 5 }),
  },
  {
    name: 'a second purchase under one request key, OR REPLACE',
    law: 'purchase:duplicate-request',
    trigger: 'purchases_2_request',
    attack: () => purchase({ request_key: `request-${open}` }, 'INSERT OR REPLACE'),
  },
  {
    name: 'a second purchase under one request key',
    law: 'purchase:duplicate-request',
    attack: () => purchase({ request_key: `request-${paid}` }),
  },
  {
    name: 'a paid purchase opened again',
    law: 'purchase:illegal-transition',
    trigger: 'purchases_3_transition',
    attack: () => onPaid("state = 'open'"),
  },
  {
    name: 'an expired purchase paid after all',
    law: 'purchase:illegal-transition',
    trigger: 'purchases_3_transition',
    prepare: () => onOpen("state = 'expired'").run(),
    attack: () => onOpen("state = 'paid', state_at = 7"),
  },
  {
    name: 'a pending purchase that expires',
    law: 'purchase:illegal-transition',
    trigger: 'purchases_3_transition',
    prepare: () => onOpen("state = 'pending'").run(),
    attack: () => onOpen("state = 'expired'"),
  },
  {
    name: 'a purchase paid to an unknown person',
    law: 'refused',
    attack: () => purchase({ user_id: 'usr_nobody' }),
  },
  ...[
    'credits = 1000',
    'amount = 1',
    "currency = 'jpy'",
    "pack_id = 'album'",
    'user_id = (SELECT id FROM users WHERE id <> user_id LIMIT 1)',
    "checkout_session_id = 'cs_other'",
    'created_at = 1',
    "request_key = 'another-one'",
  ].map(
    (set): Attack => ({
      name: `a purchase changed afterwards: ${set}`,
      law: 'purchase:immutable-column',
      trigger: 'purchases_4_frozen',
      attack: () => onOpen(set),
    }),
  ),
  {
    name: 'another payment of a purchase',
    law: 'purchase:immutable-column',
    trigger: 'purchases_4_frozen',
    prepare: () => onPaid("payment_intent_id = 'pi_' || id").run(),
    attack: () => onPaid("payment_intent_id = 'pi_other'"),
  },
  {
    name: 'a purchase removed',
    law: 'purchase:append-only',
    trigger: 'purchases_6_no_delete',
    attack: () => db.prepare('DELETE FROM purchases WHERE id = ?1').bind(open),
  },
  {
    name: 'a paid purchase without a checkout session',
    law: 'refused',
    prepare: () => purchase({ id: `pur_bare_${one}`, checkout_session_id: null }).run(),
    attack: () => db.prepare("UPDATE purchases SET state = 'paid' WHERE id = ?1").bind(`pur_bare_${one}`),
  },
  {
    name: 'two purchases with one checkout session',
    law: 'purchase:session-taken',
    attack: () => purchase({ checkout_session_id: `cs_${paid}` }),
  },
  {
    name: 'a sixth open checkout over all accounts of a Google account',
    law: 'purchase:too-many-open',
    trigger: 'purchases_9_open',
    prepare: async () => {
      const accountHash = `hash-of-${one}`;
      const before = await seedPerson({ accountHash });
      for (let begun = 0; begun < 4; begun += 1) await purchase({ user_id: before, checkout_session_id: null }).run();
      await run('UPDATE users SET deleted_at = 5 WHERE id = ?1', before);
      await run('UPDATE users SET closed_at = 5 WHERE id = ?1', before);
      await run('UPDATE users SET account_hash = ?2 WHERE id = ?1', one, accountHash);
    },
    attack: () => purchase({ checkout_session_id: null }),
  },
  {
    name: 'a purchase begun while Echoes takes nothing new',
    law: 'purchase:maintenance',
    trigger: 'purchases_10_maintenance',
    prepare: () => seedSettings({ maintenance: 'Back at noon.' }),
    attack: () => purchase({ checkout_session_id: null }),
  },
  {
    name: 'a grant without a purchase',
    law: 'ledger:bad-purchase',
    trigger: 'entries_9_purchase',
    attack: () =>
      entry({ key: 'stripe:cs_none', kind: 'purchase', delta: 15, balance_after: 32, reference: 'pur_none' }),
  },
  {
    name: 'a grant for an open purchase',
    law: 'ledger:bad-purchase',
    trigger: 'entries_9_purchase',
    attack: () => entry({ key: `stripe:cs_${open}`, kind: 'purchase', delta: 15, balance_after: 32, reference: open }),
  },
  {
    name: 'a second grant under the key of an event',
    law: 'ledger:bad-purchase',
    trigger: 'entries_9_purchase',
    attack: () => entry({ key: 'stripe:evt_1', kind: 'purchase', delta: 15, balance_after: 32, reference: paid }),
  },
  {
    name: 'a second grant',
    law: 'ledger:duplicate',
    attack: () => entry({ key: `stripe:cs_${paid}`, kind: 'purchase', delta: 15, balance_after: 32, reference: paid }),
  },
  {
    name: 'a grant to another person',
    law: 'ledger:bad-purchase',
    trigger: 'entries_9_purchase',
    attack: () =>
      entry({
        key: `stripe:cs_${open}`,
        user_id: other,
        seq: 2,
        kind: 'purchase',
        delta: 15,
        balance_after: 17,
        reference: paid,
      }),
  },

  // Reversals.
  {
    name: 'a reversal of more credits than were bought',
    law: 'reversal:out-of-bounds',
    trigger: 'reversals_1_bounds',
    attack: () => reversal({ credits: 16, moved: 16 }),
  },
  {
    name: 'reversals of more credits than were bought, in two steps',
    law: 'reversal:out-of-bounds',
    trigger: 'reversals_1_bounds',
    prepare: () => reversal({ credits: 10, moved: 10 }).run(),
    attack: () => reversal({ seq: 2, credits: 6, moved: 6 }),
  },
  {
    name: 'a reinstatement of more credits than were taken',
    law: 'reversal:out-of-bounds',
    trigger: 'reversals_1_bounds',
    attack: () => reversal({ credits: -5, moved: -5, reason: 'reinstated' }),
  },
  {
    name: 'a reversal of an unpaid purchase',
    law: 'reversal:out-of-bounds',
    trigger: 'reversals_1_bounds',
    attack: () => reversal({ purchase_id: open }),
  },
  {
    name: 'a reversal out of order',
    law: 'reversal:out-of-bounds',
    trigger: 'reversals_1_bounds',
    attack: () => reversal({ seq: 7 }),
  },
  {
    name: 'a reversal put in the place of another, OR REPLACE',
    law: 'reversal:out-of-bounds',
    trigger: 'reversals_1_bounds',
    behind: ['entries_1_unique'],
    prepare: () => reversal({ id: `rev_of_${one}` }).run(),
    attack: () => reversal({ id: `rev_of_${one}`, seq: 2, credits: 6, moved: 6 }, 'INSERT OR REPLACE'),
  },
  {
    name: 'a reversal of another person’s purchase',
    law: 'reversal:out-of-bounds',
    attack: () => reversal({ user_id: other, moved: 2 }),
  },
  {
    name: 'a reversal that takes less than the balance holds',
    law: 'reversal:wrong-amount',
    trigger: 'reversals_2_taken',
    attack: () => reversal({ moved: 3 }),
  },
  {
    name: 'a reversal that takes nothing',
    law: 'reversal:wrong-amount',
    trigger: 'reversals_2_taken',
    attack: () => reversal({ moved: 0 }),
  },
  {
    name: 'a reinstatement that books no credits',
    law: 'reversal:wrong-amount',
    trigger: 'reversals_3_given',
    prepare: () => reversal().run(),
    attack: () => reversal({ seq: 2, credits: -5, moved: 0, reason: 'reinstated' }),
  },
  {
    name: 'a reinstatement of credits that were never taken',
    law: 'reversal:wrong-amount',
    trigger: 'reversals_3_given',
    prepare: async () => {
      await entry({ key: `x:${one}`, delta: -17, balance_after: 0 }).run();
      await reversal({ moved: 0 }).run();
    },
    attack: () => reversal({ seq: 2, credits: -5, moved: -5, reason: 'reinstated' }),
  },
  {
    name: 'a reversal changed',
    law: 'reversal:append-only',
    trigger: 'reversals_6_no_update',
    prepare: () => reversal().run(),
    attack: () => db.prepare('UPDATE reversals SET credits = 1 WHERE user_id = ?1').bind(one),
  },
  {
    name: 'a reversal removed',
    law: 'reversal:append-only',
    trigger: 'reversals_7_no_delete',
    prepare: () => reversal().run(),
    attack: () => db.prepare('DELETE FROM reversals WHERE user_id = ?1').bind(one),
  },
  {
    name: 'a clawback without a reversal',
    law: 'ledger:bad-clawback',
    trigger: 'entries_10_clawback',
    attack: () => entry({ key: 'clawback:rev_none', kind: 'clawback', delta: -5, balance_after: 12, reference: paid }),
  },
  {
    name: 'a reinstatement without a reversal',
    law: 'ledger:bad-reinstatement',
    trigger: 'entries_11_reinstated',
    attack: () => entry({ key: 'reinstated:rev_none', delta: 5, balance_after: 22, reference: paid }),
  },

  // Referrals.
  {
    name: 'a referral of oneself',
    law: 'referral:not-a-new-friend',
    trigger: 'referrals_1_guard',
    attack: () => referral({ referred_user_id: other, referrer_user_id: other }),
  },
  {
    name: 'a referral of a person whose Google account had an account before',
    law: 'referral:not-a-new-friend',
    trigger: 'referrals_6_new_account',
    prepare: async () => {
      const accountHash = `hash-of-${one}`;
      const before = await seedPerson({ accountHash });
      await run('UPDATE users SET deleted_at = 5 WHERE id = ?1', before);
      await run('UPDATE users SET closed_at = 5 WHERE id = ?1', before);
      await run('UPDATE users SET account_hash = ?2 WHERE id = ?1', other, accountHash);
    },
    attack: () => referral(),
  },
  {
    name: 'a referral by a newer account',
    law: 'referral:not-a-new-friend',
    trigger: 'referrals_1_guard',
    attack: () => referral({ referred_user_id: host, referrer_user_id: other }),
  },
  {
    name: 'a referral that begins rewarded',
    law: 'referral:not-a-new-friend',
    trigger: 'referrals_1_guard',
    attack: () => referral({ rewarded_at: 9, rewarded_for: 'film' }),
  },
  {
    name: 'a referral of a person with a purchase',
    law: 'referral:not-a-new-friend',
    trigger: 'referrals_1_guard',
    attack: () => referral({ referred_user_id: one }),
  },
  {
    name: 'a second referral of one person, OR REPLACE',
    law: 'referral:not-a-new-friend',
    trigger: 'referrals_1_guard',
    prepare: async () => {
      await referral().run();
      await reward(other);
    },
    attack: () => referral({}, 'INSERT OR REPLACE'),
  },
  {
    name: 'a referral rewarded twice',
    law: 'referral:rewarded-once',
    trigger: 'referrals_2_frozen',
    behind: ['entries_1_unique'],
    prepare: async () => {
      await referral().run();
      await reward(other);
    },
    attack: () => db.prepare('UPDATE referrals SET referred_credits = 5 WHERE referred_user_id = ?1').bind(other),
  },
  {
    name: 'a referral with another referrer',
    law: 'referral:rewarded-once',
    trigger: 'referrals_2_frozen',
    prepare: () => referral().run(),
    attack: () => db.prepare('UPDATE referrals SET referrer_user_id = ?2 WHERE referred_user_id = ?1').bind(other, one),
  },
  {
    name: 'a referral removed',
    law: 'referral:append-only',
    trigger: 'referrals_5_no_delete',
    prepare: () => referral().run(),
    attack: () => db.prepare('DELETE FROM referrals WHERE referred_user_id = ?1').bind(other),
  },
  {
    name: 'a referral reward without a referral',
    law: 'ledger:bad-referral',
    trigger: 'entries_12_referral',
    attack: () => entry({ key: `referral:${one}`, kind: 'referral', delta: 2, balance_after: 19 }),
  },
  {
    name: 'a referral reward of a referral that is not rewarded',
    law: 'ledger:bad-referral',
    trigger: 'entries_12_referral',
    prepare: () => referral().run(),
    attack: () =>
      entry({ key: `referral:${other}`, user_id: other, seq: 2, kind: 'referral', delta: 2, balance_after: 4 }),
  },

  // Shares.
  {
    name: 'a second watching by one visitor',
    law: 'share:watched-once',
    trigger: 'share_visits_1_once',
    prepare: () => shared(1),
    attack: () => db.prepare('UPDATE share_visits SET watched_at = 3 WHERE share_id = ?1').bind(share.shareId),
  },
  {
    name: 'a visit moved to another visitor',
    law: 'share:watched-once',
    trigger: 'share_visits_1_once',
    prepare: () => shared(1),
    attack: () => db.prepare("UPDATE share_visits SET visitor_hash = 'other' WHERE share_id = ?1").bind(share.shareId),
  },
  {
    name: 'a share reward without enough visitors',
    law: 'share:not-earned',
    trigger: 'share_rewards_1_earned',
    prepare: () => shared(2),
    attack: () => shareReward(),
  },
  {
    name: 'a second share reward of one project, OR REPLACE',
    law: 'share:not-earned',
    trigger: 'share_rewards_1_earned',
    behind: ['entries_1_unique'],
    prepare: async () => {
      await shared(3);
      await shareReward().run();
    },
    attack: () => shareReward({ credits: 2 }, 'INSERT OR REPLACE'),
  },
  {
    name: 'a share reward for another person’s project',
    law: 'share:not-earned',
    prepare: () => shared(3),
    attack: () => shareReward({ user_id: other }),
  },
  {
    name: 'a share reward changed',
    law: 'share:append-only',
    trigger: 'share_rewards_3_no_update',
    prepare: async () => {
      await shared(3);
      await shareReward().run();
    },
    attack: () => db.prepare('UPDATE share_rewards SET credits = 9 WHERE project_id = ?1').bind(share.projectId),
  },
  {
    name: 'a share reward removed',
    law: 'share:append-only',
    trigger: 'share_rewards_4_no_delete',
    prepare: async () => {
      await shared(3);
      await shareReward().run();
    },
    attack: () => db.prepare('DELETE FROM share_rewards WHERE project_id = ?1').bind(share.projectId),
  },
  {
    name: 'a network counted for a second film',
    law: 'share:network-counted',
    trigger: 'share_networks_1_once',
    prepare: async () => {
      await shared(0);
      await network().run();
      await shared(0);
    },
    attack: () => network({ at: 3 }),
  },
  {
    name: 'a network counted under another account hash',
    law: 'share:network-counted',
    trigger: 'share_networks_1_once',
    prepare: () => shared(0),
    attack: () => network({ account_hash: 'somebody' }),
  },
  {
    name: 'a counted network replaced by the owner’s own',
    law: 'share:network-counted',
    trigger: 'share_networks_4_fresh',
    prepare: async () => {
      await shared(0);
      await network({ at: 3 }).run();
    },
    attack: () => network({ at: 3, project_id: null }, 'INSERT OR REPLACE'),
  },
  {
    name: 'a counted network turned to another film',
    law: 'share:append-only',
    trigger: 'share_networks_2_no_update',
    prepare: () => shared(1),
    attack: () => db.prepare("UPDATE share_networks SET network_hash = 'new' WHERE user_id = ?1").bind(one),
  },
  {
    name: 'a counted network forgotten within its month',
    law: 'share:append-only',
    trigger: 'share_networks_3_no_delete',
    prepare: async () => {
      await shared(0);
      await network({ at: Date.now() }).run();
    },
    attack: () => db.prepare('DELETE FROM share_networks WHERE user_id = ?1').bind(one),
  },
  {
    name: 'a share reward for the networks of the owner',
    law: 'share:not-earned',
    trigger: 'share_rewards_1_earned',
    prepare: async () => {
      await shared(3);
      await network({ network_hash: `${share.shareId}-0`, project_id: null, at: 3 }).run();
    },
    attack: () => shareReward(),
  },
  {
    name: 'a share reward past the owner’s cap',
    law: 'share:cap-reached',
    trigger: 'share_rewards_5_cap',
    prepare: async () => {
      for (let film = 0; film < 3; film += 1) {
        await shared(1);
        await shareReward({ visitors: 1 }).run();
      }
      await shared(3);
    },
    attack: () => shareReward(),
  },
  {
    name: 'a share reward for a suspended owner',
    law: 'share:not-active',
    trigger: 'share_rewards_6_active',
    prepare: async () => {
      await shared(3);
      await suspend(one);
    },
    attack: () => shareReward(),
  },

  // Referral rewards and their end.
  ...(['host', 'friend'] as const).map(
    (side): Attack => ({
      name: `a referral reward while the ${side} is suspended`,
      law: 'referral:not-active',
      trigger: 'referrals_7_active',
      prepare: async () => {
        await referral().run();
        await suspend(side === 'host' ? host : other);
      },
      attack: () =>
        db
          .prepare("UPDATE referrals SET rewarded_at = 10, rewarded_for = 'film' WHERE referred_user_id = ?1")
          .bind(other),
    }),
  ),
  {
    name: 'a referral reward past the cap of the inviting person',
    law: 'referral:cap-reached',
    trigger: 'referrals_8_cap',
    prepare: async () => {
      await seedSettings({ referralCap: 1 });
      await referral().run();
      await reward(other);
      other = await seedAt(moment + 3);
      await referral().run();
    },
    attack: () =>
      db
        .prepare("UPDATE referrals SET rewarded_at = 10, rewarded_for = 'film' WHERE referred_user_id = ?1")
        .bind(other),
  },
  ...(
    [
      ['no purchase', null, 'purchase'],
      ['an open purchase', 'open', 'purchase'],
      ['another person’s purchase', 'paid', 'purchase'],
      ['a film, with a purchase', 'paid', 'film'],
    ] as const
  ).map(
    ([name, which, what]): Attack => ({
      name: `a referral reward for ${name}`,
      law: 'referral:nothing-bought',
      trigger: 'referrals_9_bought',
      prepare: () => referral().run(),
      attack: () => rewardForPurchase(which === null ? null : which === 'open' ? open : paid, what),
    }),
  ),
  {
    name: 'a referral reward for a purchase that was reversed',
    law: 'referral:nothing-bought',
    trigger: 'referrals_9_bought',
    prepare: async () => {
      await referral().run();
      const bought = await buy(other);
      await run("UPDATE purchases SET state = 'paid', state_at = 6 WHERE id = ?1", bought);
      await reversedInFull(bought).run();
      reversed = { purchaseId: bought, reversalId: '' };
    },
    attack: () => rewardForPurchase(reversed.purchaseId),
  },
  {
    name: 'a reward taken back that stands',
    law: 'reversal:not-due',
    trigger: 'reward_reversals_1_due',
    prepare: async () => {
      const purchaseId = await rewarded();
      reversed = { purchaseId, reversalId: `rev_${++serial}` };
      await reversal({ id: reversed.reversalId, user_id: other, purchase_id: purchaseId }).run();
    },
    attack: () =>
      rewardReversal({ id: `${reversed.reversalId}:host`, reversal_id: reversed.reversalId, credits: 2, moved: 0 }),
  },
  {
    name: 'a reward of which less is taken back than the balance holds',
    law: 'reversal:wrong-amount',
    trigger: 'reward_reversals_2_moved',
    prepare: due,
    attack: () =>
      rewardReversal({ id: `${reversed.reversalId}:host`, reversal_id: reversed.reversalId, credits: 2, moved: 0 }),
  },
  {
    name: 'a reward reversal changed',
    law: 'reversal:append-only',
    trigger: 'reward_reversals_5_no_update',
    prepare: async () => reversedInFull(await rewarded()).run(),
    attack: () => db.prepare('UPDATE reward_reversals SET moved = 0 WHERE user_id = ?1').bind(host),
  },
  {
    name: 'a reward reversal removed',
    law: 'reversal:append-only',
    trigger: 'reward_reversals_6_no_delete',
    prepare: async () => reversedInFull(await rewarded()).run(),
    attack: () => db.prepare('DELETE FROM reward_reversals WHERE user_id = ?1').bind(host),
  },
  {
    name: 'credits of a share reward without its row',
    law: 'ledger:bad-share',
    trigger: 'entries_13_share',
    prepare: () => shared(3),
    attack: () =>
      entry({
        key: `share:${share.projectId}`,
        kind: 'share',
        delta: 1,
        balance_after: 18,
        reference: share.projectId,
      }),
  },
];

/** Triggers that book credits, with the kind of the audit's finding when the trigger is missing. */
const effects: { trigger: string; kind: string; cause: () => Promise<unknown> }[] = [
  { trigger: 'purchases_5_grant', kind: 'purchase', cause: () => onOpen("state = 'paid', state_at = 7").run() },
  { trigger: 'reversals_4_take', kind: 'reversal', cause: () => reversal().run() },
  {
    trigger: 'reversals_5_give',
    kind: 'reversal',
    cause: async () => {
      await reversal().run();
      await reversal({ seq: 2, credits: -5, moved: -5, reason: 'reinstated' }).run();
    },
  },
  ...['referrals_3_friend', 'referrals_4_host'].map((trigger) => ({
    trigger,
    kind: 'referral',
    cause: async () => {
      await referral().run();
      await reward(other);
    },
  })),
  {
    trigger: 'reversals_8_rewards',
    kind: 'rewardReversed',
    cause: async () => reversedInFull(await rewarded()).run(),
  },
  {
    trigger: 'reward_reversals_3_take',
    kind: 'rewardReversal',
    cause: async () => reversedInFull(await rewarded()).run(),
  },
  {
    trigger: 'reward_reversals_4_give',
    kind: 'rewardReversal',
    cause: async () => {
      const purchase_id = await rewarded();
      await reversedInFull(purchase_id).run();
      const back = { user_id: other, purchase_id, seq: 2, credits: -15, moved: -15, reason: 'reinstated' };
      await reversal(back).run();
    },
  },
  {
    trigger: 'share_rewards_2_grant',
    kind: 'share',
    cause: async () => {
      await shared(3);
      await shareReward().run();
    },
  },
];

describe('the laws refuse', { timeout: 60_000 }, () => {
  it.each(attacks)('a law refuses $name', async ({ law, prepare, attack }) => {
    await prepare?.();
    // Prepared reversals have no sums of Stripe's, which the audit reports; only what the attack adds counts.
    const before = await auditLedger(db);
    expect(await outcomeOf(attack)).toBe(law);
    expect(await auditLedger(db)).toEqual(before);
  });
});

describe('each law is needed', { timeout: 60_000 }, () => {
  const guarded = attacks.filter(({ trigger }) => trigger !== undefined);
  it.each(guarded)('without the law $trigger, the database accepts $name', async (attack) => {
    await attack.prepare?.();
    expect(await getsThroughWithout(attack)).toBe('got through');
  });
});

describe('each trigger that books credits is needed', { timeout: 60_000 }, () => {
  const differences = async () => (await auditLedger(db)).filter(({ kind }) => kind !== 'reversed');
  it.each(effects)('without the trigger $trigger, its effect is missing', async ({ trigger, kind, cause }) => {
    const law = await db
      .prepare('SELECT sql FROM sqlite_schema WHERE name = ?1')
      .bind(trigger)
      .first<{ sql: string }>();
    const before = JSON.stringify(await differences());
    await db.prepare(`DROP TRIGGER ${trigger}`).run();
    await cause();
    const found = (await differences()).filter((one) => !before.includes(JSON.stringify(one)));
    await db.prepare(law?.sql ?? '').run();
    expect([...new Set(found.map((one) => one.kind))]).toEqual([kind]);
  });

  it('every law of money has an attack in this file', async () => {
    const tried = [...attacks.map(({ trigger }) => trigger), ...effects.map(({ trigger }) => trigger)];
    const { found, notTried } = await lawsNotTried({ file: 'money', tried });
    expect(notTried).toEqual([]);
    expect(found).toBeGreaterThan(20);
  });
});
