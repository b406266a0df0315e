// Gifts and stops through the doors that a browser uses: what a person who cancels everything can make of one credit.
import { env, exports } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditLedger } from '~/credits/audit.server';
import { createIds } from '~/db/ids';
import { generations, users } from '~/db/schema.server';
import { finishGeneration } from '~/testing/generation';
import { seedPerson, seedProject, seedSession, testServices } from '~/testing/services';

const origin = env.APP_ORIGIN;
const services = testServices();
const person = { id: '', cookie: '', projectId: '', clipIds: [] as string[] };

beforeEach(async () => {
  person.id = await seedPerson({ credits: 1 });
  person.cookie = await seedSession(person.id);
  Object.assign(person, await seedProject({ userId: person.id, clipCount: 4 }));
});
afterEach(async () => expect(await auditLedger(env.DB)).toEqual([]));

interface Told {
  outcome: string;
  generationId?: string;
}

async function post(path: string, fields: Record<string, string> = {}): Promise<Told & { status: number }> {
  const headers = { Origin: origin, Accept: 'application/json', Cookie: person.cookie };
  const body = new URLSearchParams(fields);
  const response = await exports.default.fetch(new Request(origin + path, { method: 'POST', body, headers }));
  return { status: response.status, ...(await response.json<Told>()) };
}

const start = (clipId: string) =>
  post(`/clips/${clipId}/generations`, { requestKey: crypto.randomUUID(), presetId: 'gentle', words: '' });
const complain = (generationId: string) =>
  post(`/generations/${generationId}/feedback`, { requestKey: crypto.randomUUID(), reason: 'wrong-face' });
const stop = (generationId: string) => post(`/generations/${generationId}/cancellation`);
const balance = async () => (await services.credits.ledger.balance(person.id)).balance;
const countOf = async (state: string) =>
  (await services.db.select().from(generations).where(eq(generations.userId, person.id))).filter(
    (row) => row.state === state,
  ).length;

describe('a free second try', () => {
  it('one credit makes one clip and its second try, for a person who cancels every free try', async () => {
    for (const clipId of person.clipIds) {
      const paid = await start(clipId);
      if (paid.outcome !== 'started') continue;
      await finishGeneration(paid.generationId ?? '');
      const free = await complain(paid.generationId ?? '');
      expect(free.outcome).toBe('started');
      expect(await stop(free.generationId ?? '')).toMatchObject({ status: 200, outcome: 'canceled' });
      expect(await balance()).toBe(0);
    }
    expect(await countOf('ready')).toBe(1);
  });
});

/** The generation is submitted, as its object does before it sends the request. */
const submit = (id = '', values: Partial<typeof generations.$inferInsert> = {}) =>
  services.db
    .update(generations)
    .set({ state: 'submitting', submits: 1, submitNonce: `req_${id}`, ...values })
    .where(eq(generations.id, id));
const stateOf = async (id = '') =>
  (await services.db.select({ state: generations.state }).from(generations).where(eq(generations.id, id)))[0]?.state;
const reach = async (id: string | undefined, ...states: ('generating' | 'copying' | 'ready')[]) => {
  for (const state of states)
    await services.db
      .update(generations)
      .set(
        state === 'ready'
          ? { state, mediaKey: `u/x/g/${id}.mp4`, mediaBytes: 4 }
          : { state, providerTaskId: `t_${id}` },
      )
      .where(eq(generations.id, id ?? ''));
};

describe('starting and stopping in a loop', () => {
  it('one credit brings five stopped orders to a provider in a day, and the sixth goes on to its clip', async () => {
    const clipId = person.clipIds[0] as string;
    const outcomes: string[] = [];
    for (let round = 0; round < 26; round += 1) {
      const { generationId, outcome } = await start(clipId);
      if (outcome !== 'started') {
        outcomes.push(outcome);
        continue;
      }
      await submit(generationId);
      outcomes.push((await stop(generationId ?? '')).outcome);
    }
    const stops = Array.from({ length: 5 }, () => 'canceled');
    expect(outcomes).toEqual([...stops, 'too-many-stops', ...Array.from({ length: 20 }, () => 'already-open')]);
    expect(await balance()).toBe(0);
    const open = (await services.db.select().from(generations).where(eq(generations.userId, person.id))).find(
      ({ state }) => state === 'submitting',
    );
    await reach(open?.id, 'generating', 'copying', 'ready');
    expect([await balance(), await countOf('ready')]).toEqual([0, 1]);
  });

  it('the stops of the day are those of the Google account, also after the account was deleted', async () => {
    const accountHash = 'the same person';
    await services.db.update(users).set({ accountHash }).where(eq(users.id, person.id));
    for (let round = 0; round < 5; round += 1) {
      const { generationId } = await start(person.clipIds[0] as string);
      await submit(generationId);
      expect((await stop(generationId ?? '')).outcome).toBe('canceled');
    }
    for (const step of [{ deletedAt: 1 }, { closedAt: 1 }])
      await services.db.update(users).set(step).where(eq(users.id, person.id));
    const userId = await seedPerson({ credits: 1, accountHash });
    Object.assign(person, { id: userId, cookie: await seedSession(userId) });
    const { clipIds } = await seedProject({ userId });
    const { generationId } = await start(clipIds[0] as string);
    await submit(generationId);
    expect(await stop(generationId ?? '')).toMatchObject({ status: 409, outcome: 'too-many-stops' });
  });

  it('what was not submitted can be stopped any number of times', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { generationId } = await start(person.clipIds[0] as string);
      expect((await stop(generationId ?? '')).outcome).toBe('canceled');
    }
    expect(await balance()).toBe(1);
  });

  it('a finished film, or a task that its provider cannot stop, goes on, and its credit stays spent', async () => {
    const finished = await start(person.clipIds[0] as string);
    await submit(finished.generationId);
    await reach(finished.generationId, 'generating', 'copying');
    expect(await stop(finished.generationId ?? '')).toMatchObject({ status: 409, outcome: 'too-late' });
    await reach(finished.generationId, 'ready');
    await services.credits.ledger.grant({
      ...{ key: `adjustment:more-${person.id}`, userId: person.id, credits: 2, kind: 'adjustment', reference: 'test' },
    });
    const id = createIds({ clock: Date.now })('gen');
    const [row] = await services.db.select().from(generations).where(eq(generations.userId, person.id));
    const never = { submits: 0, submitNonce: null, providerTaskId: null, mediaKey: null, mediaBytes: null };
    const made = { ...row, ...never, id, requestKey: 'never-to-stop', clipId: person.clipIds[1], canStop: 'never' };
    await services.db.insert(generations).values({ ...made, state: 'queued' } as typeof generations.$inferInsert);
    await submit(id);
    expect(await stop(id)).toMatchObject({ status: 409, outcome: 'cannot-be-stopped' });
    expect(await stateOf(id)).toBe('submitting');
    expect(await balance()).toBe(1);
  });

  it('Stop all stops what was not submitted and as many of the others as the day has stops for', async () => {
    await services.credits.ledger.grant({
      ...{ key: `adjustment:more-${person.id}`, userId: person.id, credits: 9, kind: 'adjustment', reference: 'test' },
    });
    for (let round = 0; round < 4; round += 1) {
      const { generationId } = await start(person.clipIds[0] as string);
      await submit(generationId);
      expect((await stop(generationId ?? '')).outcome).toBe('canceled');
    }
    const ids: string[] = [];
    for (const clipId of person.clipIds) ids.push((await start(clipId)).generationId ?? '');
    for (const id of ids.slice(0, 2)) await submit(id);
    await submit(ids[2]);
    await reach(ids[2], 'generating', 'copying');
    expect(await post(`/projects/${person.projectId}/cancellation`)).toMatchObject({
      ...{ outcome: 'canceled', canceled: 2, sent: 1, goesOn: 1, tooLate: 1, credits: 2 },
    });
    expect(await Promise.all(ids.map((id) => stateOf(id)))).toEqual(['canceled', 'submitting', 'copying', 'canceled']);
  });
});
