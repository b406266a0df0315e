// The laws of admins and of the settings that two of them change (migrations/0013), attacked on real D1.
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { guardedKeys } from '~/settings/guarded';
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
import { clearSettings, seedAdmin, seedPerson, seedSession, seedSettings } from '~/testing/services';

const db = env.DB;
let serial = 0;
/** Two admins, a person, and a change of `signupCredits` to 9 that the first admin asks for. */
let admin = '';
let second = '';
let person = '';
let waiting = '';

const change = (values: Record<string, Value> = {}, verb = 'INSERT') => {
  const id = `chg_${++serial}`;
  const asked = { id, key: 'signupCredits', value: '9', seen_version: 0, requested_by: admin, requested_at: 5 };
  return inserting('setting_changes', { ...asked, ...values }, verb);
};
async function ask(values: Record<string, Value> = {}): Promise<string> {
  await change(values).run();
  return `chg_${serial}`;
}
const decide = (id: string, by: string, state = 'done') =>
  db
    .prepare('UPDATE setting_changes SET state = ?2, decided_by = ?3, decided_at = 6 WHERE id = ?1')
    .bind(id, state, by);
const alter = (set: string) => db.prepare(`UPDATE setting_changes SET ${set} WHERE id = ?1`).bind(waiting);
const setting = (values: Record<string, Value> = {}, verb = 'INSERT') =>
  inserting('settings', { key: 'signupCredits', value: '100', updated_at: 7, version: 1, ...values }, verb);
const appoint = (userId: string) =>
  db.prepare('INSERT INTO admins (google_sub, granted_at) VALUES (?1, 1)').bind(userId).run();
const leave = (userId: string) => db.prepare('UPDATE users SET deleted_at = 8 WHERE id = ?1').bind(userId);
const close = (userId: string) => db.prepare('UPDATE users SET closed_at = 9 WHERE id = ?1').bind(userId);
/** The first admin deletes the account, signs in again and is appointed again: that account is `second` now. */
async function returned(): Promise<void> {
  const hash = await db
    .prepare('SELECT account_hash FROM users WHERE id = ?1')
    .bind(admin)
    .first<string>('account_hash');
  await leave(admin).run();
  await close(admin).run();
  second = await seedPerson({ accountHash: hash });
  await seedSession(second);
  await appoint(second);
}

beforeEach(async () => {
  await clearSettings();
  [admin, second] = [(await seedAdmin()).adminId, (await seedAdmin()).adminId];
  person = await seedPerson();
  await seedSession(person);
  waiting = await ask();
});

const fresh = { law: 'setting:not-asked-for-by-an-admin', trigger: 'setting_changes_1_fresh' };
const decidedOnce = { law: 'setting:decided-once', trigger: 'setting_changes_4_decided' };
const needsTwo = { law: 'setting:needs-another-admin', trigger: 'setting_changes_5_second_admin' };
const written = (what: 'insert' | 'update' | 'delete') => {
  const number = { insert: 1, update: 2, delete: 3 }[what];
  return { law: 'setting:needs-another-admin', trigger: `settings_${number}_guarded` };
};

const attacks: Attack[] = [
  // Asked for.
  {
    ...fresh,
    name: 'a change that begins done',
    attack: () => change({ key: 'shareCredits', state: 'done', decided_by: second, decided_at: 6 }),
  },
  {
    ...fresh,
    name: 'a change that no admin asked for',
    attack: () => change({ key: 'shareCredits', requested_by: person }),
  },
  {
    ...fresh,
    name: 'a change put in the place of a declined one, OR REPLACE',
    prepare: () => decide(waiting, second, 'declined').run(),
    attack: () => change({ id: waiting, value: '100' }, 'INSERT OR REPLACE'),
  },
  {
    name: 'a second change of a setting while one waits',
    law: 'setting:another-change-waits',
    attack: () => change({ value: '100' }),
  },
  {
    name: 'a change put in the place of one that waits, OR REPLACE',
    law: 'setting:another-change-waits',
    trigger: 'setting_changes_2_one_waits',
    attack: () => change({ value: '100' }, 'INSERT OR REPLACE'),
  },
  {
    name: 'a change of an older version than the stored one',
    law: 'setting:newer-version',
    trigger: 'setting_changes_3_version',
    prepare: () => seedSettings({ shareCredits: 2 }),
    attack: () => change({ key: 'shareCredits' }),
  },
  { name: 'a change of a setting that is not guarded', law: 'refused', attack: () => change({ key: 'alertUrl' }) },
  {
    name: 'a change to a value that is no JSON',
    law: 'refused',
    attack: () => change({ key: 'shareCredits', value: '{' }),
  },

  // Decided.
  ...[
    "value = '100'",
    "key = 'shareCredits'",
    'seen_version = 1',
    "reason = 'other'",
    'requested_at = 1',
    "id = 'chg_x'",
  ].map(
    (set): Attack => ({ ...decidedOnce, name: `a change altered while it waits: ${set}`, attack: () => alter(set) }),
  ),
  {
    ...decidedOnce,
    name: 'a change that another admin asked for afterwards',
    attack: () => db.prepare('UPDATE setting_changes SET requested_by = ?2 WHERE id = ?1').bind(waiting, second),
  },
  {
    ...decidedOnce,
    name: 'a declined change done after all',
    prepare: () => decide(waiting, second, 'declined').run(),
    attack: () => decide(waiting, second),
  },
  { name: 'a decision without an admin', law: 'refused', attack: () => alter("state = 'declined', decided_at = 6") },
  { ...needsTwo, name: 'a change with the yes of its requester', attack: () => decide(waiting, admin) },
  { ...needsTwo, name: 'a yes by a person who is no admin', attack: () => decide(waiting, person) },
  {
    ...needsTwo,
    name: 'a yes by a former admin',
    prepare: () => db.prepare('DELETE FROM admins WHERE google_sub = ?1').bind(second).run(),
    attack: () => decide(waiting, second),
  },
  {
    ...needsTwo,
    name: 'a yes by the requester’s own later account',
    prepare: returned,
    attack: () => decide(waiting, second),
  },
  {
    ...needsTwo,
    name: 'a yes by an admin whose Google account is not known yet',
    prepare: () => appoint(person),
    attack: () => decide(waiting, person),
  },
  {
    name: 'a change removed',
    law: 'setting:append-only',
    trigger: 'setting_changes_8_no_delete',
    attack: () => db.prepare('DELETE FROM setting_changes WHERE id = ?1').bind(waiting),
  },

  // The settings themselves.
  { ...written('insert'), name: 'a guarded setting written by one hand', attack: () => setting() },
  {
    ...written('insert'),
    name: 'a guarded setting in the place of the stored one, OR REPLACE',
    prepare: () => decide(waiting, second).run(),
    attack: () => setting({}, 'INSERT OR REPLACE'),
  },
  {
    ...written('update'),
    name: 'a guarded setting changed by one hand',
    prepare: () => decide(waiting, second).run(),
    attack: () => db.prepare("UPDATE settings SET value = '100', version = 2 WHERE key = 'signupCredits'"),
  },
  {
    ...written('update'),
    name: 'a guarded setting changed back to an earlier value that two had agreed on',
    prepare: async () => {
      await decide(waiting, second).run();
      await decide(await ask({ value: '2', seen_version: 1 }), second).run();
    },
    attack: () => db.prepare("UPDATE settings SET value = '9', version = 1 WHERE key = 'signupCredits'"),
  },
  {
    ...written('update'),
    name: 'another setting renamed to a guarded one',
    prepare: () => seedSettings({ deadlineMinutes: 100 }),
    attack: () => db.prepare("UPDATE settings SET key = 'shareCredits' WHERE key = 'deadlineMinutes'"),
  },
  {
    ...written('delete'),
    name: 'a guarded setting set back to its default by one hand',
    prepare: () => decide(waiting, second).run(),
    attack: () => db.prepare("DELETE FROM settings WHERE key = 'signupCredits'"),
  },
  {
    name: 'a guarded setting taken off the list',
    law: 'setting:guards-are-law',
    trigger: 'guarded_settings_2_no_delete',
    areKeysBehind: true,
    attack: () => db.prepare("DELETE FROM guarded_settings WHERE key = 'signupCredits'"),
  },
  {
    name: 'a guarded setting renamed on the list',
    law: 'setting:guards-are-law',
    trigger: 'guarded_settings_1_no_update',
    areKeysBehind: true,
    attack: () => db.prepare("UPDATE guarded_settings SET key = 'other' WHERE key = 'signupCredits'"),
  },

  // The role belongs to a Google account, and a profile names one for good.
  {
    name: 'a profile turned to an admin’s Google account',
    law: 'person:immutable-column',
    trigger: 'profiles_2_frozen',
    prepare: async () => {
      const gone = await seedPerson();
      await appoint(`sub-${gone}`);
      second = `sub-${gone}`;
    },
    attack: () => db.prepare('UPDATE profiles SET google_sub = ?2 WHERE user_id = ?1').bind(person, second),
  },
  {
    name: 'a profile put in the place of an admin’s, OR REPLACE',
    law: 'person:exists',
    trigger: 'profiles_1_fresh',
    prepare: async () => {
      person = await seedPerson();
    },
    attack: () =>
      inserting(
        'profiles',
        { user_id: person, google_sub: admin, email: 'a@example.com', name: 'A', updated_at: 1 },
        'INSERT OR REPLACE',
      ),
  },
  {
    name: 'a profile removed while its person stays, so that the role would stay too',
    law: 'person:not-deleted',
    trigger: 'profiles_3_stays',
    attack: () => db.prepare('DELETE FROM profiles WHERE user_id = ?1').bind(admin),
  },
  {
    name: 'a profile removed while its person can still take the deletion back',
    law: 'person:not-deleted',
    trigger: 'profiles_3_stays',
    prepare: () => leave(person).run(),
    attack: () => db.prepare('DELETE FROM profiles WHERE user_id = ?1').bind(person),
  },
  {
    name: 'a profile given to a closed account',
    law: 'person:closed',
    trigger: 'profiles_4_open',
    prepare: async () => {
      await leave(person).run();
      await close(person).run();
    },
    attack: () =>
      inserting('profiles', { user_id: person, google_sub: 'new', email: 'a@example.com', name: 'A', updated_at: 1 }),
  },
  {
    name: 'the role given to an account that is being deleted',
    law: 'person:account-deleted',
    trigger: 'admins_3_living',
    prepare: () => leave(person).run(),
    attack: () => inserting('admins', { google_sub: person, granted_at: 1 }),
  },
];

describe('the laws refuse', { timeout: 60_000 }, () => {
  it.each(attacks)('a law refuses $name', async ({ law, prepare, attack }) => {
    await prepare?.();
    expect(await outcomeOf(attack)).toBe(law);
  });
});

describe('each law is needed: without it succeeds', { timeout: 60_000 }, () => {
  it.each(attacks.filter(({ trigger }) => trigger !== undefined))(
    'without the law $trigger, the database accepts $name',
    async (attack) => {
      await attack.prepare?.();
      expect(await getsThroughWithout(attack)).toBe('got through');
    },
  );
});

const stored = (value: string, version: number) => ({
  sql: `SELECT count(*) FROM settings WHERE key = 'signupCredits' AND value = ?1 AND version = ?2 AND updated_by = ?3
    AND updated_at = 6`,
  params: [value, version, admin],
});
let next = '';
const effects: (TriggerEffect & { name: string; prepare?: () => Promise<unknown> })[] = [
  {
    name: 'the first change of a setting writes it',
    trigger: 'setting_changes_6_first',
    cause: () => [decide(waiting, second)],
    effect: () => stored('9', 1),
  },
  {
    name: 'a further change of a setting writes it',
    trigger: 'setting_changes_7_further',
    prepare: async () => {
      await decide(waiting, second).run();
      next = await ask({ value: '3', seen_version: 1 });
    },
    cause: () => [decide(next, second)],
    effect: () => stored('3', 2),
  },
  {
    name: 'an admin who deletes the account is no admin any more',
    trigger: 'admins_2_left',
    cause: () => [leave(admin)],
    effect: () => ({ sql: 'SELECT NOT EXISTS (SELECT 1 FROM admins WHERE google_sub = ?1)', params: [admin] }),
  },
  {
    name: 'the audit log says that the role ended with the account',
    trigger: 'admins_1_leaving',
    cause: () => [leave(admin)],
    effect: () => ({
      sql: "SELECT count(*) FROM admin_acts WHERE user_id = ?1 AND what = 'admin-revoked' AND at = 8",
      params: [admin],
    }),
  },
];

describe('what the schema does by itself', () => {
  it.each(effects)('by trigger: $name', async ({ prepare, ...one }) => {
    await prepare?.();
    expect([await hasEffect(one, { without: false }), await hasEffect(one, { without: true })]).toEqual([true, false]);
  });

  it('the guarded settings of the schema are those of the settings', async () => {
    const { results } = await db.prepare('SELECT key FROM guarded_settings').all<{ key: string }>();
    expect(results.map(({ key }) => key).sort()).toEqual([...guardedKeys].sort());
  });

  it('every law of admins and of guarded settings has an attack in this file', async () => {
    const tried = [...attacks.map(({ trigger }) => trigger), ...effects.map(({ trigger }) => trigger)];
    expect(await lawsNotTried({ file: 'admins', tried })).toEqual({ found: 20, notTried: [] });
  });
});
