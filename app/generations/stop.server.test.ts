import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { createDatabase } from '~/db/client.server';
import type { PollOutcome, VideoProvider } from '~/providers/video-provider';
import { createGate, putBehind, type Trouble } from '~/testing/faults';
import { startGeneration } from '~/testing/generation';
import { seedPerson, seedProject, testServices } from '~/testing/services';
import { createStop } from './stop.server';

/** A person's generation, with `trouble` at the write that stops it: the second call of a cancellation, the first of a failure. `told` collects published clips and nudged objects. */
async function seed(
  trouble: Trouble | null,
  { calls = 2, poll }: { calls?: number; poll?: () => Promise<PollOutcome> } = {},
) {
  const userId = await seedPerson({ credits: 1 });
  const { clipIds } = await seedProject({ userId });
  const clipId = clipIds[0] as string;
  const generationId = await startGeneration({ userId, clipId });
  const gate = createGate();
  const instance = { env, ctx: { storage: {} } };
  putBehind(gate, instance);
  gate.see({ kind: 'publish', balance: false });
  if (trouble) gate.aim = { point: { kind: 'publish', index: 0, calls }, trouble };
  const told: string[] = [];
  const {
    live,
    credits: { ledger },
  } = testServices();
  const stop = createStop({
    db: createDatabase(instance.env.DB),
    providers: { find: () => (poll ? ({ poll } as unknown as VideoProvider) : null) },
    generationJobs: {
      getByName: (name) => ({
        nudge: async () => void told.push(name),
        hint: async () => void told.push(`hint ${name}`),
      }),
    },
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

  const failed = await seed('answer lost', { calls: 1 });
  expect(await failed.stop.fail({ ...failed.request, reason: 'stopped', detail: 'x' })).toEqual({ outcome: 'failed' });
  expect(failed.told).toEqual(failed.whole);
});

it('a stop that the database refuses throws, tells no page, and can be repeated', async () => {
  const { stop, request, told, state } = await seed('refused');
  await expect(stop.cancel(request)).rejects.toThrow();
  expect(await state()).toBe('queued');
  expect(told).toEqual([]);
  expect(await stop.cancel(request)).toEqual({ outcome: 'canceled' });
});

/** A generation whose task a provider has, and what it answers when the person stops it. */
async function seedTask(answer: PollOutcome) {
  let polls = 0;
  const poll = async () => {
    polls += 1;
    return answer;
  };
  const seeded = await seed(null, { poll });
  for (const set of [
    "state = 'submitting', submits = 1, submit_nonce = 'req_1'",
    "state = 'generating', provider_task_id = id, provider_status = 'running'",
  ])
    await env.DB.prepare(`UPDATE generations SET ${set} WHERE id = ?1`).bind(seeded.request.generationId).run();
  const balance = async () => (await testServices().credits.ledger.balance(seeded.request.userId)).balance;
  return { ...seeded, balance, polls: () => polls };
}
const running: PollOutcome = { outcome: 'state', state: { status: 'running', progress: 0.5 } };
const succeeded: PollOutcome = {
  outcome: 'state',
  state: { status: 'succeeded', outputUrl: 'https://output.test/1', costCents: 25 },
};
const silent: PollOutcome = {
  outcome: 'unreachable',
  error: { kind: 'retryable', code: null, message: 'no answer' },
};

it('a task that its provider calls at work is stopped', async () => {
  const { stop, request, balance, polls } = await seedTask(running);
  expect(await stop.cancel(request)).toEqual({ outcome: 'canceled' });
  expect([await balance(), polls()]).toEqual([1, 1]);
});

it('a task that was finished since the last poll is not stopped, and its film is fetched as soon as allowed', async () => {
  const { stop, request, balance, state, told } = await seedTask(succeeded);
  expect(await stop.cancel(request)).toEqual({ outcome: 'too-late', state: 'generating', open: true });
  expect([await balance(), await state()]).toEqual([0, 'generating']);
  expect(told).toEqual([`hint ${request.generationId}`]);
});

it('a task whose provider does not answer goes on', async () => {
  const { stop, request, balance, state } = await seedTask(silent);
  expect(await stop.cancel(request)).toEqual({ outcome: 'no-answer' });
  expect([await balance(), await state()]).toEqual([0, 'generating']);
});

it('Stop all asks about each task, and lets finished and silent ones go on', async () => {
  for (const [answer, counted] of [
    [running, { canceled: 1, goesOn: 0, tooLate: 0, credits: 1 }],
    [succeeded, { canceled: 0, goesOn: 0, tooLate: 1, credits: 0 }],
    [silent, { canceled: 0, goesOn: 1, tooLate: 0, credits: 0 }],
  ] as const) {
    const { stop, request } = await seedTask(answer);
    const projectId = await env.DB.prepare('SELECT id FROM projects WHERE user_id = ?1')
      .bind(request.userId)
      .first<string>('id');
    expect(await stop.cancelProject({ userId: request.userId, projectId: projectId ?? '' })).toMatchObject(counted);
  }
});
