import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { generations, settings } from '~/db/schema.server';
import type { Statement } from '~/db/statement';
import { seedPerson, seedProject, testServices } from '~/testing/services';
import { type Admission, beginStatements, nextAdmissionsStatement, queuePositionStatement } from './admission-queue';
import { queuePosition } from './admission-queue.server';

const prepared = ({ sql, params }: Statement) => env.DB.prepare(sql).bind(...params);
const asked = (places: number): Admission => ({ provider: 'runway', now: 5_000, slots: places });

beforeEach(async () => {
  await env.DB.prepare(
    "UPDATE generations SET state = 'canceled', state_at = 1 WHERE state IN ('queued','submitting','generating','copying')",
  ).run();
  await env.DB.prepare('DELETE FROM provider_breakers').run();
});

let count = 0;

/** A person with this many queued generations, in the order of their clips; their objects were never started. */
async function waiting(size: number) {
  const userId = await seedPerson({ credits: size });
  const { clipIds } = await seedProject({ userId, clipCount: size });
  const { db } = testServices();
  const rows = clipIds.map((clipId) => ({
    ...{ id: `gen_${String(++count).padStart(26, '0')}`, userId, clipId, requestKey: `request-${count}`, cost: 1 },
    ...{ stateAt: 1_000, createdAt: 1_000, deadlineAt: 9_000, provider: 'runway', model: 'gen4_turbo' },
    ...{ presetId: 'gentle', words: '', prompt: '', shape: '9:16' as const, durationSeconds: 5 },
    ...{ frameX: 0.5, frameY: 0.5, frameZoom: 1 },
  }));
  const [first, ...others] = rows.map((row) => db.insert(generations).values(row));
  if (first) await db.batch([first, ...others]);
  return { userId, ids: rows.map(({ id }) => id) };
}

const stateOf = (id: string) => env.DB.prepare('SELECT state FROM generations WHERE id = ?1').bind(id).first('state');
/** Begins as the machine does; true if the generation was admitted. */
async function comesIn(id: string, places: number): Promise<boolean> {
  await env.DB.batch(beginStatements({ id, ...asked(places) }).map(prepared));
  return (await stateOf(id)) === 'submitting';
}
const next = async (places: number) =>
  (await prepared(nextAdmissionsStatement(asked(places))).all<{ id: string }>()).results.map(({ id }) => id);
const end = (id: string) =>
  env.DB.prepare("UPDATE generations SET state = 'failed', failure_reason = 'x', state_at = 9 WHERE id = ?1")
    .bind(id)
    .run();
const ahead = (userId: string, generationId: string) => queuePosition(testServices().db, { userId, generationId });

describe('the admission queue of a provider', () => {
  it('a person with one photo is admitted next, whatever another person has queued', async () => {
    const many = await waiting(50);
    const places = 2;
    expect(await next(places)).toEqual(many.ids.slice(0, 2));
    for (const id of many.ids.slice(0, 2)) expect(await comesIn(id, places)).toBe(true);
    for (const id of many.ids.slice(2, 5)) expect(await comesIn(id, places)).toBe(false);
    const one = await waiting(1);
    const its = one.ids[0] as string;
    expect(await comesIn(its, places)).toBe(false);
    expect(await ahead(one.userId, its)).toBe(0);
    expect(await ahead(many.userId, many.ids[2] as string)).toBe(1);

    let finished = 0;
    const inside = many.ids.slice(0, 2);
    while ((await stateOf(its)) === 'queued') {
      await end(inside.shift() as string);
      finished += 1;
      // The first request does not overtake the person whose turn it is.
      for (const id of [...many.ids.slice(2, 5), ...many.ids.slice(-2), its])
        if (await comesIn(id, places)) inside.push(id);
    }
    expect(finished).toBe(1);
    expect(finished).toBeLessThanOrEqual(places + 1);
  });

  it('turns go round by person, the oldest generation first, and each has its queue position', async () => {
    const people = [await waiting(3), await waiting(2), await waiting(1)];
    const order: string[] = [];
    for (let turn = 0; turn < 6; turn += 1) {
      const [id] = await next(turn + 1);
      if (!id) throw new Error('nobody is next');
      expect(await comesIn(id, turn + 1)).toBe(true);
      order.push(id);
    }
    const names = order.map((id) => people.findIndex(({ ids }) => ids.includes(id)));
    expect(names).toEqual([0, 1, 2, 0, 1, 0]);

    const first = people[0] as { userId: string; ids: string[] };
    for (const id of order) await end(id);
    const again = await waiting(2);
    expect(await Promise.all(again.ids.map((id) => ahead(again.userId, id)))).toEqual([0, 1]);
    expect(await ahead(first.userId, again.ids[0] as string)).toBeNull();
    expect(await ahead(again.userId, order[0] as string)).toBeNull();
  });

  it('concurrent admissions fill the free slots and no more', async () => {
    const people = await Promise.all([waiting(4), waiting(4), waiting(4)]);
    const ids = people.flatMap((person) => person.ids);
    await Promise.all([...ids, ...ids].map((id) => comesIn(id, 5)));
    const inside = await Promise.all(ids.map(stateOf));
    expect(inside.filter((state) => state === 'submitting')).toHaveLength(5);
    const perPerson = people.map(
      (person) => person.ids.filter((id) => inside[ids.indexOf(id)] === 'submitting').length,
    );
    expect(perPerson.sort()).toEqual([1, 2, 2]);
  });

  it('a resting provider admits none, says so once in the timeline, and admits three probes after the pause', async () => {
    const { ids } = await waiting(6);
    const pause = (openUntil: number) =>
      env.DB.prepare(
        "INSERT INTO provider_breakers VALUES ('runway', 1, ?1, 'failures', 1) ON CONFLICT DO UPDATE SET open_until = ?1",
      )
        .bind(openUntil)
        .run();
    await pause(6_000);
    expect(await next(5)).toEqual([]);
    const [first = ''] = ids;
    for (let count = 0; count < 2; count += 1) expect(await comesIn(first, 5)).toBe(false);
    const told = await env.DB.prepare('SELECT what FROM generation_steps WHERE generation_id = ?1').bind(first).all();
    expect(told.results).toEqual([{ what: 'queued' }, { what: 'held-back' }]);
    await pause(4_000);
    for (const id of ids) await comesIn(id, 5);
    const states = await Promise.all(ids.map(stateOf));
    expect(states.filter((state) => state === 'submitting')).toHaveLength(3);
  });

  it('a provider whose account was empty admits one probe after the pause', async () => {
    const { ids } = await waiting(4);
    await env.DB.prepare("INSERT INTO provider_breakers VALUES ('runway', 1, 4000, 'out-of-funds', 1)").run();
    expect(await next(5)).toHaveLength(1);
    for (const id of ids) await comesIn(id, 5);
    const states = await Promise.all(ids.map(stateOf));
    expect(states.filter((state) => state === 'submitting')).toHaveLength(1);
    expect(await next(5)).toEqual([]);
  });
});

describe('the statements of the admission queue', () => {
  it('the queue’s statements read open generations only, however many have ended', async () => {
    const { userId, ids } = await waiting(8);
    for (const id of ids.slice(0, 5)) await end(id);
    const [first = ''] = ids.slice(5);
    const statements: [string, Statement][] = [
      ['let in', beginStatements({ id: first, ...asked(2) }).at(-1) as Statement],
      ['next', nextAdmissionsStatement(asked(2))],
      ['place', queuePositionStatement({ userId, generationId: first })],
    ];
    const rowsRead = async () => {
      const read: number[] = [];
      for (const [, statement] of statements) {
        const { meta } = await prepared(statement).all();
        read.push(meta.rows_read);
      }
      return read;
    };
    for (const [, { sql, params }] of statements) {
      const plan = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .bind(...params)
        .all<{ detail: string }>();
      const details = plan.results.map(({ detail }) => detail).join('\n');
      expect(details).toContain('USING COVERING INDEX generations_open_at_provider (provider=? AND state=?)');
      expect(details).not.toMatch(/SCAN generations\b/);
    }
    const before = await rowsRead();
    const old = await waiting(20);
    for (const id of old.ids) await end(id);
    const after = await rowsRead();
    expect(after.every((count, index) => count <= (before[index] ?? 0))).toBe(true);
    expect(Math.max(...after)).toBeLessThanOrEqual(60);
  });
});

describe('the slots of a provider', () => {
  it('the slots are a setting, and as many queued generations are woken', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 2_000_000_000_000 });
    const { ids } = await waiting(3);
    const insert = (places: number) =>
      testServices()
        .db.insert(settings)
        .values({ key: 'maxAtProvider', value: JSON.stringify({ runway: places }), updatedAt: 1 });
    const woken = async () => {
      const alarms = ids.map((id) =>
        runInDurableObject(env.GENERATION_JOB.getByName(id), (_object, { storage }) => storage.getAlarm()),
      );
      return (await Promise.all(alarms)).map((alarm) => alarm !== null);
    };
    await insert(2);
    await testServices().pipeline.admissionQueue.wakeEverywhere();
    expect(await woken()).toEqual([true, true, false]);
    await env.DB.prepare("DELETE FROM settings WHERE key = 'maxAtProvider'").run();
  });
});
