// The laws of people, attacked on real D1: a person stays, under the account hash that their limits are counted by; and the
// limits that the schema keeps over all accounts of one Google account.
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { auditLedger } from '~/credits/audit.server';
import { settingsSchema } from '~/settings/settings';
import { type Attack, getsThroughWithout, hasEffect, inserting, lawsNotTried, outcomeOf } from '~/testing/attacks';
import { clearSettings, seedPerson, seedProject, seedSession, seedSettings, testServices } from '~/testing/services';

const db = env.DB;
/** A living person, an earlier one, closed, of the same Google account, and a person whose account hash is not known yet. */
let living = '';
let deleted = '';
let unknown = '';
let hash = '';
let serial = 0;

beforeEach(async () => {
  await clearSettings();
  serial += 1;
  hash = `hash-of-${serial}`;
  deleted = await seedPerson({ accountHash: hash });
  await db.prepare('UPDATE users SET deleted_at = 5 WHERE id = ?1').bind(deleted).run();
  await db.prepare('UPDATE users SET closed_at = 6 WHERE id = ?1').bind(deleted).run();
  living = await seedPerson({ accountHash: hash });
  unknown = await seedPerson();
});

const onLiving = (set: string) => db.prepare(`UPDATE users SET ${set} WHERE id = ?1`).bind(living);
const person = (values: Record<string, string | number | null>, verb = 'INSERT') =>
  inserting('users', { id: `usr_new_${serial}`, created_at: 9, ...values }, verb);

const run = (sql: string, ...values: (string | number)[]) =>
  db
    .prepare(sql)
    .bind(...values)
    .run();
let film = { projectId: '', clipIds: [''] };
/** The deleted person kept so many bytes of photos. */
const kept = async (sizeBytes: number) => {
  await seedProject({ userId: deleted, photo: { sizeBytes } });
  film = await seedProject({ userId: living });
};
const upload = (length: number, name = 'new') =>
  inserting('uploads', {
    ...{ id: `pho_${name}_${serial}`, user_id: living, project_id: film.projectId, request_key: `request-${name}` },
    ...{ file_name: 'a.jpg', length_bytes: length, created_at: 9, expires_at: 99 },
  });
const generation = (id: string, userId: string, clipId: string) =>
  inserting('generations', {
    ...{ id, user_id: userId, clip_id: clipId, request_key: `request-${id}`, cost: 1, state_at: 9, deadline_at: 99 },
    ...{ provider: 'p', model: 'm', preset_id: 'gentle', words: '', prompt: 'x', shape: '9:16', duration_seconds: 5 },
    ...{ frame_x: 0.5, frame_y: 0.5, frame_zoom: 1, created_at: 9 },
  });
/** Providers have declined three pictures of the person, two of them in their earlier account. */
const declined = async () => {
  film = await seedProject({ userId: living, clipCount: 2 });
  const before = await seedProject({ userId: deleted, clipCount: 2 });
  const of = { [deleted]: before.clipIds, [living]: film.clipIds.slice(1) };
  for (const [userId, clipIds] of Object.entries(of))
    for (const clipId of clipIds) {
      const key = `adjustment:${clipId}`;
      await testServices().credits.ledger.grant({ key, userId, credits: 2, kind: 'adjustment', reference: 'test' });
      await generation(`gen_${clipId}`, userId, clipId).run();
      await run("UPDATE generations SET state = 'failed', failure_reason = 'moderated' WHERE id = ?1", `gen_${clipId}`);
    }
};

const attacks: Attack[] = [
  {
    name: 'a photo beyond the room of all accounts together',
    law: 'upload:storage-full',
    trigger: 'uploads_1_storage',
    prepare: () => kept(1_999_000_000),
    attack: () => upload(1_000_000),
  },
  {
    name: 'a photo beside one that is on its way',
    law: 'upload:storage-full',
    trigger: 'uploads_1_storage',
    prepare: async () => {
      await kept(1_990_000_000);
      await upload(9_500_000, 'on-its-way').run();
    },
    attack: () => upload(500_000),
  },
  {
    name: 'a small photo, which counts as 100 kB',
    law: 'upload:storage-full',
    trigger: 'uploads_1_storage',
    prepare: () => kept(1_999_850_000),
    attack: () => upload(1),
  },
  {
    name: 'a generation after too many declined pictures, most of them in the earlier account',
    law: 'generation:too-many-refused',
    trigger: 'generations_11_moderated',
    prepare: declined,
    attack: () => generation(`gen_new_${serial}`, living, film.clipIds[0] ?? ''),
  },
  {
    name: 'a photo begun while Echoes takes nothing new',
    law: 'upload:maintenance',
    trigger: 'uploads_5_maintenance',
    prepare: async () => {
      await kept(1);
      await seedSettings({ maintenance: 'Back at noon.' });
    },
    attack: () => upload(1_000),
  },
  {
    name: 'a generation begun while Echoes takes nothing new',
    law: 'generation:maintenance',
    trigger: 'generations_32_maintenance',
    prepare: async () => {
      film = await seedProject({ userId: living });
      const key = `adjustment:${living}`;
      await testServices().credits.ledger.grant({
        key,
        userId: living,
        credits: 2,
        kind: 'adjustment',
        reference: 'test',
      });
      await seedSettings({ maintenance: 'Back at noon.' });
    },
    attack: () => generation(`gen_new_${serial}`, living, film.clipIds[0] ?? ''),
  },
  {
    name: 'a person put in the place of another, OR REPLACE',
    law: 'person:exists',
    trigger: 'users_1_fresh',
    attack: () => person({ id: living }, 'INSERT OR REPLACE'),
  },
  {
    name: 'a person put in the place of another under its own account hash, OR REPLACE',
    law: 'person:account-taken',
    attack: () => person({ id: living, account_hash: hash }, 'INSERT OR REPLACE'),
  },
  {
    name: 'a person given another id',
    law: 'person:immutable-column',
    trigger: 'users_3_frozen',
    areKeysBehind: true,
    attack: () => onLiving("id = 'usr_other'"),
  },
  {
    name: 'a person who came at another time',
    law: 'person:immutable-column',
    trigger: 'users_3_frozen',
    attack: () => onLiving('created_at = 7'),
  },
  {
    name: 'an account hash exchanged for a fresh one',
    law: 'person:immutable-column',
    trigger: 'users_3_frozen',
    attack: () => onLiving("account_hash = 'fresh'"),
  },
  {
    name: 'an account hash forgotten',
    law: 'person:immutable-column',
    trigger: 'users_3_frozen',
    attack: () => onLiving('account_hash = NULL'),
  },
  {
    name: 'the account hash of a deleted person exchanged',
    law: 'person:immutable-column',
    trigger: 'users_3_frozen',
    attack: () => db.prepare("UPDATE users SET account_hash = 'fresh' WHERE id = ?1").bind(deleted),
  },
  {
    name: 'a person removed',
    law: 'person:append-only',
    trigger: 'users_4_no_delete',
    areKeysBehind: true,
    attack: () => db.prepare('DELETE FROM users WHERE id = ?1').bind(living),
  },
  {
    name: 'a second living person of one Google account',
    law: 'person:account-taken',
    attack: () => person({ account_hash: hash }),
  },
  {
    name: 'a second living person of one Google account, OR REPLACE',
    law: 'person:account-taken',
    trigger: 'users_5_one_living',
    areKeysBehind: true,
    attack: () => person({ account_hash: hash }, 'INSERT OR REPLACE'),
  },
  {
    name: 'a living person moved onto the account hash of another, OR REPLACE',
    law: 'person:account-taken',
    trigger: 'users_6_one_living',
    behind: ['users_3_frozen'],
    areKeysBehind: true,
    attack: () => db.prepare('UPDATE OR REPLACE users SET account_hash = ?2 WHERE id = ?1').bind(unknown, hash),
  },
  {
    name: 'a second person beside one whose account is being deleted, OR REPLACE',
    law: 'person:account-taken',
    trigger: 'users_5_one_living',
    areKeysBehind: true,
    prepare: () => run('UPDATE users SET deleted_at = 7 WHERE id = ?1', living),
    attack: () => person({ account_hash: hash }, 'INSERT OR REPLACE'),
  },
  {
    name: 'a closed account opened again where no other took its place',
    law: 'person:closed',
    trigger: 'users_8_closed',
    prepare: async () => {
      await run('UPDATE users SET deleted_at = 7 WHERE id = ?1', unknown);
      await run('UPDATE users SET closed_at = 8 WHERE id = ?1', unknown);
    },
    attack: () => db.prepare('UPDATE users SET closed_at = NULL, deleted_at = NULL WHERE id = ?1').bind(unknown),
  },
  {
    name: 'the deletion of a closed account asked for at another time',
    law: 'person:closed',
    trigger: 'users_8_closed',
    attack: () => db.prepare('UPDATE users SET deleted_at = 4 WHERE id = ?1').bind(deleted),
  },
  {
    name: 'an account closed whose deletion nobody asked for',
    law: 'person:closed',
    trigger: 'users_8_closed',
    attack: () => onLiving('deleted_at = 7, closed_at = 7'),
  },
  {
    name: 'an account closed before its deletion was asked for',
    law: 'person:closed',
    trigger: 'users_8_closed',
    prepare: () => run('UPDATE users SET deleted_at = 9 WHERE id = ?1', living),
    attack: () => onLiving('closed_at = 8'),
  },
  {
    name: 'the account hash of another living person',
    law: 'person:account-taken',
    attack: () => db.prepare('UPDATE users SET account_hash = ?2 WHERE id = ?1').bind(unknown, hash),
  },
];

describe('the laws of people refuse', () => {
  it.each(attacks)('a law refuses $name', async ({ law, prepare, attack }) => {
    await prepare?.();
    expect(await outcomeOf(attack)).toBe(law);
    expect(await auditLedger(db)).toEqual([]);
  });

  it('a person from before the account hash was kept gets it once', async () => {
    const setHash = (value: string) =>
      db.prepare('UPDATE users SET account_hash = ?2 WHERE id = ?1').bind(unknown, value);
    expect(await outcomeOf(() => setHash(`late-${serial}`))).toBe('done');
    expect(await outcomeOf(() => setHash(`later-${serial}`))).toBe('person:immutable-column');
  });
});

describe('each law of people is needed', () => {
  const guarded = attacks.filter(({ trigger }) => trigger !== undefined);
  it.each(guarded)('without the law $trigger, the database accepts $name', async (attack) => {
    await attack.prepare?.();
    expect(await getsThroughWithout(attack)).toBe('got through');
  });

  it('without the trigger users_2_account, a person has no account hash', async () => {
    const effect = {
      trigger: 'users_2_account',
      cause: () => [person({})],
      effect: () => ({ sql: 'SELECT account_hash = id FROM users WHERE id = ?1', params: [`usr_new_${serial}`] }),
    };
    expect(await hasEffect(effect, { without: false })).toBe(true);
    expect(await hasEffect(effect, { without: true })).toBe(false);
  });

  it.each([
    ['users_9_sessions_go', 'sessions'],
    ['users_10_profile_goes', 'profiles'],
  ])('without the trigger %s, a closed account keeps its row in %s', async (trigger, table) => {
    await seedSession(living);
    const effect = {
      trigger,
      cause: () => [onLiving('deleted_at = 7'), onLiving('closed_at = 8')],
      effect: () => ({ sql: `NOT EXISTS (SELECT 1 FROM ${table} WHERE user_id = ?1)`, params: [living] }),
    };
    expect(await hasEffect(effect, { without: false })).toBe(true);
    expect(await hasEffect(effect, { without: true })).toBe(false);
  });

  it('the laws and the settings have the same defaults', async () => {
    const { results } = await db
      .prepare("SELECT sql FROM sqlite_schema WHERE name IN ('uploads_1_storage', 'generations_11_moderated')")
      .all<{ sql: string }>();
    const laws = results.map(({ sql }) => sql).join('\n');
    for (const key of ['storageMegabytes', 'mostRefusalsPerDay'] as const) {
      const inLaw = new RegExp(`'${key}'\\), (\\d+)\\)`).exec(laws)?.[1];
      expect(Number(inLaw)).toBe(settingsSchema.entries[key].default);
    }
  });

  it('every law of people has an attack in this file', async () => {
    const effects = ['users_2_account', 'users_9_sessions_go', 'users_10_profile_goes'];
    const tried = [...attacks.map(({ trigger }) => trigger), ...effects];
    const { found, notTried } = await lawsNotTried({ file: 'people', tried });
    expect(notTried).toEqual([]);
    expect(found).toBeGreaterThan(5);
  });
});
