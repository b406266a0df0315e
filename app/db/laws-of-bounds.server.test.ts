// The bounds of what others can make the database hold (migrations/…_bounds.sql), attacked on real D1.
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { uploadLimits } from '~/photos/upload-limits';
import { projectLimits } from '~/projects/project-store.server';
import { visitLimits } from '~/projects/share-visits.server';
import { type Attack, getsThroughWithout, inserting, lawsNotTried, outcomeOf } from '~/testing/attacks';
import { seedPerson, seedProject } from '~/testing/services';

const db = env.DB;
const run = (sql: string, ...values: (string | number)[]) =>
  db
    .prepare(sql)
    .bind(...values)
    .run();
const numbers = (count: number) =>
  `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})`;
/** A hash as visitors have: 22 characters for their network, 22 for their browser there. */
const hashOf = (network: string, browser: string) => `${network.padStart(22, '0')}.${browser.padStart(22, '0')}`;

let serial = 0;
let userId = '';
let film = { projectId: '', clipIds: [''] };
let shareId = '';
const visit = (hash: string) => inserting('share_visits', { share_id: shareId, visitor_hash: hash, first_at: 1 });
const line = (values: Record<string, string | number | null>) =>
  inserting('log_lines', { at: 1e12 + serial, event: 'error', line: '{}', user_id: null, ...values });

beforeEach(async () => {
  serial += 1;
  userId = await seedPerson();
  film = await seedProject({ userId, clipCount: 2 });
  shareId = `shr_${serial}`;
  await inserting('shares', {
    ...{ id: shareId, user_id: userId, project_id: film.projectId, created_at: 1, expires_at: 99 },
  }).run();
});

/** Fills the film with clips of its first photo, to the limit. */
const fillFilm = () =>
  run(
    `${numbers(uploadLimits.clipsInProject - 2)} INSERT INTO clips (id, user_id, project_id, photo_id, position, created_at)
      SELECT 'clp_of_' || ?1 || '_' || n, c.user_id, c.project_id, c.photo_id, 'b' || n, 1 FROM numbers, clips c WHERE c.id = ?1`,
    film.clipIds[0] ?? '',
  );
const fillProjects = () =>
  run(
    `${numbers(projectLimits.projects - 1)} INSERT INTO projects (id, user_id, title, created_at, updated_at)
      SELECT 'prj_of_' || ?1 || '_' || n, ?1, 'Film', 1, 1 FROM numbers`,
    userId,
  );

const attacks: Attack[] = [
  {
    name: 'a visit of a link that has had its thousand',
    law: 'share:enough-visits',
    trigger: 'bounds_1_visits',
    prepare: () =>
      run(
        `${numbers(visitLimits.visits)} INSERT INTO share_visits (share_id, visitor_hash, first_at)
          SELECT ?1, printf('%022d.%022d', n, n), 1 FROM numbers`,
        shareId,
      ),
    attack: () => visit(hashOf('another', 'browser')),
  },
  {
    name: 'a visit of one more browser in a network that has had its twenty',
    law: 'share:enough-visits',
    trigger: 'bounds_2_network',
    prepare: async () => {
      for (let count = 0; count < visitLimits.ofNetwork; count++) await visit(hashOf('home', `${count}`)).run();
    },
    attack: () => visit(hashOf('home', 'another')),
  },
  {
    name: 'a visit of one more browser of the owner, who has had fifty',
    law: 'share:enough-visits',
    trigger: 'bounds_3_owner',
    prepare: async () => {
      for (let count = 0; count < visitLimits.ofOwner; count++) await visit(`owner.${hashOf(`${count}`, 'x')}`).run();
    },
    attack: () => visit(`owner.${hashOf('another', 'x')}`),
  },
  {
    name: 'a clip in a film that is full',
    law: 'clip:film-full',
    trigger: 'bounds_4_clips',
    prepare: fillFilm,
    attack: () =>
      db
        .prepare(
          `INSERT INTO clips (id, user_id, project_id, photo_id, position, created_at)
            SELECT 'clp_more_' || id, user_id, project_id, photo_id, 'z', 1 FROM clips WHERE id = ?1`,
        )
        .bind(film.clipIds[0]),
  },
  {
    name: 'a clip put back into a film that has been filled meanwhile',
    law: 'clip:film-full',
    trigger: 'bounds_5_clips_restored',
    prepare: async () => {
      await fillFilm();
      await run('UPDATE clips SET deleted_at = 5 WHERE id = ?1', film.clipIds[0] ?? '');
      await run(
        `INSERT INTO clips (id, user_id, project_id, photo_id, position, created_at)
          SELECT 'clp_instead_' || id, user_id, project_id, photo_id, 'z', 1 FROM clips WHERE id = ?1`,
        film.clipIds[0] ?? '',
      );
    },
    attack: () => db.prepare('UPDATE clips SET deleted_at = NULL WHERE id = ?1').bind(film.clipIds[0]),
  },
  {
    name: 'a project of a person who has as many as allowed',
    law: 'project:too-many',
    trigger: 'bounds_6_projects',
    prepare: fillProjects,
    attack: () =>
      inserting('projects', { id: `prj_${serial}`, user_id: userId, title: 'x', created_at: 1, updated_at: 1 }),
  },
  {
    name: 'a project put back by a person who has made others meanwhile',
    law: 'project:too-many',
    trigger: 'bounds_7_projects_restored',
    prepare: async () => {
      await run('UPDATE projects SET deleted_at = 5 WHERE id = ?1', film.projectId);
      await fillProjects();
      await inserting('projects', {
        ...{ id: `prj_${serial}`, user_id: userId, title: 'x', created_at: 1, updated_at: 1 },
      }).run();
    },
    attack: () => db.prepare('UPDATE projects SET deleted_at = NULL WHERE id = ?1').bind(film.projectId),
  },
];

/** Lines that are left out without an error: how many rows the cause leaves, with the trigger and without it. */
const leftOut: {
  trigger: string;
  name: string;
  table?: string;
  where: string;
  kept: number;
  lines: () => D1PreparedStatement[];
}[] = [
  {
    trigger: 'bounds_8_strangers',
    name: 'the refusal of a stranger',
    where: "event = 'request' AND user_id IS NULL",
    kept: 0,
    lines: () => [line({ event: 'request' })],
  },
  {
    trigger: 'bounds_9_refusals',
    name: 'a person’s refusal after two hundred in a day',
    where: "event = 'request' AND user_id = 'usr_refused'",
    kept: 200,
    lines: () => Array.from({ length: 205 }, () => line({ event: 'request', user_id: 'usr_refused' })),
  },
  {
    trigger: 'bounds_10_nobody',
    name: 'a line that belongs to nobody after a hundred in an hour',
    where: 'user_id IS NULL AND generation_id IS NULL',
    kept: 100,
    lines: () => Array.from({ length: 105 }, () => line({})),
  },
  {
    trigger: 'bounds_11_long',
    name: 'a line of more than 5000 characters',
    where: 'length(line) > 5000',
    kept: 0,
    lines: () => [line({ user_id: 'usr_long', line: 'x'.repeat(5001) })],
  },
  {
    trigger: 'bounds_12_webhooks',
    name: 'a refused webhook of a new kind after a hundred kinds in a day',
    table: 'webhook_refusals',
    where: 'day = 7',
    kept: 100,
    lines: () =>
      Array.from({ length: 105 }, (_, index) =>
        inserting('webhook_refusals', { sender: 'x', reason: `${index}`, day: 7, count: 1, first_at: 1, last_at: 1 }),
      ),
  },
];

describe('a bound', () => {
  it.each(attacks)('a bound refuses $name', async ({ prepare, attack, law }) => {
    await prepare?.();
    expect(await outcomeOf(attack)).toBe(law);
  });

  it.each(attacks)('$name would get through without its trigger', async (attack) => {
    await attack.prepare?.();
    expect(await getsThroughWithout(attack)).toBe('got through');
  });

  it.each(leftOut)('a bound leaves out $name, and only with its trigger', async (bound) => {
    const { trigger, table = 'log_lines', where, kept, lines } = bound;
    const count = async (all: D1PreparedStatement[]) => {
      const found = await db.batch([...all, db.prepare(`SELECT count(*) AS n FROM ${table} WHERE ${where}`)]);
      const [row] = (found.at(-1)?.results ?? []) as { n: number }[];
      return row?.n;
    };
    const law =
      (await db.prepare('SELECT sql FROM sqlite_schema WHERE name = ?1').bind(trigger).first<string>('sql')) ?? '';
    const made = lines();
    await run(`DELETE FROM ${table}`);
    expect(await count(made)).toBe(kept);
    await run(`DELETE FROM ${table}`);
    await run(`DROP TRIGGER ${trigger}`);
    expect(await count(lines())).toBe(made.length);
    await run(law);
  });

  it('every bound is attacked', async () => {
    const tried = [...attacks, ...leftOut].map(({ trigger }) => trigger);
    expect(await lawsNotTried({ file: 'bounds', tried })).toEqual({ found: 12, notTried: [] });
  });
});
