// Every effect the machine yields, in real workerd on real D1, R2 and objects: the object is killed before it and after
// it, its answer is lost, it is refused, the object is evicted between any two runs. Each time alarms and sweeper go on,
// and the generation ends as it should. The clock stands in the future, so that no alarm rings by itself.
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
/** Only when to give up. */
const timeout = 120_000;
const now = 2_000_000_000_000;

/** How the provider, and the person, behave while one generation lives. */
interface Scenario {
  ends: readonly string[];
  firstSubmit?: 'too many' | 'answer lost';
  outcome?: 'fails once' | 'moderated' | 'gone';
  /** When the person stops it. */
  stopped?: 'while it runs' | 'while it is copied';
  /** The provider cannot be reached when it is first asked to forget. */
  forgetsLate?: boolean;
}

const scenarios = {
  'it works out': { ends: ['ready'] },
  'the provider takes no more for a while': { ends: ['ready'], firstSubmit: 'too many' },
  'the first request has no answer': { ends: ['ready'], firstSubmit: 'answer lost' },
  'the first film fails': { ends: ['ready', 'failed'], outcome: 'fails once' },
  'it is declined': { ends: ['failed'], outcome: 'moderated' },
  'the provider knows nothing of it': { ends: ['failed'], outcome: 'gone' },
  'it is stopped while it runs': { ends: ['canceled'], stopped: 'while it runs' },
  'it is stopped while it is copied': { ends: ['canceled'], stopped: 'while it is copied' },
  'the provider is slow to forget': { ends: ['ready'], forgetsLate: true },
} as const satisfies Record<string, Scenario>;
type ScenarioName = keyof typeof scenarios;

/** Where each effect is met for certain. The type asks for every effect, the first test for every one that is yielded. */
const met: Record<EffectKind, ScenarioName> = {
  arm: 'it works out',
  read: 'it works out',
  remember: 'it works out',
  begin: 'it works out',
  'wake-next': 'it works out',
  picture: 'it works out',
  'record-attempt': 'it works out',
  submit: 'it works out',
  'hold-back': 'the provider takes no more for a while',
  'note-unknown': 'the first request has no answer',
  bind: 'it works out',
  waits: 'it works out',
  poll: 'it works out',
  progress: 'it works out',
  retry: 'the first film fails',
  finish: 'it works out',
  copy: 'it works out',
  commit: 'it works out',
  fail: 'it is declined',
  'cancel-task': 'it works out',
  'delete-media': 'it is stopped while it is copied',
  'find-media': 'the provider knows nothing of it',
  'delete-picture': 'it works out',
  publish: 'it works out',
  done: 'it works out',
  cleaned: 'it works out',
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
  // Thousands of lines, and nobody reads them here.
  vi.spyOn(console, 'log').mockImplementation(() => {});
  vi.spyOn(console, 'error').mockImplementation(() => {});
});

const later = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);
const jobOf = (id: string) => env.GENERATION_JOB.getByName(id);
/** Lets others go on, by a question to the database; the answer comes in the test's own context. */
const turnOfOurOwn = () => env.DB.prepare('SELECT 1').run();

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

/** A person with one credit spent on a try whose photo really lies in R2. */
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

/** The attempt that a task was made for: the address of its picture carries it. */
const attemptOf = ({ request }: WireTask) => new URL(String(request.promptImage)).searchParams.get('try') ?? '';

/** Sets the provider's behaviour up; answers what it saw that it should not have. */
function behave({ wire, id, userId, scenario }: { wire: Wire; id: string; userId: string; scenario: Scenario }) {
  const seen: string[] = [];
  const polls = new Map<string, { count: number; at: number }>();
  const accepted = new Map<string, string>();
  let submits = 0;
  let failing: string | null = null;
  let isForgetting = false;
  const cancel = () => testServices().generations.cancel({ userId, generationId: id });

  async function taken(): Promise<Response | null> {
    submits += 1;
    const { nonce, sent } = await rowOf(id);
    if (nonce === null || sent < submits) seen.push(`request ${submits} was not written down before`);
    if (submits > 3) seen.push(`${submits} requests`);
    if (submits > 1 || scenario.firstSubmit !== 'too many') return null;
    return Response.json({ error: 'daily' }, { status: 429, headers: { 'Retry-After': '60' } });
  }

  function asked(taskId: string): void {
    const task = wire.tasks.get(taskId);
    const before = polls.get(taskId) ?? { count: 0, at: 0 };
    if (Date.now() - before.at < 5_000) seen.push('asked too soon');
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
    if (method === 'POST') return taken();
    if (method === 'GET' && url.includes('/v1/tasks/')) asked(url.split('/').at(-1) as string);
    if (method === 'GET' && url.includes('.mp4') && scenario.stopped === 'while it is copied') await cancel();
    if (method !== 'DELETE' || !scenario.forgetsLate || isForgetting) return null;
    isForgetting = true;
    return new Response('busy', { status: 503 });
  };
  wire.after = async ({ method }) => {
    if (method === 'POST') accepted.set(wire.task.id, attemptOf(wire.task));
    if (method === 'POST' && submits === 1 && scenario.firstSubmit === 'answer lost') throw new TypeError('cut');
  };
  return {
    seen,
    /** Every task that was taken on, and the attempt it was made for. */
    accepted,
    /** Between two runs. */
    async meanwhile() {
      if (scenario.stopped === 'while it runs' && (await rowOf(id)).state === 'generating') await cancel();
    },
  };
}

/** One life from the wish to the last trace of it; answers every law that it broke. */
async function live(name: ScenarioName, { aim, evicts = false }: { aim?: Gate['aim']; evicts?: boolean } = {}) {
  const scenario: Scenario = scenarios[name];
  const { userId, photoKey, id } = await begin();
  // What earlier lives have taught about waiting, and about the provider, would make this one another.
  const taught = ['generation_waits', 'provider_waits', 'provider_minutes', 'provider_breakers'];
  await env.DB.batch(taught.map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
  gate = createGate();
  gate.aim = aim ?? null;
  const own = gate;
  const wire = createWire({ openImage: (url, method) => exports.default.fetch(new Request(url, { method })) });
  const { seen, accepted, meanwhile } = behave({ wire, id, userId, scenario });
  globalThis.fetch = ((input: Request, init?: RequestInit) => own.call(() => wire.fetch(input, init))) as typeof fetch;
  await jobOf(id).start(id);
  const mayCrash = aim?.trouble.startsWith('crash') ?? false;
  let isKilled = false;

  const ring = async (): Promise<boolean> => {
    // Whatever instance is there now; once the trouble has come, everything is as ever.
    if (!evicts && !own.isReached) await runInDurableObject(jobOf(id), (instance) => putBehind(own, instance));
    if (!mayCrash || own.isReached) return runDurableObjectAlarm(jobOf(id)).catch(() => true);
    const run = { isOver: false, hadAlarm: true };
    runDurableObjectAlarm(jobOf(id))
      .then(
        (hadAlarm) => Object.assign(run, { hadAlarm }),
        () => {},
      )
      .finally(() => Object.assign(run, { isOver: true }));
    while (!run.isOver && !own.isReached) await turnOfOurOwn();
    if (!run.isOver) {
      // From outside, as an eviction or a deploy would: nothing of the run gets another turn.
      isKilled = true;
      await abortAllDurableObjects();
    }
    while (!run.isOver) await turnOfOurOwn();
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
    await meanwhile();
    if (evicts) await evictDurableObject(jobOf(id));
    later(20_000);
  }
  const problems = [...seen];
  if (aim && !own.isReached) problems.push('the trouble never came');
  if (mayCrash && !isKilled) problems.push('nothing was killed');
  const left = [...wire.tasks.keys()].filter((taskId) => own.known.has(taskId));
  if (left.length > 0) problems.push('a known task was not asked to be forgotten');
  const unknown = [...accepted].flatMap(([taskId, nonce]) => (own.known.has(taskId) ? [] : [nonce]));
  return [...problems, ...(await broken({ id, userId, photoKey, scenario, unknown }))];
}

/** The laws of the fault model that this generation's traces break. */
async function broken({
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
  /** Attempts whose task was taken on, and its id never known. */
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
  // Only what was found out after the end may stand below it, once.
  const told = steps.at(-1) === 'forgotten' ? steps.slice(0, -1) : steps;
  const keys = media.objects.map(({ key, size }) => (key === photoKey ? key : `${key} ${size}`));
  const wanted = [...(isReady ? [`u/${userId}/g/${id}.mp4 ${videoBytes().byteLength}`] : []), photoKey];
  const laws: [law: string, isKept: boolean][] = [
    [`it ended ${state}`, scenario.ends.includes(state)],
    ['it ended too late', stateAt <= deadlineAt + 14 * minute],
    ['something of it was left', cleanedAt !== null],
    ['a task was taken on and never heard of', unknown.every((nonce) => lost.includes(nonce))],
    [`debits and refunds: ${JSON.stringify(money)}`, money?.debits === 1 && money.refunds === Number(!isReady)],
    [`balance: ${money?.balance}`, money?.balance === (isReady ? 1 : 2)],
    [`media: ${keys}`, JSON.stringify(keys) === JSON.stringify(wanted)],
    [`its object holds ${traces}`, JSON.stringify(traces) === '[null,0]'],
    [
      `timeline: ${steps}`,
      told[0] === 'queued' && told.indexOf(state) === told.length - 1 && !told.includes('forgotten'),
    ],
  ];
  return laws.filter(([, isKept]) => !isKept).map(([law]) => law);
}

const lives = new Map<ScenarioName, Promise<Point[]>>();
/** What one undisturbed life yields. */
function undisturbed(name: ScenarioName): Promise<Point[]> {
  const recorded =
    lives.get(name) ??
    (async () => {
      expect(await live(name), name).toEqual([]);
      return gate.points;
    })();
  lives.set(name, recorded);
  return recorded;
}

describe('the scenarios of the crash matrix', { timeout }, () => {
  it('every effect of the machine occurs in its scenario', async () => {
    const yielded = new Set<EffectKind>();
    for (const name of Object.keys(scenarios) as ScenarioName[])
      for (const { kind, calls } of await undisturbed(name)) {
        yielded.add(kind);
        expect(calls, kind).toBeGreaterThan(0);
      }
    expect([...yielded].sort()).toEqual(Object.keys(met).sort());
    for (const [kind, name] of Object.entries(met))
      expect((await undisturbed(name)).map((point) => point.kind)).toContain(kind);
  });
});

describe.each(Object.entries(met) as [EffectKind, ScenarioName][])('a fault at %s', { timeout }, (kind, name) => {
  it.each(troubles)('%s: the generation ends as it should', async (trouble: Trouble) => {
    const found = (await undisturbed(name)).filter((point) => point.kind === kind);
    // A refusal leaves everything as it was: the same wherever it is.
    const points = trouble === 'refused' ? found.slice(0, 1) : found;
    const violations: string[] = [];
    for (const point of points)
      for (const problem of await live(name, { aim: { point, trouble } }))
        violations.push(`${name}, effect ${point.index}: ${problem}`);
    expect(violations).toEqual([]);
  });
});

describe('an eviction between any two runs', { timeout }, () => {
  it.each(Object.keys(scenarios) as ScenarioName[])('an eviction changes nothing: %s', async (name) => {
    expect(await live(name, { evicts: true })).toEqual([]);
  });
});

it('the ledger balances after all faults', async () => {
  expect(await auditLedger(env.DB)).toEqual([]);
});
