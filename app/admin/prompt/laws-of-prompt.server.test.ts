// The laws of the system prompt (migrations/0007), attacked on real D1: what was written or tried with never changes.
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Attack, getsThroughWithout, inserting, lawsNotTried, outcomeOf, type Value } from '~/testing/attacks';
import { seedPerson, seedProject, testServices } from '~/testing/services';

const db = env.DB;
let version = 100;
/** A try that was asked for by a request, with the version that was live. */
let generationId = '';

const written = (values: Record<string, Value> = {}, verb = 'INSERT') =>
  inserting(
    'prompt_versions',
    { version, text: 'Calm.', note: 'Calm', author_id: author, created_at: 1, ...values },
    verb,
  );
let author = '';

beforeEach(async () => {
  version += 1;
  author = await seedPerson({ credits: 1 });
  await written().run();
  const { clipIds } = await seedProject({ userId: author });
  const wanted = { userId: author, clipId: clipIds[0] as string, presetId: 'gentle', words: '' };
  const started = await testServices().generations.start({ ...wanted, requestKey: crypto.randomUUID() });
  if (started.outcome !== 'started') throw new Error(started.outcome);
  generationId = started.generationId;
});

const onVersion = (set: string) => db.prepare(`UPDATE prompt_versions SET ${set} WHERE version = ?1`).bind(version);
const onGeneration = (set: string) => db.prepare(`UPDATE generations SET ${set} WHERE id = ?1`).bind(generationId);

const attacks: Attack[] = [
  {
    name: 'a version put in the place of another, OR REPLACE',
    law: 'desk:append-only',
    trigger: 'prompt_versions_1_fresh',
    attack: () => written({ text: 'Not what it was.' }, 'INSERT OR REPLACE'),
  },
  ...["text = 'Not what it was.'", "note = 'Not mine'", 'created_at = 2', 'version = version + 1000'].map(
    (set): Attack => ({
      name: `a version changed afterwards: ${set}`,
      law: 'desk:append-only',
      trigger: 'prompt_versions_2_no_update',
      attack: () => onVersion(set),
    }),
  ),
  {
    name: 'a version that was somebody else’s',
    law: 'desk:append-only',
    trigger: 'prompt_versions_2_no_update',
    prepare: async () => {
      other = await seedPerson();
    },
    attack: () => onVersion(`author_id = '${other}'`),
  },
  {
    name: 'a version removed',
    law: 'desk:append-only',
    trigger: 'prompt_versions_3_no_delete',
    attack: () => db.prepare('DELETE FROM prompt_versions WHERE version = ?1').bind(version),
  },
  { name: 'a version in the place of the first', law: 'refused', attack: () => written({ version: 1 }) },
  { name: 'a version without a text', law: 'refused', attack: () => written({ version: 9000, text: '' }) },
  {
    name: 'a version that is too long',
    law: 'refused',
    attack: () => written({ version: 9000, text: 'x'.repeat(601) }),
  },
  { name: 'a version of nobody', law: 'refused', attack: () => written({ version: 9000, author_id: 'usr_nobody' }) },
  ...['prompt_version = 2', "request_id = 'req_other'"].map(
    (set): Attack => ({
      name: `a try that was made otherwise: ${set}`,
      law: 'generation:immutable-column',
      trigger: 'generations_10_thread',
      attack: () => onGeneration(set),
    }),
  ),
];
let other = '';

describe('the laws refuse', () => {
  it.each(attacks)('a law refuses $name', async ({ law, prepare, attack }) => {
    await prepare?.();
    expect(await outcomeOf(attack)).toBe(law);
  });
});

describe('each law is needed', () => {
  const guarded = attacks.filter(({ trigger }) => trigger !== undefined);
  it.each(guarded)('without the law $trigger, the database accepts $name', async (attack) => {
    await attack.prepare?.();
    expect(await getsThroughWithout(attack)).toBe('got through');
  });

  it('every law of the system prompt has an attack here', async () => {
    const tried = attacks.map(({ trigger }) => trigger);
    expect(await lawsNotTried({ file: 'prompt', tried })).toEqual({ found: 4, notTried: [] });
  });
});
