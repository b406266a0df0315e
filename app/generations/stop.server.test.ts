import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { createDatabase } from '~/db/client.server';
import { createGate, putBehind, type Trouble } from '~/testing/faults';
import { startGeneration } from '~/testing/generation';
import { seedPerson, seedProject, testServices } from '~/testing/services';
import { createStop } from './stop.server';

/** A person's generation, with `trouble` at the write that stops it. `told` collects published clips and nudged objects. */
async function seed(trouble: Trouble) {
  const userId = await seedPerson({ credits: 1 });
  const { clipIds } = await seedProject({ userId });
  const clipId = clipIds[0] as string;
  const generationId = await startGeneration({ userId, clipId });
  const gate = createGate();
  const instance = { env, ctx: { storage: {} } };
  putBehind(gate, instance);
  gate.see({ kind: 'publish', balance: false });
  gate.aim = { point: { kind: 'publish', index: 0, calls: 1 }, trouble };
  const told: string[] = [];
  const {
    live,
    credits: { ledger },
  } = testServices();
  const stop = createStop({
    db: createDatabase(instance.env.DB),
    generationJobs: { getByName: (name) => ({ nudge: async () => void told.push(name) }) },
    openPages: { clips: { publish: async (_userId, id) => void told.push(id) }, live, ledger },
    clock: Date.now,
  });
  const state = () => env.DB.prepare('SELECT state FROM generations WHERE id = ?1').bind(generationId).first('state');
  return { stop, request: { userId, generationId }, told, whole: [clipId, generationId], state };
}

it('a stop whose answer is lost after the write still tells the pages and wakes the object', async () => {
  const canceled = await seed('answer lost');
  expect(await canceled.stop.cancel(canceled.request)).toEqual({ outcome: 'canceled' });
  expect(canceled.told).toEqual(canceled.whole);
  expect(await testServices().credits.ledger.balance(canceled.request.userId)).toMatchObject({ balance: 1 });

  const failed = await seed('answer lost');
  expect(await failed.stop.fail({ ...failed.request, reason: 'stopped', detail: 'x' })).toEqual({ outcome: 'failed' });
  expect(failed.told).toEqual(failed.whole);
});

it('a stop that the database refuses throws, tells no page, and can be repeated', async () => {
  const { stop, request, told, state } = await seed('refused');
  await expect(stop.cancel(request)).rejects.toThrow('lost');
  expect(await state()).toBe('queued');
  expect(told).toEqual([]);
  expect(await stop.cancel(request)).toEqual({ outcome: 'canceled' });
});
