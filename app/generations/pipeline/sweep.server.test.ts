import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { createDatabase } from '~/db/client.server';
import { planOf, type Recorded, recording } from '~/testing/recording';
import { seedPerson, seedProject, testServices } from '~/testing/services';
import { createSweep } from './sweep.server';

const minute = 60_000;
const many = 2_100;
const now = Date.now();
const first = now - 60 * minute;

/** A sweep whose bucket lists `pageSize` objects at most; `woken` has the started generations in order. */
function sweeper({ pageSize = 1000, breaksAtList = Number.POSITIVE_INFINITY, d1 = env.DB } = {}) {
  const {
    live,
    pipeline,
    projects: { clips },
    credits: { ledger },
  } = testServices();
  const { admissionQueue } = pipeline;
  const openPages = { clips, live, ledger };
  const woken: string[] = [];
  const generationJobs = { getByName: (name: string) => ({ start: async () => void woken.push(name) }) };
  let lists = 0;
  const bucket = {
    list: (options: R2ListOptions) => {
      lists += 1;
      if (lists > breaksAtList) throw new Error('the process is gone');
      return env.MEDIA.list({ ...options, limit: Math.min(pageSize, options.limit ?? pageSize) });
    },
    delete: (keys: string[]) => env.MEDIA.delete(keys),
  } as unknown as R2Bucket;
  return { woken, sweep: createSweep({ db: createDatabase(d1), bucket, generationJobs, openPages, admissionQueue }) };
}

/** Generations at a provider for an hour, three at each moment. Returns their ids, oldest first. */
async function seedSlow(): Promise<string[]> {
  const userId = await seedPerson({ credits: many });
  const run = (sql: string, ...values: unknown[]) =>
    env.DB.prepare(sql)
      .bind(userId, ...values)
      .run();
  // A film holds no more than a hundred clips.
  for (let film = 0; film < many / 100; film += 1) {
    const { projectId } = await seedProject({ userId, clipCount: 1 });
    await run(
      `INSERT INTO clips (id, user_id, project_id, photo_id, position, created_at)
       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 99)
       SELECT printf('clp_%026d', 900000 + ?3 * 100 + i), ?1, ?2, (SELECT photo_id FROM clips WHERE project_id = ?2), 'b' || i, 1
       FROM n`,
      projectId,
      film,
    );
  }
  await run(
    `INSERT INTO generations (id, user_id, clip_id, request_key, cost, state_at, deadline_at, provider, model, preset_id, words,
       prompt, shape, duration_seconds, frame_x, frame_y, frame_zoom, created_at)
     SELECT 'gen_' || substr(id, 5), ?1, id, id, 1, ?2 + row_number() OVER (ORDER BY id) / 3, ?3, 'runway', 'gen4_turbo', 'gentle',
       '', '', '9:16', 5, 0.5, 0.5, 1, ?2 FROM clips WHERE user_id = ?1`,
    first,
    now + 60 * minute,
  );
  for (const state of ['submitting', 'generating'])
    await run('UPDATE generations SET state = ?2 WHERE user_id = ?1', state);
  const { results } = await env.DB.prepare('SELECT id FROM generations WHERE user_id = ?1 ORDER BY state_at, id')
    .bind(userId)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}

describe('the sweep', () => {
  it('the sweep starts each of many stuck generations, however many are before it', async () => {
    const ids = await seedSlow();
    const { woken, sweep } = sweeper();
    expect(await sweep.generations(now)).toMatchObject({ stale: 2_000 });
    // Each run continues behind the last one, then begins anew.
    expect(await sweep.generations(now)).toMatchObject({ stale: many - 2_000 });
    expect(woken).toEqual(ids);
    expect(await sweep.generations(now)).toMatchObject({ stale: 2_000 });

    await env.DB.prepare("UPDATE generations SET state = 'canceled' WHERE state = 'generating'").run();
    woken.length = 0;
    expect([await sweep.ended(now), await sweep.ended(now), await sweep.ended(now)]).toEqual([2_000, 100, 2_000]);
    expect(woken.slice(0, many)).toEqual(ids);
  });

  it('the sweep finds each next page by an index', async () => {
    const statements: Recorded[] = [];
    const { sweep } = sweeper({ d1: recording(env.DB, statements) });
    await sweep.generations(now);
    await sweep.ended(now);
    const paged = statements.filter(({ sql }) => sql.includes(') > ('));
    const plans = await Promise.all(paged.map((statement) => planOf(env.DB, statement)));
    const by = (index: string) => `SEARCH generations USING INDEX ${index} (state_at>? AND state_at<?)`;
    expect(new Set(plans.map(([first]) => first))).toEqual(
      new Set([by('generations_open'), by('generations_to_clean')]),
    );
  });

  it('the sweep of media continues after a run that broke off', async () => {
    const keyOf = (index: number) => `u/usr_1/g/gen_${`${index}`.padStart(26, '0')}.mp4`;
    const keys = Array.from({ length: 25 }, (_, index) => keyOf(index));
    for (const key of keys) await env.MEDIA.put(key, 'video');
    const tomorrow = now + 25 * 60 * minute;
    const left = async () => (await env.MEDIA.list({ prefix: 'u/usr_1/g/' })).objects.length;
    // It breaks off at the fourth page, after three of two objects.
    await expect(sweeper({ pageSize: 2, breaksAtList: 3 }).sweep.media(tomorrow)).rejects.toThrow('gone');
    expect(await left()).toBe(19);
    await env.MEDIA.put(keyOf(0), 'video');
    expect(await sweeper({ pageSize: 1 }).sweep.media(tomorrow)).toBe(10);
    expect(await env.MEDIA.head(keyOf(0))).not.toBeNull();
    expect(await sweeper({ pageSize: 2 }).sweep.media(tomorrow)).toBe(9);
    // After the end the next run begins anew. Two runs at the same time delete the same objects.
    await Promise.all([sweeper().sweep.media(tomorrow), sweeper().sweep.media(tomorrow)]);
    expect(await left()).toBe(0);
  });
});
