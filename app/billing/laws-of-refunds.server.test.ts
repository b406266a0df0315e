// The laws of refund requests (migrations/0027_desk_refunds.sql, 0032_failed_refunds.sql), attacked on real D1: every forbidden statement is refused,
// and every law is needed.
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { settingsSchema } from '~/settings/settings';
import { type Attack, getsThroughWithout, inserting, lawsNotTried, outcomeOf, type Value } from '~/testing/attacks';
import { skipLedgerAudit } from '~/testing/audit';
import { clearSettings, seedAdmin, seedPerson, seedSession, seedSettings } from '~/testing/services';

skipLedgerAudit('purchases are refunded here without their reversals');

const db = env.DB;
let serial = 0;
/** The person with a paid purchase of 20 credits for 10.00; two admins; and a waiting request for 2.50, which takes 5. */
let one = '';
let admin = '';
let second = '';
let purchase = '';
let waiting = '';

async function buy(userId: string, { paid = true } = {}): Promise<string> {
  const id = `pur_refunds_${++serial}`;
  const sold = { pack_id: 'film', credits: 20, amount: 1000, currency: 'eur', return_to: '/' };
  await inserting('purchases', {
    ...{ id, user_id: userId, request_key: `request-${id}`, ...sold, state_at: 1, created_at: 1 },
    ...{ checkout_session_id: `cs_${id}` },
  }).run();
  const pay = "UPDATE purchases SET state = 'paid', state_at = 2, payment_intent_id = ?2 WHERE id = ?1";
  if (paid) await db.prepare(pay).bind(id, `pi_${id}`).run();
  return id;
}
const request = (values: Record<string, Value> = {}, verb = 'INSERT') => {
  const id = `rfd_${++serial}`;
  return inserting(
    'refund_requests',
    {
      ...{ id, user_id: one, purchase_id: purchase, request_key: `request-${id}`, amount: 250, credits: 5 },
      ...{ reason: 'A fault of ours', state: 'waiting', requested_by: admin, requested_at: 5, ...values },
    },
    verb,
  );
};
async function ask(values: Record<string, Value> = {}): Promise<string> {
  await request(values).run();
  return `rfd_${serial}`;
}
const change = (id: string, set: string) => db.prepare(`UPDATE refund_requests SET ${set} WHERE id = ?1`).bind(id);
const decide = (id: string, by: string, state = 'asked') =>
  db
    .prepare('UPDATE refund_requests SET state = ?2, decided_by = ?3, decided_at = 6 WHERE id = ?1')
    .bind(id, state, by);
const done = "state = 'done', refund_id = 're_1', ended_at = 7";
const refunded = (amount: number) =>
  db.prepare('UPDATE purchases SET refunded_amount = ?2 WHERE id = ?1').bind(purchase, amount).run();
/** A request for all of a new purchase, which takes 20 credits. */
async function askForAll(userId = one): Promise<void> {
  purchase = await buy(userId);
  waiting = await ask({ user_id: userId, purchase_id: purchase, amount: 1000, credits: 20 });
}

beforeEach(async () => {
  await clearSettings();
  one = await seedPerson();
  admin = (await seedAdmin()).adminId;
  second = (await seedAdmin()).adminId;
  purchase = await buy(one);
  waiting = await ask();
});

const fresh = { law: 'refund:not-asked-for-by-an-admin', trigger: 'refund_requests_1_fresh' };
const open = { law: 'refund:another-is-open', trigger: 'refund_requests_2_one_open' };
const paid = { law: 'refund:more-than-was-paid', trigger: 'refund_requests_3_paid' };
const credits = { law: 'refund:wrong-credits', trigger: 'refund_requests_4_credits' };
const steps = { law: 'refund:decided-once', trigger: 'refund_requests_5_steps' };
const another = { law: 'refund:needs-another-admin', trigger: 'refund_requests_6_second_admin' };
const toAnotherPurchase = async () => {
  purchase = await buy(one);
};

const attacks: Attack[] = [
  {
    name: 'a request that begins asked',
    ...fresh,
    prepare: toAnotherPurchase,
    attack: () => request({ state: 'asked', decided_by: second, decided_at: 6 }),
  },
  { name: 'a request by a person', ...fresh, prepare: toAnotherPurchase, attack: () => request({ requested_by: one }) },
  {
    name: 'a request by a former admin',
    ...fresh,
    prepare: async () => {
      await toAnotherPurchase();
      await db.prepare('DELETE FROM admins WHERE google_sub = ?1').bind(admin).run();
    },
    attack: () => request(),
  },
  {
    name: 'a request put in the place of one that is decided, OR REPLACE',
    ...fresh,
    prepare: () => decide(waiting, second, 'declined').run(),
    attack: () => request({ id: waiting }, 'INSERT OR REPLACE'),
  },
  {
    name: 'a second request under one request key, OR REPLACE',
    ...fresh,
    prepare: toAnotherPurchase,
    attack: () => request({ request_key: `request-${waiting}` }, 'INSERT OR REPLACE'),
  },
  { name: 'a second open request of a purchase, OR REPLACE', ...open, attack: () => request({}, 'INSERT OR REPLACE') },
  { name: 'a second open request of a purchase', law: open.law, attack: () => request() },
  {
    name: 'a second request while Stripe is asked for the first, OR REPLACE',
    ...open,
    prepare: () => decide(waiting, admin).run(),
    attack: () => request({}, 'INSERT OR REPLACE'),
  },
  {
    name: 'a request for more than was paid',
    ...paid,
    prepare: toAnotherPurchase,
    attack: () => request({ amount: 1001, credits: 20 }),
  },
  {
    name: 'a request for more than is left',
    ...paid,
    prepare: async () => {
      await toAnotherPurchase();
      await refunded(800);
    },
    attack: () => request({ amount: 250, credits: 20 }),
  },
  {
    name: 'a request for a purchase that is not paid',
    ...paid,
    prepare: async () => {
      purchase = await buy(one, { paid: false });
    },
    attack: () => request(),
  },
  {
    name: 'a request that names another person than the purchase',
    law: paid.law,
    prepare: toAnotherPurchase,
    attack: () => request({ user_id: second }),
  },
  {
    name: 'a request that takes fewer credits than its share',
    ...credits,
    prepare: toAnotherPurchase,
    attack: () => request({ credits: 4 }),
  },
  {
    name: 'a request that takes more credits than its share',
    ...credits,
    prepare: toAnotherPurchase,
    attack: () => request({ amount: 299, credits: 6 }),
  },
  {
    name: 'a request of nothing',
    law: 'refused',
    prepare: toAnotherPurchase,
    attack: () => request({ amount: 0, credits: 0 }),
  },
  {
    name: 'a request without a reason',
    law: 'refused',
    prepare: toAnotherPurchase,
    attack: () => request({ reason: '' }),
  },
  ...['amount = 300', 'credits = 4', "reason = 'Another one'", 'requested_at = 1', "request_key = 'another-one'"].map(
    (set): Attack => ({
      name: `a request changed while it waits: ${set}`,
      ...steps,
      attack: () => change(waiting, set),
    }),
  ),
  {
    name: 'a request with another requester',
    ...steps,
    attack: () => db.prepare('UPDATE refund_requests SET requested_by = ?2 WHERE id = ?1').bind(waiting, second),
  },
  {
    name: 'a declined request asked for after all',
    ...steps,
    prepare: () => decide(waiting, second, 'declined').run(),
    attack: () => decide(waiting, second),
  },
  {
    name: 'a request done without a yes',
    ...steps,
    attack: () => change(waiting, `${done}, decided_by = '${second}', decided_at = 6`),
  },
  {
    name: 'a done request asked for again',
    ...steps,
    prepare: async () => {
      await decide(waiting, admin).run();
      await change(waiting, done).run();
    },
    attack: () => change(waiting, "state = 'asked', ended_at = NULL"),
  },
  ...[
    ['for another reason than its failure', "refusal = 'other'"],
    ['with another refund', "refusal = 'failed', refund_id = 're_2'"],
    ['with another admin', "refusal = 'failed', decided_at = 7"],
  ].map(
    ([name, set]): Attack => ({
      name: `a done request refused ${name}`,
      ...steps,
      prepare: async () => {
        await decide(waiting, admin).run();
        await change(waiting, done).run();
      },
      attack: () => change(waiting, `state = 'refused', ${set}`),
    }),
  ),
  {
    name: 'another admin written over the one who said yes',
    ...steps,
    prepare: () => decide(waiting, admin).run(),
    attack: () => change(waiting, `${done}, decided_by = '${second}'`),
  },
  {
    name: 'a decision without an admin',
    law: 'refused',
    attack: () => change(waiting, "state = 'declined', decided_at = 6"),
  },
  {
    name: 'a done request without a refund at Stripe',
    law: 'refused',
    prepare: () => decide(waiting, admin).run(),
    attack: () => change(waiting, "state = 'done', ended_at = 7"),
  },
  {
    name: 'a refund above the limit with the yes of its requester',
    ...another,
    prepare: async () => {
      await seedSettings({ secondAdminAbove: 19 });
      await askForAll();
    },
    attack: () => decide(waiting, admin),
  },
  {
    name: 'a refund of the day’s limit and one credit more',
    ...another,
    prepare: async () => {
      await decide(waiting, admin).run();
      await askForAll();
    },
    attack: () => decide(waiting, admin),
  },
  {
    name: 'a refund beside credits given, past the day’s limit',
    ...another,
    prepare: async () => {
      const asked = { request_key: 'request-beside', credits: 16, reason: 'For the trouble', requested_by: admin };
      await inserting('adjustments', { id: `adj_${++serial}`, user_id: one, ...asked, requested_at: 5 }).run();
      const yes = "UPDATE adjustments SET state = 'done', decided_by = ?2, decided_at = 6 WHERE id = ?1";
      await db.prepare(yes).bind(`adj_${serial}`, admin).run();
    },
    attack: () => decide(waiting, admin),
  },
  {
    name: 'credits given beside a refund, past the day’s limit',
    law: 'adjustment:needs-another-admin',
    trigger: 'adjustments_3_second_admin',
    prepare: async () => {
      await decide(waiting, admin).run();
      const asked = { request_key: 'request-beside', credits: 16, reason: 'For the trouble', requested_by: admin };
      await inserting('adjustments', { id: `adj_${++serial}`, user_id: one, ...asked, requested_at: 5 }).run();
    },
    attack: () =>
      db
        .prepare("UPDATE adjustments SET state = 'done', decided_by = ?2, decided_at = 6 WHERE id = ?1")
        .bind(`adj_${serial}`, admin),
  },
  {
    name: 'a refund of one’s own purchase',
    ...another,
    prepare: async () => {
      purchase = await buy(admin);
      waiting = await ask({ user_id: admin });
    },
    attack: () => decide(waiting, admin),
  },
  {
    name: 'a yes by the requester’s own later account',
    ...another,
    prepare: async () => {
      await seedSettings({ secondAdminAbove: 0 });
      const hash = await db
        .prepare('SELECT account_hash FROM users WHERE id = ?1')
        .bind(admin)
        .first<string>('account_hash');
      await db.prepare('UPDATE users SET deleted_at = 5 WHERE id = ?1').bind(admin).run();
      await db.prepare('UPDATE users SET closed_at = 5 WHERE id = ?1').bind(admin).run();
      second = await seedPerson({ accountHash: hash });
      await seedSession(second);
      await db.prepare('INSERT INTO admins (google_sub, granted_at) VALUES (?1, 1)').bind(second).run();
    },
    attack: () => decide(waiting, second),
  },
  { name: 'a yes by a person', ...another, attack: () => decide(waiting, one) },
  {
    name: 'a yes by a former admin',
    ...another,
    prepare: () => db.prepare('DELETE FROM admins WHERE google_sub = ?1').bind(second).run(),
    attack: () => decide(waiting, second),
  },
  {
    name: 'a yes after the money went back another way',
    law: 'refund:more-than-was-paid',
    trigger: 'refund_requests_7_left',
    prepare: () => refunded(800),
    attack: () => decide(waiting, second),
  },
  {
    name: 'a request removed',
    law: 'refund:append-only',
    trigger: 'refund_requests_8_no_delete',
    attack: () => db.prepare('DELETE FROM refund_requests WHERE id = ?1').bind(waiting),
  },
];

describe('the laws of refund requests', { timeout: 60_000 }, () => {
  it.each(attacks)('a law refuses $name', async ({ law, prepare, attack }) => {
    await prepare?.();
    expect(await outcomeOf(attack)).toBe(law);
  });

  const guarded = attacks.filter(({ trigger }) => trigger !== undefined);
  it.each(guarded)('without the law $trigger, the database accepts $name', async (attack) => {
    await attack.prepare?.();
    expect(await getsThroughWithout(attack)).toBe('got through');
  });

  it('another admin’s yes lets a refund above the limit through', async () => {
    await seedSettings({ secondAdminAbove: 0 });
    expect(await outcomeOf(() => decide(waiting, second))).toBe('done');
    expect(await outcomeOf(() => change(waiting, done))).toBe('done');
  });

  it('a done request is refused once its refund has failed', async () => {
    await decide(waiting, second).run();
    await change(waiting, done).run();
    const failed = () => change(waiting, "state = 'refused', refusal = 'failed', ended_at = 8");
    expect(await outcomeOf(failed)).toBe('done');
    expect(await outcomeOf(failed)).toBe('refund:decided-once');
  });

  it('the law of refunds has the default limit of the settings', async () => {
    const named = "SELECT sql FROM sqlite_schema WHERE name = 'refund_requests_6_second_admin'";
    const law = await db.prepare(named).first<string>('sql');
    const inLaw = /'secondAdminAbove'\), (\d+)\)/.exec(law ?? '')?.[1];
    expect(Number(inLaw)).toBe(settingsSchema.entries.secondAdminAbove.default);
  });

  it('every law of refund requests has an attack in this file', async () => {
    const tried = attacks.map(({ trigger }) => trigger);
    expect(await lawsNotTried({ file: 'refunds', tried })).toEqual({ found: 8, notTried: [] });
  });
});
