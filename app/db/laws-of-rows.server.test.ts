// The laws by which rows stay with their person and what ended stays ended (migrations/0015), attacked on real D1.
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { auditLedger } from '~/credits/audit.server';
import { type Attack, getsThroughWithout, inserting, lawsNotTried, outcomeOf, type Value } from '~/testing/attacks';
import { seedPerson, seedProject, seedSession } from '~/testing/services';

const db = env.DB;
const run = (sql: string, ...values: Value[]) =>
  db
    .prepare(sql)
    .bind(...values)
    .run();
let serial = 0;
/** The person under attack with a film of two clips, and another person with one clip. */
let one = '';
let other = '';
let film = { projectId: '', clipIds: ['', ''], photoIds: ['', ''] };
let foreignClip = '';

beforeEach(async () => {
  serial += 1;
  one = await seedPerson({ credits: 5 });
  other = await seedPerson({ credits: 5 });
  const { projectId, clipIds } = await seedProject({ userId: one, clipCount: 2 });
  const { results } = await db
    .prepare('SELECT photo_id AS id FROM clips WHERE project_id = ?1 ORDER BY id')
    .bind(projectId)
    .all<{ id: string }>();
  film = { projectId, clipIds, photoIds: results.map(({ id }) => id) };
  foreignClip = (await seedProject({ userId: other })).clipIds[0] ?? '';
});

const [first, second] = [() => film.clipIds[0] ?? '', () => film.clipIds[1] ?? ''];
const photo = () => film.photoIds[0] ?? '';
const share = () => `shr_${serial}`;
const named = (name: string) => `gen_${name}_${serial}`;

/** A generation of this clip, taken through these states. */
async function generation(name: string, { userId = one, clipId = first() }, ...states: string[]): Promise<void> {
  const id = named(name);
  await inserting('generations', {
    ...{ id, user_id: userId, clip_id: clipId, request_key: `request-${id}`, cost: 1, state_at: 9, deadline_at: 99 },
    ...{ provider: 'p', model: 'm', preset_id: 'gentle', words: 'a', prompt: 'x', shape: '9:16', duration_seconds: 5 },
    ...{ frame_x: 0.5, frame_y: 0.5, frame_zoom: 1, created_at: 9 },
  }).run();
  for (const state of states) {
    const more = state === 'ready' ? ', media_key = id, media_bytes = 1' : '';
    await run(`UPDATE generations SET state = ?2${more} WHERE id = ?1`, id, state);
  }
}
const made = ['submitting', 'generating', 'copying', 'ready'];
const openShare = () =>
  inserting('shares', {
    ...{ id: share(), user_id: one, project_id: film.projectId, created_at: 1, expires_at: 99 },
  }).run();
const visit = (values: Record<string, Value> = {}, verb = 'INSERT') =>
  inserting('share_visits', { share_id: share(), visitor_hash: 'visitor', first_at: 1, ...values }, verb);
const watched = async () => {
  await openShare();
  await visit({ watched_at: 2 }).run();
};
const code = (values: Record<string, Value> = {}, verb = 'INSERT') =>
  inserting('referral_codes', { code: `code-${serial}`, user_id: one, created_at: 1, ...values }, verb);
const purchase = (name: string, values: Record<string, Value> = {}, verb = 'INSERT') =>
  inserting(
    'purchases',
    {
      ...{ id: `pur_${name}_${serial}`, user_id: one, request_key: `request-${name}`, pack_id: 'film', credits: 20 },
      ...{ amount: 1190, currency: 'eur', return_to: '/', state_at: 1, created_at: 1 },
      ...values,
    },
    verb,
  );
const session = `cs_of_`;
const sold = async () => {
  await purchase('one', { checkout_session_id: session + serial }).run();
  await purchase('two').run();
};
const feedback = async () => {
  await generation('ready', {}, ...made);
  await inserting('generation_feedback', {
    ...{ generation_id: named('ready'), user_id: one, reason: 'other', words: 'dark', created_at: 9 },
  }).run();
};
const onto = (table: string, id: string, set: string, key = 'id') =>
  db.prepare(`UPDATE ${table} SET ${set} WHERE ${key} = ?1`).bind(id);
const copyOf = (table: string, id: string, changes: Record<string, string>, verb = 'INSERT OR REPLACE') => {
  const names = Object.keys(changes);
  return db
    .prepare(
      `${verb} INTO ${table} (${names.join(', ')}) SELECT ${Object.values(changes).join(', ')} FROM ${table} WHERE id = ?1`,
    )
    .bind(id);
};
const ofClip = {
  id: 'id',
  user_id: 'user_id',
  project_id: 'project_id',
  photo_id: 'photo_id',
  position: "'z'",
  created_at: '1',
};
const ofUpload = {
  id: 'id',
  user_id: 'user_id',
  project_id: 'project_id',
  request_key: "'another'",
  file_name: "'x'",
  length_bytes: '1',
  created_at: '1',
  expires_at: '2',
};
const ofPhoto = {
  id: 'id',
  user_id: 'user_id',
  project_id: 'project_id',
  media_key: "'other'",
  size_bytes: '1',
  width: '1',
  height: '1',
  created_at: '1',
};
const own = 'clip:names-only-its-own-generations';
const attacks: Attack[] = [
  // A clip's pointers.
  {
    name: 'a clip whose latest generation is another clip’s',
    law: own,
    trigger: 'clips_8_latest',
    prepare: () => generation('other', { clipId: second() }),
    attack: () => onto('clips', first(), `latest_generation_id = '${named('other')}'`),
  },
  {
    name: 'a clip whose latest generation is another person’s',
    law: own,
    trigger: 'clips_8_latest',
    prepare: () => generation('foreign', { userId: other, clipId: foreignClip }),
    attack: () => onto('clips', first(), `latest_generation_id = '${named('foreign')}'`),
  },
  {
    name: 'a clip that forgets its open generation',
    law: own,
    trigger: 'clips_8_latest',
    prepare: () => generation('open', {}, 'submitting'),
    attack: () => onto('clips', first(), 'latest_generation_id = NULL'),
  },
  {
    name: 'a clip whose latest generation is an older one',
    law: own,
    trigger: 'clips_8_latest',
    prepare: async () => {
      await generation('older', {}, 'canceled');
      await generation('open', {}, 'submitting');
    },
    attack: () => onto('clips', first(), `latest_generation_id = '${named('older')}'`),
  },
  {
    name: 'a clip whose ready generation is another clip’s',
    law: own,
    trigger: 'clips_9_ready',
    prepare: () => generation('ready', { clipId: second() }, ...made),
    attack: () => onto('clips', first(), `ready_generation_id = '${named('ready')}'`),
  },
  {
    name: 'a clip whose ready generation is still under way',
    law: own,
    trigger: 'clips_9_ready',
    prepare: () => generation('open', {}, 'submitting'),
    attack: () => onto('clips', first(), `ready_generation_id = '${named('open')}'`),
  },
  {
    name: 'a clip that forgets its ready generation',
    law: own,
    trigger: 'clips_9_ready',
    prepare: () => generation('ready', {}, ...made),
    attack: () => onto('clips', first(), 'ready_generation_id = NULL'),
  },
  {
    name: 'a transition that the code does not know',
    law: 'generation:transitions-are-law',
    trigger: 'transitions_3_no_insert',
    attack: () => inserting('generation_transitions', { from_state: 'ready', to_state: 'failed' }),
  },
  ...["shape = '1:1'", 'duration_seconds = 10', 'frame_zoom = 2', "preset_id = 'x'", "words = ''"].map(
    (set): Attack => ({
      name: `a generation changed afterwards: ${set}`,
      law: 'generation:immutable-column',
      trigger: 'generations_15_made',
      prepare: () => generation('open', {}, 'submitting'),
      attack: () => onto('generations', named('open'), set),
    }),
  ),
  {
    name: 'a step put in the place of another, OR REPLACE',
    law: 'timeline:append-only',
    trigger: 'steps_6_fresh',
    prepare: () => generation('open', {}),
    attack: () =>
      db
        .prepare(
          "INSERT OR REPLACE INTO generation_steps (id, generation_id, at, what) SELECT id, generation_id, 1, 'other' FROM generation_steps WHERE generation_id = ?1",
        )
        .bind(named('open')),
  },

  // Films, clips, photos and uploads.
  {
    name: 'a film put in the place of another, OR REPLACE',
    law: 'project:exists',
    trigger: 'projects_2_fresh',
    areKeysBehind: true,
    attack: () =>
      copyOf('projects', film.projectId, {
        ...{ id: 'id', user_id: 'user_id', title: "'x'", created_at: '1', updated_at: '1' },
      }),
  },
  ...['created_at = 7', 'version = version - 1', "user_id = 'usr_nobody'"].map(
    (set): Attack => ({
      name: `a film changed: ${set}`,
      law: 'project:immutable-column',
      trigger: 'projects_3_frozen',
      areKeysBehind: true,
      attack: () => onto('projects', film.projectId, set),
    }),
  ),
  {
    name: 'a film removed',
    law: 'project:append-only',
    trigger: 'projects_4_no_delete',
    areKeysBehind: true,
    attack: () => db.prepare('DELETE FROM projects WHERE id = ?1').bind(film.projectId),
  },
  {
    name: 'a clip put in the place of another, OR REPLACE',
    law: 'clip:exists',
    trigger: 'clips_10_fresh',
    areKeysBehind: true,
    attack: () => copyOf('clips', first(), ofClip),
  },
  ...['created_at = 7', 'version = version - 1'].map(
    (set): Attack => ({
      name: `a clip changed: ${set}`,
      law: 'clip:immutable-column',
      trigger: 'clips_11_frozen',
      attack: () => onto('clips', first(), set),
    }),
  ),
  {
    name: 'an erased clip brought back',
    law: 'clip:immutable-column',
    trigger: 'clips_11_frozen',
    prepare: () => run('UPDATE clips SET deleted_at = 5, erased_at = 6 WHERE id = ?1', first()),
    attack: () => onto('clips', first(), 'deleted_at = NULL'),
  },
  {
    name: 'a clip removed',
    law: 'clip:append-only',
    trigger: 'clips_12_no_delete',
    attack: () => db.prepare('DELETE FROM clips WHERE id = ?1').bind(first()),
  },
  ...["frame_origin = 'middle'", "frame_origin = 'proposed', frame_x = 0.1"].map(
    (set): Attack => ({
      name: `a frame that a person has set, replaced: ${set}`,
      law: 'clip:frame-is-set',
      trigger: 'clips_13_proposed',
      prepare: () => run("UPDATE clips SET frame_origin = 'person', frame_x = 0.2 WHERE id = ?1", first()),
      attack: () => onto('clips', first(), set),
    }),
  ),
  {
    name: 'a frame proposed for a clip that was brought to life',
    law: 'clip:frame-is-set',
    trigger: 'clips_13_proposed',
    prepare: () => generation('made', {}, ...made),
    attack: () => onto('clips', first(), "frame_origin = 'proposed', frame_tilt = 2"),
  },
  ...['frame_turn = 4', 'frame_turn = 1.5', 'frame_tilt = 10.5', "frame_tilt = 'flat'", "frame_origin = 'other'"].map(
    (set): Attack => ({
      name: `a frame out of its bounds: ${set}`,
      law: 'refused',
      attack: () => onto('clips', first(), set),
    }),
  ),
  {
    name: 'a photo put in the place of another, OR REPLACE',
    law: 'photo:exists-or-not-uploaded',
    trigger: 'photos_1_fresh',
    attack: () => copyOf('photos', photo(), ofPhoto),
  },
  {
    name: 'a photo that was not uploaded into this film',
    law: 'photo:exists-or-not-uploaded',
    attack: () => copyOf('photos', photo(), { ...ofPhoto, id: "'pho_none'" }, 'INSERT'),
  },
  ...["media_key = 'u/other'", 'size_bytes = 0', 'width = 1', 'created_at = 7'].map(
    (set): Attack => ({
      name: `a photo changed: ${set}`,
      law: 'photo:immutable-column',
      trigger: 'photos_2_frozen',
      attack: () => onto('photos', photo(), set),
    }),
  ),
  {
    name: 'smaller sizes of a photo counted again',
    law: 'photo:sized-once',
    trigger: 'photos_4_sized_once',
    prepare: () => onto('photos', photo(), 'smaller_bytes = 5').run(),
    attack: () => onto('photos', photo(), 'smaller_bytes = 0'),
  },
  {
    name: 'a photo removed',
    law: 'photo:append-only',
    trigger: 'photos_3_no_delete',
    areKeysBehind: true,
    attack: () => db.prepare('DELETE FROM photos WHERE id = ?1').bind(photo()),
  },
  {
    name: 'an upload put in the place of another, OR REPLACE',
    law: 'upload:exists',
    trigger: 'uploads_2_fresh',
    areKeysBehind: true,
    attack: () => copyOf('uploads', photo(), ofUpload),
  },
  ...["state = 'open'", "state = 'refused'", 'length_bytes = 9', 'offset_bytes = 0', 'created_at = 7'].map(
    (set): Attack => ({
      name: `a finished upload changed: ${set}`,
      law: 'upload:immutable-column',
      trigger: 'uploads_3_frozen',
      attack: () => onto('uploads', photo(), set),
    }),
  ),
  {
    name: 'an upload removed',
    law: 'upload:append-only',
    trigger: 'uploads_4_no_delete',
    areKeysBehind: true,
    attack: () => db.prepare('DELETE FROM uploads WHERE id = ?1').bind(photo()),
  },

  // Links, visits and codes.
  {
    name: 'a link put in the place of another, OR REPLACE',
    law: 'share:exists',
    trigger: 'shares_1_fresh',
    prepare: openShare,
    attack: () =>
      copyOf('shares', share(), {
        ...{ id: 'id', user_id: 'user_id', project_id: 'project_id', created_at: '1', expires_at: '9' },
      }),
  },
  {
    name: 'an ended link opened again',
    law: 'share:immutable-column',
    trigger: 'shares_2_frozen',
    prepare: async () => {
      await openShare();
      await onto('shares', share(), 'revoked_at = 5').run();
    },
    attack: () => onto('shares', share(), 'revoked_at = NULL'),
  },
  {
    name: 'views of a link forgotten',
    law: 'share:immutable-column',
    trigger: 'shares_2_frozen',
    prepare: openShare,
    attack: () => onto('shares', share(), 'views = views - 1'),
  },
  {
    name: 'a link removed',
    law: 'share:append-only',
    trigger: 'shares_3_no_delete',
    prepare: openShare,
    attack: () => db.prepare('DELETE FROM shares WHERE id = ?1').bind(share()),
  },
  {
    name: 'a visit put in the place of another, OR REPLACE',
    law: 'share:watched-once',
    trigger: 'share_visits_2_fresh',
    prepare: watched,
    attack: () => visit({ watched_at: 9 }, 'INSERT OR REPLACE'),
  },
  {
    name: 'a visit that earned a reward removed',
    law: 'share:watched-once',
    trigger: 'share_visits_3_kept',
    prepare: watched,
    attack: () => db.prepare('DELETE FROM share_visits WHERE share_id = ?1').bind(share()),
  },
  {
    name: 'a visit at another time',
    law: 'share:watched-once',
    trigger: 'share_visits_4_frozen',
    prepare: async () => {
      await openShare();
      await visit().run();
    },
    attack: () => onto('share_visits', share(), 'first_at = 5', 'share_id'),
  },
  {
    name: 'a code taken from its person, OR REPLACE',
    law: 'referral:code-taken',
    trigger: 'referral_codes_1_fresh',
    prepare: () => code().run(),
    attack: () => code({ user_id: other }, 'INSERT OR REPLACE'),
  },
  {
    name: 'a code given to another person',
    law: 'referral:append-only',
    trigger: 'referral_codes_2_no_update',
    prepare: () => code().run(),
    attack: () => onto('referral_codes', `code-${serial}`, `user_id = '${other}'`, 'code'),
  },
  {
    name: 'a code removed',
    law: 'referral:append-only',
    trigger: 'referral_codes_3_no_delete',
    prepare: () => code().run(),
    attack: () => db.prepare('DELETE FROM referral_codes WHERE code = ?1').bind(`code-${serial}`),
  },
  {
    name: 'an answer about a generation rewritten',
    law: 'feedback:append-only',
    trigger: 'feedback_3_frozen',
    prepare: feedback,
    attack: () => onto('generation_feedback', named('ready'), "words = 'bright'", 'generation_id'),
  },

  // Purchases, people and sessions.
  {
    name: 'a purchase with the session of another, which it replaces',
    law: 'purchase:session-taken',
    trigger: 'purchases_7_session',
    prepare: sold,
    attack: () => purchase('three', { checkout_session_id: session + serial }, 'INSERT OR REPLACE'),
  },
  {
    name: 'a purchase given the session of another, which it replaces',
    law: 'purchase:session-taken',
    trigger: 'purchases_8_session',
    prepare: sold,
    attack: () =>
      db
        .prepare('UPDATE OR REPLACE purchases SET checkout_session_id = ?2 WHERE id = ?1')
        .bind(`pur_two_${serial}`, session + serial),
  },
  {
    name: 'a session put in the place of another, OR REPLACE',
    law: 'session:exists',
    trigger: 'sessions_1_fresh',
    prepare: () => seedSession(one),
    attack: () =>
      db
        .prepare(
          `INSERT OR REPLACE INTO sessions (id_hash, user_id, user_agent, created_at, seen_at, expires_at)
           SELECT id_hash, ?2, 'x', 1, 1, 9 FROM sessions WHERE user_id = ?1`,
        )
        .bind(one, other),
  },
  {
    name: 'a session given to another person',
    law: 'session:immutable-column',
    trigger: 'sessions_2_frozen',
    prepare: () => seedSession(one),
    attack: () => onto('sessions', one, `user_id = '${other}'`, 'user_id'),
  },
  {
    name: 'a session made fresher than its sign-in',
    law: 'session:immutable-column',
    trigger: 'sessions_2_frozen',
    prepare: () => seedSession(one),
    attack: () => onto('sessions', one, 'created_at = created_at + 1', 'user_id'),
  },
  {
    name: 'a session made to look as if Google had just asked its person',
    law: 'session:immutable-column',
    trigger: 'sessions_2_frozen',
    prepare: () => seedSession(one),
    attack: () => onto('sessions', one, 'authenticated_at = authenticated_at + 1', 'user_id'),
  },
  {
    name: 'a session of a closed account',
    law: 'session:account-closed',
    trigger: 'sessions_3_open',
    prepare: async () => {
      await run('UPDATE users SET deleted_at = 5 WHERE id = ?1', one);
      await run('UPDATE users SET closed_at = 6 WHERE id = ?1', one);
    },
    attack: () =>
      db
        .prepare(
          `INSERT INTO sessions (id_hash, user_id, user_agent, created_at, seen_at, expires_at) VALUES (?2, ?1, 'x', 1, 1, 9)`,
        )
        .bind(one, `after-closing-${serial}`),
  },
  {
    name: 'a living person marked as erased',
    law: 'person:immutable-column',
    trigger: 'users_7_erased',
    attack: () => onto('users', one, 'erased_at = 5'),
  },
];

const openUpload = () => `pho_open_${serial}`;
const beginUpload = () => copyOf('uploads', photo(), { ...ofUpload, id: `'${openUpload()}'` }, 'INSERT').run();

/** Columns whose default must not be written behind the laws: UPDATE OR REPLACE does so for NULL. */
const defaults: [string, string, () => string, (() => Promise<unknown>)?][] = [
  ['clips_14_no_default', 'version', first],
  ['generations_33_no_default', 'submits', () => named('open'), () => generation('open', {}, 'submitting')],
  ['projects_5_no_default', 'version', () => film.projectId],
  ['purchases_11_no_default', 'state', () => `pur_one_${serial}`, sold],
  ['purchases_11_no_default', 'refunded_amount', () => `pur_one_${serial}`, sold],
  ['purchases_11_no_default', 'disputed_amount', () => `pur_one_${serial}`, sold],
  ['uploads_6_no_default', 'state', openUpload, beginUpload],
  ['uploads_6_no_default', 'offset_bytes', openUpload, beginUpload],
];
attacks.push(
  ...defaults.map(([trigger, column, id, prepare]) => {
    const table = trigger.split('_')[0] as string;
    const attack = () => db.prepare(`UPDATE OR REPLACE ${table} SET ${column} = NULL WHERE id = ?1`).bind(id());
    return {
      ...{ name: `the default of ${table}.${column} written behind the laws`, trigger, attack },
      ...{ law: `${table.replace(/s$/, '')}:no-default`, ...(prepare && { prepare }) },
    };
  }),
);

describe('the laws of rows refuse', { timeout: 120_000 }, () => {
  it.each(attacks)('a law refuses $name', async ({ law, prepare, attack }) => {
    await prepare?.();
    expect(await outcomeOf(attack)).toBe(law);
    expect(await auditLedger(db)).toEqual([]);
  });
});

describe('each law of rows is needed: without it succeeds', { timeout: 120_000 }, () => {
  const guarded = attacks.filter(({ trigger }) => trigger !== undefined);
  it.each(guarded)('without the law $trigger, the database accepts $name', async (attack) => {
    await attack.prepare?.();
    expect(await getsThroughWithout(attack)).toBe('got through');
  });

  it('every law of rows has an attack in this file', async () => {
    const { found, notTried } = await lawsNotTried({ file: 'rows', tried: attacks.map(({ trigger }) => trigger) });
    expect(notTried).toEqual([]);
    expect(found).toBeGreaterThan(30);
  });
});
