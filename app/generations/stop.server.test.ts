import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { createDatabase } from '~/db/client.server';
import { createGate, putBehind, type Trouble } from '~/testing/faults';
import { startGeneration } from '~/testing/generation';
import { seedPerson, seedProject, testServices } from '~/testing/services';
import { createStop } from './stop.server';

/** A person's try, and what stops it where this happens to the write. `heard`: who was told. */
async function seed(trouble: Trouble) {
  const userId = await seedPerson({ credits: 1 });
  const { clipIds } = await seedProject({ userId });
  const clipId = clipIds[0] as string;
  const generationId = await startGeneration({ userId, clipId });
  const gate = createGate();
  const house = { env, ctx: { storage: {} } };
  putBehind(gate, house);
  gate.see({ kind: 'publish', balance: false });
  gate.aim = { point: { kind: 'publish', index: 0, calls: 1 }, trouble };
  const heard: string[] = [];
  const stop = createStop({
    db: createDatabase(house.env.DB),
    jobs: { getByName: (name) => ({ nudge: async () => void heard.push(name) }) },
    publish: async (_userId, id) => void heard.push(id),
    clock: Date.now,
  });
  const row = () => env.DB.prepare('SELECT state FROM generations WHERE id = ?1').bind(generationId).first('state');
  return { stop, wish: { userId, generationId }, heard, told: [clipId, generationId], row };
}

it('tells the pages and wakes the object also where the database did it and its answer was lost', async () => {
  const canceled = await seed('answer lost');
  expect(await canceled.stop.cancel(canceled.wish)).toEqual({ outcome: 'canceled' });
  expect(canceled.heard).toEqual(canceled.told);
  expect(await testServices().ledger.balance(canceled.wish.userId)).toMatchObject({ balance: 1 });

  const failed = await seed('answer lost');
  expect(await failed.stop.fail({ ...failed.wish, reason: 'stopped', detail: 'x' })).toEqual({ outcome: 'failed' });
  expect(failed.heard).toEqual(failed.told);
});

it('says that it went wrong where nothing was written, and tells nobody', async () => {
  const { stop, wish, heard, row } = await seed('refused');
  await expect(stop.cancel(wish)).rejects.toThrow('lost');
  expect(await row()).toBe('queued');
  expect(heard).toEqual([]);
  expect(await stop.cancel(wish)).toEqual({ outcome: 'canceled' });
});
