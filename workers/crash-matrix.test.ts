// A fault at every effect that the machine yields, in workerd on real D1, R2 and objects: the object is killed before or
// after the effect, the effect is refused or its answer lost, the object is evicted between two runs. After each, alarms
// and sweeps continue and the generation ends correctly. The clock stands in the future, so that no alarm fires by itself.
import { abortAllDurableObjects, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { auditLedger } from '~/credits/audit.server';
import { clips } from '~/db/schema.server';
import type { EffectKind } from '~/generations/pipeline/effects';
import { encodeJpeg } from '~/photos/jpeg-codec.server';
import { createGate, type Gate, type Point, putBehind, type Trouble, troubles, watchLives } from '~/testing/faults';
import { createWire, videoBytes, type Wire, type WireTask } from '~/testing/provider';
import { seedPerson, seedProject, testServices } from '~/testing/services';

const minute = 60_000;
/** A limit for a hanging test. */
const timeout = 120_000;
const now = 2_000_000_000_000;

/** How the provider and the person behave during one generation. */
interface Scenario {
  /** Final states that are correct. */
  ends: readonly string[];
  firstSubmit?: 'at limit' | 'answer lost' | 'no credits';
  outcome?: 'fails once' | 'moderated' | 'gone';
  /** When the person stops the generation, or an admin ends it. */
  stopped?: 'while generating';
  ended?: 'while copying';
  /** The provider answers the first deletion of a task with 503. */
  deletesLate?: boolean;
}

const scenarios = {
  success: { ends: ['ready'] },
  'provider at its limit': { ends: ['ready'], firstSubmit: 'at limit' },
  'empty account of the provider': { ends: ['ready', 'failed'], firstSubmit: 'no credits' },
  'lost answer to the first submit': { ends: ['ready'], firstSubmit: 'answer lost' },
  'failure of the first task': { ends: ['ready', 'failed'], outcome: 'fails once' },
  'refusal by the safety filter': { ends: ['failed'], outcome: 'moderated' },
  'task unknown to the provider': { ends: ['failed'], outcome: 'gone' },
  'stop while generating': { ends: ['canceled'], stopped: 'while generating' },
  'end by an admin while copying': { ends: ['failed'], ended: 'while copying' },
  'late deletion at the provider': { ends: ['ready'], deletesLate: true },
} as const satisfies Record<string, Scenario>;
type ScenarioName = keyof typeof scenarios;

/** A scenario in which each effect occurs. The type requires every kind; the first test requires every yielded one. */
const scenarioOf: Record<EffectKind, ScenarioName> = {
  arm: 'success',
  read: 'success',
  remember: 'success',
  begin: 'success',
  'wake-next': 'success',
  picture: 'success',
  'record-attempt': 'success',
  submit: 'success',
  'hold-back': 'provider at its limit',
  'note-unknown': 'lost answer to the first submit',
  bind: 'success',
  waits: 'success',
  poll: 'success',
  progress: 'success',
  retry: 'failure of the first task',
  move: 'empty account of the provider',
  finish: 'success',
  copy: 'success',
  commit: 'success',
  fail: 'refusal by the safety filter',
  'cancel-task': 'success',
  'delete-media': 'end by an admin while copying',
  'find-media': 'task unknown to the provider',
  'delete-picture': 'success',
  publish: 'success',
  done: 'success',
  cleaned: 'success',
};

let gate: Gate = createGate();
let jpeg: Uint8Array;
const stopWatching = watchLives(() => gate);
afterAll(stopWatching);
beforeAll(async () => {
  const data = new Uint8ClampedArray(108 * 144 * 4).fill(120);
  jpeg = await encodeJpeg({ pixels: { data, width: 108, height: 144 }, quality: 80 });
});
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now });
  // Thousands of log lines would hide the result.
  vi.spyOn(console, 'log').mockImplementation(() => {});
  vi.spyOn(console, 'error').mockImplementation(() => {});
});

const later = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);
const jobOf = (id: string) => env.GENERATION_JOB.getByName(id);
/** Lets the object run until a query of the test is answered. */
const yieldToObject = () => env.DB.prepare('SELECT 1').run();

interface Row {
  state: string;
  stateAt: number;
  deadlineAt: number;
  cleanedAt: number | null;
  nonce: string | null;
  sent: number;
}
const rowOf = async (id: string) =>
  (await env.DB.prepare(
    `SELECT state, state_at AS stateAt, deadline_at AS deadlineAt, cleaned_at AS cleanedAt, submit_nonce AS nonce,
       (SELECT count(*) FROM generation_steps s WHERE s.generation_id = g.id AND s.what = 'sent') AS sent
     FROM generations g WHERE id = ?1`,
  )
    .bind(id)
    .first<Row>()) as Row;

/** Starts a generation of a new person; its photo is in R2. */
async function begin() {
  const userId = await seedPerson({ credits: 2 });
  const { clipIds } = await seedProject({ userId });
  const clipId = clipIds[0] as string;
  const { db, generations } = testServices();
  const [clip] = await db.select().from(clips).where(eq(clips.id, clipId));
  const photoKey = `u/${userId}/p/${clip?.photoId}.jpg`;
  await env.MEDIA.put(photoKey, jpeg);
  const requestKey = crypto.randomUUID();
  const started = await generations.start({ userId, clipId, requestKey, presetId: 'gentle', words: '' });
  if (started.outcome !== 'started') throw new Error(started.outcome);
  return { userId, photoKey, id: started.generationId };
}

/** The nonce of the attempt that made a task, from the URL of its picture. */
const attemptOf = ({ request }: WireTask) => new URL(String(request.promptImage)).searchParams.get('try') ?? '';

/** Sets up the provider's behaviour. `violations` collects calls that the machine must not make. */
function behave({ wire, id, userId, scenario }: { wire: Wire; id: string; userId: string; scenario: Scenario }) {
  const violations: string[] = [];
  const polls = new Map<string, { count: number; at: number }>();
  const accepted = new Map<string, string>();
  let submits = 0;
  let failing: string | null = null;
  let isDeleting = false;
  const cancel = () => testServices().generations.cancel({ userId, generationId: id });
  const end = () =>
    testServices().generations.fail({ userId, generationId: id, reason: 'stopped', detail: 'ended by an admin' });

  async function onSubmit(): Promise<Response | null> {
    submits += 1;
    const { nonce, sent } = await rowOf(id);
    if (nonce === null || sent < submits) violations.push(`submit ${submits} was not recorded before`);
    if (submits > 3) violations.push(`${submits} submits`);
    if (submits > 1) return null;
    if (scenario.firstSubmit === 'no credits')
      return Response.json({ error: 'You do not have enough credits to run this task.' }, { status: 400 });
    if (scenario.firstSubmit !== 'at limit') return null;
    return Response.json({ error: 'daily' }, { status: 429, headers: { 'Retry-After': '60' } });
  }

  function onPoll(taskId: string): void {
    const task = wire.tasks.get(taskId);
    const before = polls.get(taskId) ?? { count: 0, at: 0 };
    if (Date.now() - before.at < 5_000) violations.push('polled too soon');
    polls.set(taskId, { count: before.count + 1, at: Date.now() });
    if (!task) return;
    failing ??= scenario.outcome ? taskId : null;
    if (scenario.outcome === 'gone') wire.tasks.delete(taskId);
    else if (before.count === 0) task.body = { status: 'RUNNING', progress: 0.4 };
    else if (failing === taskId && scenario.outcome === 'fails once')
      task.body = { status: 'FAILED', failure: 'x', failureCode: 'INTERNAL', cost: { credits: 0 } };
    else if (scenario.outcome === 'moderated')
      task.body = { status: 'FAILED', failure: 'x', failureCode: 'SAFETY.INPUT.IMAGE', cost: { credits: 0 } };
    else wire.succeedWith(task);
  }

  wire.before = async ({ method, url }) => {
    if (method === 'POST') return onSubmit();
    if (method === 'GET' && url.includes('/v1/tasks/')) onPoll(url.split('/').at(-1) as string);
    if (method === 'GET' && url.includes('.mp4') && scenario.ended === 'while copying') await end();
    if (method !== 'DELETE' || !scenario.deletesLate || isDeleting) return null;
    isDeleting = true;
    return new Response('busy', { status: 503 });
  };
  wire.after = async ({ method }) => {
    if (method === 'POST') accepted.set(wire.task.id, attemptOf(wire.task));
    if (method === 'POST' && submits === 1 && scenario.firstSubmit === 'answer lost') throw new TypeError('cut');
  };
  return {
    violations,
    /** The nonce of each accepted task's attempt, by task id. */
    accepted,
    /** What the person does between two runs. */
    async betweenRuns() {
      if (scenario.stopped === 'while generating' && (await rowOf(id)).state === 'generating') await cancel();
    },
  };
}

/** Runs one generation from its start to its clean-up; returns the rules that it broke. */
async function runGeneration(
  name: ScenarioName,
  { aim, evicts = false }: { aim?: Gate['aim']; evicts?: boolean } = {},
) {
  const scenario: Scenario = scenarios[name];
  // Waits and provider failures of earlier generations would change this one.
  const learned = ['generation_waits', 'provider_waits', 'provider_minutes', 'provider_breakers'];
  await env.DB.batch(learned.map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
  const { userId, photoKey, id } = await begin();
  gate = createGate();
  gate.aim = aim ?? null;
  const own = gate;
  const wire = createWire({ openImage: (url, method) => exports.default.fetch(new Request(url, { method })) });
  const { violations, accepted, betweenRuns } = behave({ wire, id, userId, scenario });
  globalThis.fetch = ((input: Request, init?: RequestInit) => own.call(() => wire.fetch(input, init))) as typeof fetch;
  await jobOf(id).start(id);
  const mayCrash = aim?.trouble.startsWith('crash') ?? false;
  let isKilled = false;

  const ring = async (): Promise<boolean> => {
    // Only the current instance is gated, and only until the fault has happened.
    if (!evicts && !own.isReached) await runInDurableObject(jobOf(id), (instance) => putBehind(own, instance));
    if (!mayCrash || own.isReached) return runDurableObjectAlarm(jobOf(id)).catch(() => true);
    const run = { isOver: false, hadAlarm: true };
    runDurableObjectAlarm(jobOf(id))
      .then(
        (hadAlarm) => Object.assign(run, { hadAlarm }),
        () => {},
      )
      .finally(() => Object.assign(run, { isOver: true }));
    while (!run.isOver && !own.isReached) await yieldToObject();
    if (!run.isOver) {
      // As an eviction or a deploy does: the run never continues.
      isKilled = true;
      await abortAllDurableObjects();
    }
    while (!run.isOver) await yieldToObject();
    return run.hadAlarm;
  };

  for (let turn = 0; turn < 40; turn += 1) {
    if (!(await ring())) {
      if ((await rowOf(id)).cleanedAt !== null) break;
      later(6 * minute);
      const { sweep } = testServices().pipeline;
      await sweep.generations(Date.now());
      await sweep.ended(Date.now());
    }
    await betweenRuns();
    if (evicts) await evictDurableObject(jobOf(id));
    later(20_000);
  }
  const problems = [...violations];
  if (aim && !own.isReached) problems.push('the fault did not happen');
  if (mayCrash && !isKilled) problems.push('the object was not killed');
  const left = [...wire.tasks.keys()].filter((taskId) => own.known.has(taskId));
  if (left.length > 0) problems.push('a known task was not deleted at the provider');
  const unknown = [...accepted].flatMap(([taskId, nonce]) => (own.known.has(taskId) ? [] : [nonce]));
  return [...problems, ...(await brokenRules({ id, userId, photoKey, scenario, unknown }))];
}

/** The rules of the fault model that this generation's rows and objects break. */
async function brokenRules({
  id,
  userId,
  photoKey,
  scenario,
  unknown,
}: {
  id: string;
  userId: string;
  photoKey: string;
  scenario: Scenario;
  /** Nonces of attempts whose accepted task never became known. */
  unknown: readonly string[];
}): Promise<string[]> {
  const [{ state, stateAt, deadlineAt, cleanedAt }, money, timeline, media, traces] = await Promise.all([
    rowOf(id),
    env.DB.prepare(
      `SELECT (SELECT count(*) FROM credit_entries WHERE key = 'generation:' || ?1) AS debits,
         (SELECT count(*) FROM credit_entries WHERE key = 'refund:' || ?1) AS refunds,
         (SELECT balance FROM credit_accounts WHERE user_id = ?2) AS balance`,
    )
      .bind(id, userId)
      .first<{ debits: number; refunds: number; balance: number }>(),
    env.DB.prepare('SELECT what, detail FROM generation_steps WHERE generation_id = ?1 ORDER BY id')
      .bind(id)
      .all<{ what: string; detail: string | null }>(),
    env.MEDIA.list({ prefix: `u/${userId}/` }),
    runInDurableObject(jobOf(id), async (_job, { storage }) => [await storage.getAlarm(), (await storage.list()).size]),
  ]);
  const isReady = state === 'ready';
  const steps = timeline.results.map(({ what }) => what);
  const lost = timeline.results.flatMap(({ what, detail }) => (what === 'lost' ? [detail] : []));
  // After the end only one `forgotten` may follow.
  const untilEnd = steps.at(-1) === 'forgotten' ? steps.slice(0, -1) : steps;
  const keys = media.objects.map(({ key, size }) => (key === photoKey ? key : `${key} ${size}`));
  const wanted = [...(isReady ? [`u/${userId}/g/${id}.mp4 ${videoBytes().byteLength}`] : []), photoKey];
  const rules: [finding: string, isKept: boolean][] = [
    [`it ended ${state}`, scenario.ends.includes(state)],
    ['it ended too late', stateAt <= deadlineAt + 14 * minute],
    ['it was not cleaned up', cleanedAt !== null],
    ['an accepted task is not in the timeline as lost', unknown.every((nonce) => lost.includes(nonce))],
    [`debits and refunds: ${JSON.stringify(money)}`, money?.debits === 1 && money.refunds === Number(!isReady)],
    [`balance: ${money?.balance}`, money?.balance === (isReady ? 1 : 2)],
    [`media: ${keys}`, JSON.stringify(keys) === JSON.stringify(wanted)],
    [`its object holds ${traces}`, JSON.stringify(traces) === '[null,0]'],
    [
      `timeline: ${steps}`,
      untilEnd[0] === 'queued' && untilEnd.indexOf(state) === untilEnd.length - 1 && !untilEnd.includes('forgotten'),
    ],
  ];
  return rules.filter(([, isKept]) => !isKept).map(([finding]) => finding);
}

const recordings = new Map<ScenarioName, Promise<Point[]>>();
/** The effects of one generation without faults. */
function faultless(name: ScenarioName): Promise<Point[]> {
  const recorded =
    recordings.get(name) ??
    (async () => {
      expect(await runGeneration(name), name).toEqual([]);
      return gate.points;
    })();
  recordings.set(name, recorded);
  return recorded;
}

describe('the scenarios of the crash matrix', { timeout }, () => {
  it('every effect of the machine occurs in its scenario', async () => {
    const yielded = new Set<EffectKind>();
    for (const name of Object.keys(scenarios) as ScenarioName[])
      for (const { kind, calls } of await faultless(name)) {
        yielded.add(kind);
        expect(calls, kind).toBeGreaterThan(0);
      }
    expect([...yielded].sort()).toEqual(Object.keys(scenarioOf).sort());
    for (const [kind, name] of Object.entries(scenarioOf))
      expect((await faultless(name)).map((point) => point.kind)).toContain(kind);
  });
});

describe('a fault at each effect', { timeout }, () => {
  const faults = (Object.entries(scenarioOf) as [EffectKind, ScenarioName][]).flatMap(([kind, name]) =>
    troubles.map((trouble): [Trouble, EffectKind, ScenarioName] => [trouble, kind, name]),
  );
  it.each(faults)('after %s at the effect %s the generation ends correctly (%s)', async (trouble, kind, name) => {
    const found = (await faultless(name)).filter((point) => point.kind === kind);
    // A refusal changes nothing, so the first occurrence stands for all.
    const points = trouble === 'refused' ? found.slice(0, 1) : found;
    const violations: string[] = [];
    for (const point of points)
      for (const problem of await runGeneration(name, { aim: { point, trouble } }))
        violations.push(`${name}, effect ${point.index}: ${problem}`);
    expect(violations).toEqual([]);
  });
});

describe('an eviction between any two runs', { timeout }, () => {
  it.each(Object.keys(scenarios) as ScenarioName[])(
    'an eviction between any two runs changes nothing: %s',
    async (name) => {
      expect(await runGeneration(name, { evicts: true })).toEqual([]);
    },
  );
});

it('the ledger balances after all faults', async () => {
  expect(await auditLedger(env.DB)).toEqual([]);
});
