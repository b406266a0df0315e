// The laws of adjustments and of the audit log (migrations/0007, parts 1 and 2), attacked on real D1: every forbidden
// statement is refused, every law is needed, and the effect of each trigger is missing without it.
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { settingsSchema } from '~/settings/settings';
import { type Attack, getsThroughWithout, inserting, lawsNotTried, outcomeOf, type Value } from '~/testing/attacks';
import { skipLedgerAudit } from '~/testing/audit';
import { clearSettings, seedAdmin, seedPerson, seedSession, seedSettings } from '~/testing/services';
import { auditLedger } from './audit.server';

skipLedgerAudit('a test drops the trigger that books adjustments');

const db = env.DB;
let serial = 0;
/** The person under attack, with five credits; two admins; and a waiting adjustment of five credits. */
let one = '';
let admin = '';
let second = '';
let waiting = '';

const adjustment = (values: Record<string, Value> = {}, verb = 'INSERT') => {
  const id = `adj_${++serial}`;
  return inserting(
    'adjustments',
    {
      ...{ id, user_id: one, request_key: `request-${id}`, credits: 5, reason: 'For the trouble', state: 'waiting' },
      ...{ requested_by: admin, requested_at: 5, ...values },
    },
    verb,
  );
};
async function ask(values: Record<string, Value> = {}): Promise<string> {
  await adjustment(values).run();
  return `adj_${serial}`;
}
/** The first admin deletes the account, signs in again and is appointed again: that account is `second` now. */
async function returned(): Promise<void> {
  const hash = await db
    .prepare('SELECT account_hash FROM users WHERE id = ?1')
    .bind(admin)
    .first<string>('account_hash');
  await db.prepare('UPDATE users SET deleted_at = 5 WHERE id = ?1').bind(admin).run();
  await db.prepare('UPDATE users SET closed_at = 5 WHERE id = ?1').bind(admin).run();
  second = await seedPerson({ accountHash: hash });
  await seedSession(second);
  await db.prepare('INSERT INTO admins (google_sub, granted_at) VALUES (?1, 1)').bind(second).run();
}
const change = (id: string, set: string) => db.prepare(`UPDATE adjustments SET ${set} WHERE id = ?1`).bind(id);
const decide = (id: string, by: string, state = 'done') =>
  db.prepare('UPDATE adjustments SET state = ?2, decided_by = ?3, decided_at = 6 WHERE id = ?1').bind(id, state, by);
const entry = (values: Record<string, Value>) =>
  inserting('credit_entries', {
    ...{ key: `x:${++serial}`, user_id: one, seq: 2, delta: 5, balance_after: 10, kind: 'adjustment', reference: 'x' },
    ...{ created_at: 8, ...values },
  });
const act = (values: Record<string, Value> = {}, verb = 'INSERT') =>
  inserting('admin_acts', { id: 1_000_000 + ++serial, at: 5, what: 'suspended', subject: one, ...values }, verb);

beforeEach(async () => {
  await clearSettings();
  one = await seedPerson({ credits: 5 });
  admin = (await seedAdmin()).adminId;
  second = (await seedAdmin()).adminId;
  waiting = await ask();
});

const attacks: Attack[] = [
  // A new adjustment.
  {
    name: 'an adjustment that begins done',
    law: 'adjustment:not-asked-for-by-an-admin',
    trigger: 'adjustments_1_fresh',
    attack: () => adjustment({ state: 'done', decided_by: admin, decided_at: 6 }),
  },
  {
    name: 'an adjustment that no admin requested',
    law: 'adjustment:not-asked-for-by-an-admin',
    trigger: 'adjustments_1_fresh',
    attack: () => adjustment({ requested_by: one }),
  },
  {
    name: 'an adjustment by a former admin',
    law: 'adjustment:not-asked-for-by-an-admin',
    trigger: 'adjustments_1_fresh',
    prepare: () => db.prepare('DELETE FROM admins WHERE google_sub = ?1').bind(admin).run(),
    attack: () => adjustment(),
  },
  {
    name: 'an adjustment put in the place of one that is done, OR REPLACE',
    law: 'adjustment:not-asked-for-by-an-admin',
    trigger: 'adjustments_1_fresh',
    prepare: () => decide(waiting, second).run(),
    attack: () => adjustment({ id: waiting, credits: 9 }, 'INSERT OR REPLACE'),
  },
  {
    name: 'a second adjustment under one request key, OR REPLACE',
    law: 'adjustment:not-asked-for-by-an-admin',
    trigger: 'adjustments_1_fresh',
    attack: () => adjustment({ request_key: `request-${waiting}` }, 'INSERT OR REPLACE'),
  },
  {
    name: 'a second adjustment under one request key',
    law: 'adjustment:not-asked-for-by-an-admin',
    attack: () => adjustment({ request_key: `request-${waiting}` }),
  },
  { name: 'an adjustment of zero credits', law: 'refused', attack: () => adjustment({ credits: 0 }) },
  { name: 'an adjustment of more than 10,000 credits', law: 'refused', attack: () => adjustment({ credits: 10_001 }) },
  { name: 'an adjustment without a reason', law: 'refused', attack: () => adjustment({ reason: '' }) },
  { name: 'an adjustment for an unknown person', law: 'refused', attack: () => adjustment({ user_id: 'usr_nobody' }) },

  // Its decision.
  ...[
    'credits = 6',
    "reason = 'Another one'",
    'requested_at = 1',
    "request_key = 'another-one'",
    "id = 'adj_other'",
  ].map(
    (set): Attack => ({
      name: `an adjustment changed while it waits: ${set}`,
      law: 'adjustment:decided-once',
      trigger: 'adjustments_2_decided',
      attack: () => change(waiting, set),
    }),
  ),
  {
    name: 'an adjustment moved to another person',
    law: 'adjustment:decided-once',
    trigger: 'adjustments_2_decided',
    attack: () => db.prepare('UPDATE adjustments SET user_id = ?2 WHERE id = ?1').bind(waiting, admin),
  },
  {
    name: 'an adjustment with another requester',
    law: 'adjustment:decided-once',
    trigger: 'adjustments_2_decided',
    attack: () => db.prepare('UPDATE adjustments SET requested_by = ?2 WHERE id = ?1').bind(waiting, second),
  },
  {
    name: 'a done adjustment done again',
    law: 'adjustment:decided-once',
    trigger: 'adjustments_2_decided',
    prepare: () => decide(waiting, second).run(),
    attack: () => decide(waiting, admin),
  },
  {
    name: 'a done adjustment that waits again',
    law: 'adjustment:decided-once',
    trigger: 'adjustments_2_decided',
    prepare: () => decide(waiting, second).run(),
    attack: () => change(waiting, "state = 'waiting', decided_by = NULL, decided_at = NULL"),
  },
  {
    name: 'a declined adjustment done after all',
    law: 'adjustment:decided-once',
    trigger: 'adjustments_2_decided',
    prepare: () => decide(waiting, second, 'declined').run(),
    attack: () => decide(waiting, second),
  },
  {
    name: 'a decision without an admin',
    law: 'refused',
    attack: () => change(waiting, "state = 'declined', decided_at = 6"),
  },

  // The consent of a second admin.
  {
    name: 'a large adjustment with the approval of its requester',
    law: 'adjustment:needs-another-admin',
    trigger: 'adjustments_3_second_admin',
    prepare: async () => {
      waiting = await ask({ credits: 21 });
    },
    attack: () => decide(waiting, admin),
  },
  {
    name: 'a large adjustment taken with the approval of its requester',
    law: 'adjustment:needs-another-admin',
    trigger: 'adjustments_3_second_admin',
    prepare: async () => {
      await entry({ delta: 100, balance_after: 105 }).run();
      waiting = await ask({ credits: -21 });
    },
    attack: () => decide(waiting, admin),
  },
  {
    name: 'a small adjustment above a lower limit',
    law: 'adjustment:needs-another-admin',
    trigger: 'adjustments_3_second_admin',
    prepare: () => seedSettings({ secondAdminAbove: 4 }),
    attack: () => decide(waiting, admin),
  },
  {
    name: 'a small adjustment of the day’s limit and one more',
    law: 'adjustment:needs-another-admin',
    trigger: 'adjustments_3_second_admin',
    prepare: async () => {
      await decide(await ask({ credits: 16 }), admin).run();
    },
    attack: () => decide(waiting, admin),
  },
  {
    name: 'credits taken beside those given, past the day’s limit',
    law: 'adjustment:needs-another-admin',
    trigger: 'adjustments_3_second_admin',
    prepare: async () => {
      await decide(await ask({ credits: 16 }), admin).run();
      waiting = await ask({ credits: -5 });
    },
    attack: () => decide(waiting, admin),
  },
  {
    name: 'an adjustment of one credit to oneself',
    law: 'adjustment:needs-another-admin',
    trigger: 'adjustments_3_second_admin',
    prepare: async () => {
      waiting = await ask({ user_id: admin, credits: 1 });
    },
    attack: () => decide(waiting, admin),
  },
  {
    name: 'a yes by the requester’s own later account',
    law: 'adjustment:needs-another-admin',
    trigger: 'adjustments_3_second_admin',
    prepare: async () => {
      waiting = await ask({ credits: 21 });
      await returned();
    },
    attack: () => decide(waiting, second),
  },
  {
    name: 'a day’s limit used again by the requester’s own later account',
    law: 'adjustment:needs-another-admin',
    trigger: 'adjustments_3_second_admin',
    prepare: async () => {
      await decide(await ask({ credits: 16 }), admin).run();
      await returned();
      waiting = await ask({ requested_by: second });
    },
    attack: () => decide(waiting, second),
  },
  {
    name: 'a yes by an admin whose Google account is not known yet',
    law: 'adjustment:needs-another-admin',
    trigger: 'adjustments_3_second_admin',
    prepare: async () => {
      waiting = await ask({ credits: 21 });
      second = await seedPerson();
      await seedSession(second);
      await db.prepare('INSERT INTO admins (google_sub, granted_at) VALUES (?1, 1)').bind(second).run();
    },
    attack: () => decide(waiting, second),
  },
  {
    name: 'an approval by a person who is no admin',
    law: 'adjustment:needs-another-admin',
    trigger: 'adjustments_3_second_admin',
    attack: () => decide(waiting, one),
  },
  {
    name: 'an approval by a former admin',
    law: 'adjustment:needs-another-admin',
    trigger: 'adjustments_3_second_admin',
    prepare: () => db.prepare('DELETE FROM admins WHERE google_sub = ?1').bind(second).run(),
    attack: () => decide(waiting, second),
  },
  {
    name: 'an adjustment that takes more than the balance',
    law: 'ledger:overdraft',
    prepare: async () => {
      waiting = await ask({ credits: -6 });
    },
    attack: () => decide(waiting, second),
  },
  {
    name: 'an adjustment removed',
    law: 'adjustment:append-only',
    trigger: 'adjustments_5_no_delete',
    attack: () => db.prepare('DELETE FROM adjustments WHERE id = ?1').bind(waiting),
  },

  // The ledger.
  {
    name: 'credits without an adjustment',
    law: 'ledger:bad-adjustment',
    trigger: 'entries_15_adjustment',
    attack: () => entry({ key: 'adjustment:adj_none', reference: 'adj_none' }),
  },
  {
    name: 'credits for an adjustment that waits',
    law: 'ledger:bad-adjustment',
    trigger: 'entries_15_adjustment',
    attack: () => entry({ key: `adjustment:${waiting}`, reference: waiting }),
  },
  {
    name: 'credits under the name of another adjustment',
    law: 'ledger:bad-adjustment',
    trigger: 'entries_15_adjustment',
    prepare: () => decide(waiting, second).run(),
    attack: () => entry({ key: `adjustment:${waiting}x`, seq: 3, balance_after: 15, reference: waiting }),
  },
  {
    name: 'an adjustment booked a second time',
    law: 'ledger:duplicate',
    prepare: () => decide(waiting, second).run(),
    attack: () => entry({ key: `adjustment:${waiting}`, seq: 3, balance_after: 15, reference: waiting }),
  },

  // The audit log.
  {
    name: 'an audit entry rewritten',
    law: 'desk:append-only',
    trigger: 'admin_acts_1_no_update',
    prepare: () => act().run(),
    attack: () => db.prepare("UPDATE admin_acts SET reason = 'Another one' WHERE subject = ?1").bind(one),
  },
  {
    name: 'an audit entry removed',
    law: 'desk:append-only',
    trigger: 'admin_acts_2_no_delete',
    prepare: () => act().run(),
    attack: () => db.prepare('DELETE FROM admin_acts WHERE subject = ?1').bind(one),
  },
  {
    name: 'an audit entry put in the place of another, OR REPLACE',
    law: 'desk:append-only',
    trigger: 'admin_acts_3_fresh',
    prepare: () => act({ id: serial + 2_000_000 }).run(),
    attack: () => act({ id: serial + 2_000_000 - 1, what: 'lifted' }, 'INSERT OR REPLACE'),
  },
];

describe('the laws refuse', { timeout: 60_000 }, () => {
  it.each(attacks)('a law refuses $name', async ({ law, prepare, attack }) => {
    await prepare?.();
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

describe('an adjustment', { timeout: 60_000 }, () => {
  it('the law of adjustments has the default limit of the settings', async () => {
    const law = await db
      .prepare("SELECT sql FROM sqlite_schema WHERE name = 'adjustments_3_second_admin'")
      .first<string>('sql');
    const inLaw = /'secondAdminAbove'\), (\d+)\)/.exec(law ?? '')?.[1];
    expect(Number(inLaw)).toBe(settingsSchema.entries.secondAdminAbove.default);
  });

  it('an adjustment is booked by a trigger, and the audit finds its absence', async () => {
    const law = await db
      .prepare("SELECT sql FROM sqlite_schema WHERE name = 'adjustments_4_book'")
      .first<string>('sql');
    await db.prepare('DROP TRIGGER adjustments_4_book').run();
    await decide(waiting, second).run();
    const found = (await auditLedger(db)).filter(({ subject }) => subject === waiting);
    await db.prepare(law ?? '').run();
    expect(found).toEqual([{ kind: 'adjustment', subject: waiting }]);
  });

  it('every law of adjustments has an attack in this file', async () => {
    const tried = [...attacks.map(({ trigger }) => trigger), 'adjustments_4_book'];
    expect(await lawsNotTried({ file: 'adjustments', tried })).toEqual({ found: 9, notTried: [] });
  });
});
