// The machine with the product's SQL and migrations, in virtual time, under crashes, lost answers and bad providers.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Statement } from '~/db/statement';
import { untilWoken } from '~/providers/rest';
import type { FailureKind, PollOutcome, SubmitOutcome, TaskState } from '~/providers/video-provider';
import { beginStatements } from './admission-queue';
import type { AnswerTo, CopyOutcome, Effect, EffectKind, GenerationRecord, Memo } from './effects';
import { drive, generationLife, safetyMilliseconds } from './machine';
import type { CountedWait } from './polling';
import { pictureFetchedStatement, readStatement, statementsFor, type WriteEffect } from './statements';
import { isOpen } from './states';

const folder = join(import.meta.dirname, '../../../migrations');
const migrations = readdirSync(folder)
  .filter((name) => name.endsWith('.sql'))
  .sort()
  .map((name) => readFileSync(join(folder, name), 'utf8'));

class Crash extends Error {}

/** What the provider does with one submit. */
type Answer = 'accept' | 'accept-unheard' | 'not-arrived' | 'overloaded' | 'busy' | FailureKind;
/** The states of an accepted task, poll by poll. */
type Course = 'succeeds' | 'hangs' | 'vanishes' | 'refuses-output' | 'throttles' | 'empty' | 'empty once' | FailureKind;

interface Scenario {
  answers?: readonly Answer[];
  courses?: readonly Course[];
  copies?: readonly ('stored' | 'bad' | 'unreachable')[];
  /** Crash before or after the effect with this number, counted over all runs. */
  crashes?: ReadonlyMap<number, 'before' | 'after'>;
  /** The person cancels before the effect with this number. */
  cancelBefore?: number;
  picture?: 'ok' | 'missing' | 'unreadable' | 'kept-back';
  /** The request holds the picture. */
  carries?: boolean;
  /** The provider forgets the task as soon as its video is stored. */
  vanishesAfterCopy?: boolean;
  /** Seconds the provider needs. */
  seconds?: number;
  /** Measured times of other tasks. */
  waits?: readonly CountedWait[];
  /** Slots at the provider, by the time in ms; one by default. */
  places?: (now: number) => number;
  /** Until when (ms) the provider rests, and why. */
  restsUntil?: number;
  restsFor?: 'failures' | 'out-of-funds' | 'by-hand';
  /** Where it may move to. */
  others?: readonly string[];
  /** The budget of a day at the first provider, in dollars, and what is spent of it, in cents. */
  budget?: { dollars: number; spent: number };
  /** How many requests to delete a task get lost. */
  lostCancels?: number;
}

const id = 'gen_1';
const userId = 'usr_1';
const minPollSeconds = 5;

/** A database in which one generation has just been paid. */
const beginning = (() => {
  const db = new DatabaseSync(':memory:');
  for (const sql of migrations) db.exec(sql);
  db.exec(`
    INSERT INTO users (id, created_at) VALUES ('${userId}', 1);
    INSERT INTO credit_accounts (user_id) VALUES ('${userId}');
    INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, reference, created_at)
      VALUES ('adjustment:1', '${userId}', 1, 1, 1, 'adjustment', 'test', 1);
    INSERT INTO projects (id, user_id, title, created_at, updated_at) VALUES ('prj_1', '${userId}', 'Summer', 1, 1);
    INSERT INTO uploads (id, user_id, project_id, request_key, file_name, length_bytes, created_at, expires_at)
      VALUES ('pho_1', '${userId}', 'prj_1', 'key', 'a.jpg', 1, 1, 2);
    INSERT INTO photos (id, user_id, project_id, media_key, size_bytes, width, height, created_at)
      VALUES ('pho_1', '${userId}', 'prj_1', 'k', 1, 3, 4, 1);
    INSERT INTO clips (id, user_id, project_id, photo_id, position, created_at)
      VALUES ('clp_1', '${userId}', 'prj_1', 'pho_1', 'a0', 1);
    INSERT INTO generations (id, user_id, clip_id, request_key, cost, state_at, deadline_at, provider, model, preset_id,
      words, prompt, shape, duration_seconds, frame_x, frame_y, frame_zoom, created_at, list_cents)
      VALUES ('${id}', '${userId}', 'clp_1', 'request-1', 1, 0, 1800000, 'p', 'm', 'gentle', '', 'x', '9:16', 5,
        0.5, 0.5, 1, 0, 25)`);
  return db.serialize();
})();

function createWorld(scenario: Scenario) {
  const db = new DatabaseSync(':memory:');
  db.deserialize(beginning);
  const run = ({ sql, params }: Statement) => db.prepare(sql).all(...params);

  if (scenario.restsUntil !== undefined)
    db.exec(
      `INSERT INTO provider_breakers VALUES ('p', 0, ${scenario.restsUntil}, '${scenario.restsFor ?? 'failures'}', 1)`,
    );

  if (scenario.budget)
    // The law that guards settings is not what is tested here.
    db.exec(`DROP TRIGGER settings_1_guarded;
      INSERT INTO settings (key, value, updated_at) VALUES ('budgetAtProvider', '{"p":${scenario.budget.dollars}}', 1);
      INSERT INTO day_figures (day, figure, value) VALUES (0, 'provider-cents:p', ${scenario.budget.spent})`);

  const world = {
    now: 0,
    alarm: 0 as number | null,
    memo: {} as Memo,
    isDone: false,
    /** The generation has no row. */
    isForgotten: false,
    isStored: false,
    pictureIsOut: false,
    published: [] as string[],
    performed: [] as EffectKind[],
    requests: [] as string[],
    tasks: new Map<string, { at: number; course: Course; nonce: string; isForgotten: boolean }>(),
    polls: [] as number[],
    copies: 0,
    cancels: 0,
    nonces: 0,
    record: () => run(readStatement(id, world.now))[0] as unknown as GenerationRecord,
    steps: () =>
      run({ sql: 'SELECT what, detail FROM generation_steps WHERE generation_id = ?1 ORDER BY id', params: [id] }) as {
        what: string;
        detail: string | null;
      }[],
    balance: () => Number(run({ sql: 'SELECT balance FROM credit_accounts', params: [] })[0]?.balance),
    costs: () =>
      run({
        sql: 'SELECT provider, cents, is_estimate AS isEstimate FROM submit_costs ORDER BY at, nonce',
        params: [],
      }).map(({ provider, cents, isEstimate }) => `${provider} ${cents}${isEstimate ? ' estimated' : ''}`),
    entries: () => run({ sql: 'SELECT key FROM credit_entries ORDER BY seq', params: [] }).map(({ key }) => key),
    reason: () => run({ sql: 'SELECT failure_reason AS reason FROM generations', params: [] })[0]?.reason,
    cancel() {
      run({
        sql: `UPDATE generations SET state = 'canceled', state_at = ?2
              WHERE id = ?1 AND state IN ('queued','submitting','generating')`,
        params: [id, world.now],
      });
      world.alarm = world.now;
    },
    /** From one alarm to the next, the sweeper helping where none is set, until nothing is left to do. */
    async live(until: (world: { record(): GenerationRecord }) => boolean = () => false) {
      const isOver = () => world.alarm === null && (world.isForgotten || world.record().cleanedAt !== null);
      for (let turn = 0; turn < 2_000 && !isOver() && !until(world); turn += 1) {
        world.now = Math.max(world.now, world.alarm ?? world.now + 60_000);
        world.alarm = world.now + safetyMilliseconds;
        world.isDone = false;
        const life = generationLife({
          clock: () => world.now,
          newNonce: () => `nonce-${++world.nonces}`,
          random: () => 0.5,
        });
        try {
          await drive(life, async (effect) => perform(effect));
        } catch (error) {
          if (!(error instanceof Crash)) throw error;
        }
      }
      return world;
    },
  };

  function perform(effect: Effect): unknown {
    const number = world.performed.push(effect.kind);
    world.now += 10;
    if (number === scenario.cancelBefore) world.cancel();
    if (scenario.crashes?.get(number) === 'before') throw new Crash();
    const answer = act(effect);
    if (scenario.crashes?.get(number) === 'after') throw new Crash();
    return answer;
  }

  function act(effect: Effect): AnswerTo<EffectKind> {
    switch (effect.kind) {
      case 'arm':
        world.alarm = effect.at;
        return;
      case 'read':
        return { record: world.isForgotten ? null : world.record(), memo: world.memo, minPollSeconds };
      case 'remember':
        world.memo = structuredClone(effect.memo);
        return;
      case 'picture':
        if ((scenario.picture ?? 'ok') !== 'ok') return { outcome: scenario.picture as 'missing' };
        world.pictureIsOut = true;
        return {
          outcome: 'ok',
          image: scenario.carries
            ? { kind: 'bytes', bytes: new Uint8Array(1), contentType: 'image/jpeg' }
            : { kind: 'url', url: 'https://echoes.test/x' },
        };
      case 'waits':
        return scenario.waits ?? [];
      case 'submit':
        return submit(effect.nonce);
      case 'poll':
        return poll(effect.taskId);
      case 'copy': {
        const outcome = scenario.copies?.[world.copies++] ?? 'stored';
        if (outcome === 'stored') world.isStored = true;
        return outcome === 'stored' ? { outcome, bytes: 1000 } : ({ outcome, detail: 'x' } as CopyOutcome);
      }
      case 'cancel-task': {
        const task = world.tasks.get(effect.taskId);
        world.cancels += 1;
        if (world.cancels <= (scenario.lostCancels ?? 0)) return 'unreachable';
        if (!task || effect.provider === '') return 'gone';
        task.isForgotten = true;
        return 'canceled';
      }
      case 'find-media':
        return world.isStored ? { bytes: 1000 } : null;
      case 'delete-media':
        world.isStored = false;
        return;
      case 'delete-picture':
        world.pictureIsOut = false;
        return;
      case 'publish':
        world.published.push(world.record().state);
        return;
      case 'done':
        world.isDone = true;
        world.alarm = null;
        world.memo = {};
        return;
      case 'wake-next':
        return;
      default: {
        db.exec('BEGIN');
        const places = scenario.places?.(world.now) ?? 1;
        const statements =
          effect.kind === 'begin'
            ? beginStatements({ id, provider: world.record().provider, now: world.now, slots: places })
            : statementsFor({ effect: withDestination(effect), id, userId, now: world.now });
        for (const statement of statements) run(statement);
        db.exec('COMMIT');
        return world.record();
      }
    }
  }

  function withDestination(effect: Exclude<Effect, { kind: 'begin' }>): WriteEffect {
    if (effect.kind !== 'move') return effect as WriteEffect;
    const [provider] = (scenario.others ?? []).filter((other) => other !== world.record().provider);
    const to = provider === undefined ? null : { provider, model: 'm', canStop: 'never' as const, listCents: 30 };
    return { ...effect, to };
  }

  function submit(nonce: string): SubmitOutcome {
    const answer = scenario.answers?.[world.requests.length] ?? 'accept';
    world.requests.push(nonce);
    const error = { kind: 'retryable' as FailureKind, code: null, message: 'x' };
    if (answer === 'not-arrived') return { outcome: 'unknown', error };
    if (answer === 'overloaded') return { outcome: 'unknown', error: { ...error, httpStatus: 503 } };
    // A HEAD and a GET.
    for (let fetch = 0; fetch < 2 && !scenario.carries; fetch += 1)
      run(pictureFetchedStatement({ id, nonce, now: world.now }));
    if (answer === 'busy') return { outcome: 'refused', error: { ...error, kind: 'quota', retryAfterSeconds: 40 } };
    if (answer !== 'accept' && answer !== 'accept-unheard')
      return { outcome: 'refused', error: { ...error, kind: answer } };
    const taskId = `task-${world.tasks.size + 1}`;
    const course = scenario.courses?.[world.tasks.size] ?? 'succeeds';
    world.tasks.set(taskId, { at: world.now, course, nonce, isForgotten: false });
    return answer === 'accept' ? { outcome: 'accepted', taskId } : { outcome: 'unknown', error };
  }

  function poll(taskId: string): PollOutcome {
    world.polls.push(world.now);
    const task = world.tasks.get(taskId);
    if (!task || task.isForgotten || task.course === 'vanishes') return { outcome: 'gone' };
    if (scenario.vanishesAfterCopy && world.isStored) return { outcome: 'gone' };
    if (task.course === 'empty' || (task.course === 'empty once' && world.polls.length === 1))
      return { outcome: 'unreachable', error: { kind: 'bad-output', code: null, message: 'finished, and no film' } };
    const age = (world.now - task.at) / 1000;
    const seconds = scenario.seconds ?? 20;
    const state = (given: TaskState): PollOutcome => ({ outcome: 'state', state: given });
    if (task.course === 'throttles' && age < 60) return state({ status: 'queued', throttled: true });
    if (task.course === 'hangs' || age < seconds) return state({ status: 'running', progress: Math.min(1, age / 60) });
    if (['succeeds', 'throttles', 'refuses-output', 'empty once'].includes(task.course))
      return state({ status: 'succeeded', outputUrl: 'https://out.test/x.mp4', costCents: 25 });
    return state({
      status: 'failed',
      error: { kind: task.course as FailureKind, code: 'CODE', message: 'x' },
      costCents: 0,
    });
  }
  return world;
}

type World = ReturnType<typeof createWorld>;

/** What must hold at the end of every generation. */
function expectSoundEnd(world: World) {
  const { state } = world.record();
  expect(isOpen(state)).toBe(false);
  const isRefunded = state === 'failed' || state === 'canceled';
  expect(world.balance()).toBe(isRefunded ? 1 : 0);
  expect(world.entries()).toEqual(['adjustment:1', `generation:${id}`, ...(isRefunded ? [`refund:${id}`] : [])]);
  expect(world.isStored).toBe(state === 'ready');
  expect(world.pictureIsOut).toBe(false);
  expect(world.alarm).toBeNull();
  expect(world.record().cleanedAt).not.toBeNull();
  expect(world.published.at(-1)).toBe(state);
  expect(world.now).toBeLessThan(1_800_000 + 14 * 60_000);
  // Every accepted attempt was written to the timeline first.
  const announced = new Set(world.steps().flatMap(({ what, detail }) => (what === 'sent' ? [detail] : [])));
  for (const { nonce } of world.tasks.values()) expect(announced.has(nonce)).toBe(true);
  // Each accepted task was deleted or is recorded as lost; no attempt that never arrived is recorded so.
  const told = (...wanted: string[]) =>
    world.steps().flatMap(({ what, detail }) => (wanted.includes(what) ? [detail ?? ''] : []));
  const lost = told('lost');
  for (const { nonce, isForgotten } of world.tasks.values()) expect(isForgotten || lost.includes(nonce)).toBe(true);
  expect(told('fetched', 'carried')).toEqual(expect.arrayContaining(lost));
  expect(new Set(lost).size).toBe(lost.length);
  expect(world.tasks.size).toBeLessThanOrEqual(3);
  for (const [index, at] of world.polls.entries())
    if (index > 0) expect(at - (world.polls[index - 1] ?? 0)).toBeGreaterThanOrEqual(minPollSeconds * 1000);
}

async function lived(scenario: Scenario): Promise<World> {
  const world = await createWorld(scenario).live();
  expectSoundEnd(world);
  return world;
}

const ends = async (scenario: Scenario) => {
  const world = await lived(scenario);
  return `${world.record().state}${world.reason() ? `: ${world.reason()}` : ''}`;
};

describe('the life of a generation', () => {
  it('a generation goes from queued to a stored video and is deleted at the provider', async () => {
    const world = await lived({});
    expect(world.record().state).toBe('ready');
    expect(world.steps().map(({ what }) => what)).toEqual([
      'queued',
      'submitting',
      'sent',
      'fetched',
      'generating',
      'at-provider',
      'copying',
      'ready',
      'forgotten',
    ]);
    expect([...world.tasks.values()].map(({ isForgotten }) => isForgotten)).toEqual([true]);
    expect(world.performed[0]).toBe('arm');
  });

  it('what an empty account refuses goes to the next provider, and costs nothing at the first', async () => {
    const world = await lived({ answers: ['out-of-funds'], others: ['q'] });
    expect(world.record()).toMatchObject({ state: 'ready', provider: 'q', submits: 2 });
    expect(world.steps().map(({ what }) => what)).toEqual([
      ...['queued', 'submitting', 'sent', 'fetched', 'moved', 'queued', 'submitting', 'sent', 'fetched'],
      ...['generating', 'at-provider', 'copying', 'ready', 'forgotten'],
    ]);
    expect(world.costs()).toEqual(['p 0', 'q 25']);
    expect(await ends({ answers: ['out-of-funds'] })).toBe('failed: out-of-funds');
    expect(await ends({ answers: ['out-of-funds', 'out-of-funds', 'out-of-funds'], others: ['q', 'p'] })).toBe(
      'failed: out-of-funds',
    );
  });

  it('what waits at an empty account or beyond a budget goes to the next provider, without one it waits and says why', async () => {
    const empty = { restsUntil: 3_000_000, restsFor: 'out-of-funds' as const };
    const spent = { budget: { dollars: 1, spent: 80 } };
    for (const lack of [empty, spent]) {
      const moved = await lived({ ...lack, others: ['q'] });
      expect(moved.record()).toMatchObject({ state: 'ready', provider: 'q', submits: 1 });
      expect(moved.now).toBeLessThan(60_000);
    }
    expect(await ends(empty)).toBe('failed: out-of-funds');
    expect(await ends(spent)).toBe('failed: budget');
    expect(await ends({ restsUntil: 3_000_000 })).toBe('failed: deadline');
    expect((await lived(spent)).requests).toEqual([]);
    expect(await ends({ budget: { dollars: 1, spent: 75 } })).toBe('ready');
  });

  it('what waits at a provider that an admin lets rest goes to the next one, and without one it waits until it is woken', async () => {
    const forGood = { restsUntil: untilWoken, restsFor: 'by-hand' as const };
    const moved = await lived({ ...forGood, others: ['q'] });
    expect(moved.record()).toMatchObject({ state: 'ready', provider: 'q', submits: 1 });
    expect(moved.now).toBeLessThan(60_000);
    expect(await ends(forGood)).toBe('failed: deadline');
    expect((await lived(forGood)).requests).toEqual([]);
    const hour = await lived({ restsUntil: 600_000, restsFor: 'by-hand' });
    expect(hour.record().state).toBe('ready');
    expect(hour.now).toBeGreaterThan(600_000);
  });

  it('nothing moves that a provider has taken or may have taken', async () => {
    const after = await lived({ courses: ['retryable'], answers: ['accept', 'out-of-funds'], others: ['q'] });
    expect(after.record()).toMatchObject({ state: 'failed', provider: 'p' });
    const unheard = await lived({ answers: ['accept-unheard', 'out-of-funds'], others: ['q'] });
    expect(unheard.record()).toMatchObject({ state: 'failed', provider: 'p' });
    expect(unheard.costs()).toEqual(['p 25 estimated', 'p 0']);
  });

  it('an error as an answer is told apart from no answer', async () => {
    const steps = async (answer: Answer) => (await lived({ answers: [answer] })).steps().map(({ what }) => what);
    expect(await steps('overloaded')).toContain('answered');
    expect(await steps('not-arrived')).not.toContain('answered');
  });

  it('each submit costs its list price until its provider tells, and nothing where it did not arrive', async () => {
    expect((await lived({})).costs()).toEqual(['p 25']);
    expect((await lived({ answers: ['not-arrived'] })).costs()).toEqual(['p 0 estimated', 'p 25']);
    expect((await lived({ answers: ['accept-unheard'] })).costs()).toEqual(['p 25 estimated', 'p 25']);
    expect((await lived({ courses: ['retryable'] })).costs()).toEqual(['p 0', 'p 25']);
    expect((await lived({ courses: ['throttles'], seconds: 99, cancelBefore: 22 })).costs()).toEqual(['p 0 estimated']);
    expect((await lived({ courses: ['hangs'], cancelBefore: 30 })).costs()).toEqual(['p 25 estimated']);
  });

  it('every kind of failure returns the credit and stores its reason', async () => {
    const kinds: FailureKind[] = [
      'moderated',
      'invalid-input',
      'quota',
      'out-of-funds',
      'auth',
      'not-found',
      'retryable',
      'unknown',
    ];
    for (const kind of kinds) {
      expect(await ends({ answers: [kind] })).toBe(`failed: ${kind}`);
      expect(await ends({ courses: [kind, kind] })).toBe(`failed: ${kind}`);
    }
    expect(await ends({ courses: ['vanishes'] })).toBe('failed: not-found');
    expect(await ends({ courses: ['hangs'] })).toBe('failed: deadline');
    expect(await ends({ picture: 'missing' })).toBe('failed: photo-missing');
    expect(await ends({ picture: 'unreadable' })).toBe('failed: photo-unreadable');
    expect(await ends({ picture: 'kept-back' })).toBe('failed: photo-kept-back');
  });

  it('a moderated picture is sent once, a provider’s fault is retried once', async () => {
    expect((await lived({ courses: ['moderated'] })).requests).toHaveLength(1);
    const again = await lived({ courses: ['retryable', 'succeeds'] });
    expect(again.record().state).toBe('ready');
    expect(again.requests).toHaveLength(2);
    expect((await lived({ courses: ['bad-output', 'bad-output', 'succeeds'] })).requests).toHaveLength(2);
  });

  it('a lost answer is waited for a minute before the next attempt, of three at most', async () => {
    expect(await ends({ answers: ['accept-unheard', 'not-arrived', 'accept'] })).toBe('ready');
    const lost = await lived({ answers: ['accept-unheard', 'accept-unheard', 'accept-unheard', 'accept'] });
    expect([lost.record().state, lost.reason(), lost.requests.length]).toEqual(['failed', 'lost', 3]);
    expect(new Set(lost.requests).size).toBe(3);
    expect(lost.now).toBeGreaterThan(180_000);
  });

  it('exactly the attempts that arrived and were never answered are recorded as lost', async () => {
    const lostOf = async (scenario: Scenario) => {
      const world = await lived(scenario);
      return world
        .steps()
        .flatMap(({ what, detail }) => (what === 'lost' ? [world.requests.indexOf(detail ?? '')] : []));
    };
    expect(await lostOf({ answers: ['accept-unheard', 'not-arrived', 'accept'] })).toEqual([0]);
    expect(await lostOf({ answers: ['accept-unheard', 'accept-unheard', 'accept-unheard'] })).toEqual([0, 1, 2]);
    expect(await lostOf({ answers: ['not-arrived', 'busy', 'moderated'] })).toEqual([]);
    expect(await lostOf({})).toEqual([]);
    // A carried picture is never fetched, so the attempt may have arrived.
    expect(await lostOf({ answers: ['not-arrived', 'accept'], carries: true })).toEqual([0]);
    // Canceled before the answer.
    const number = (await lived({})).performed.indexOf('submit') + 1;
    const crashes = new Map([[number, 'after' as const]]);
    expect(await lostOf({ crashes, cancelBefore: number + 3 })).toEqual([0]);
  });

  it('a declined picture is never sent again, whatever fails after the answer', async () => {
    const calm = await lived({ answers: ['moderated', 'accept'] });
    const heard = calm.performed.indexOf('submit') + 1;
    for (let number = heard + 1; number <= calm.performed.length; number += 1)
      for (const when of ['before', 'after'] as const) {
        // To die before the answer was kept is as if it had never come.
        if (number === heard + 1 && when === 'before') continue;
        const world = await lived({ answers: ['moderated', 'accept'], crashes: new Map([[number, when]]) });
        expect([number, when, world.reason(), world.requests.length]).toEqual([number, when, 'moderated', 1]);
        expect(world.steps().map(({ what }) => what)).not.toContain('lost');
      }
  });

  it('a stored video becomes the clip although the provider has forgotten the task', async () => {
    // The answer of the copy is lost, then the provider forgets the task.
    const calm = await lived({});
    const copied = calm.performed.indexOf('copy') + 1;
    const world = await lived({ crashes: new Map([[copied, 'after']]), vanishesAfterCopy: true });
    expect([world.record().state, world.isStored, world.reason()]).toEqual(['ready', true, null]);
    expect(await ends({ courses: ['vanishes'] })).toBe('failed: not-found');
  });

  it('a task that stays finished without a video fails', async () => {
    const world = await lived({ courses: ['empty'] });
    expect([world.reason(), world.polls.length]).toEqual(['bad-output', 3]);
    expect(await ends({ courses: ['empty once'] })).toBe('ready');
  });

  it('the tasks of a generation whose row is gone are deleted at the provider', async () => {
    const world = createWorld({});
    await world.live((at) => at.record().state === 'generating');
    world.isForgotten = true;
    await world.live();
    expect([...world.tasks.values()].map(({ isForgotten }) => isForgotten)).toEqual([true]);
    expect(world.alarm).toBeNull();
    expect(world.requests).toHaveLength(1);
  });

  it('the tasks of a generation whose row is gone during its clean-up are deleted at their provider', async () => {
    const world = createWorld({ lostCancels: 2 });
    await world.live(() => world.memo.cleanUps === 1);
    // As an object that is woken once more after its end.
    world.memo = {};
    await world.live(() => world.memo.cleanUps === 1);
    world.isForgotten = true;
    await world.live();
    expect([...world.tasks.values()].map(({ isForgotten }) => isForgotten)).toEqual([true]);
  });

  it('an attempt that the provider holds back is made later and not counted', async () => {
    const world = await lived({ answers: ['busy', 'busy', 'busy', 'busy', 'busy', 'accept'] });
    expect(world.record()).toMatchObject({ state: 'ready', submits: 1 });
    expect(world.steps().filter(({ what }) => what === 'held-back')).toHaveLength(5);
    expect(await ends({ answers: Array<Answer>(100).fill('busy') })).toBe('failed: deadline');
  });

  it('a queued generation waits for a slot, or fails at its deadline and returns its credit', async () => {
    const patient = await lived({ places: (now) => (now < 300_000 ? 0 : 1) });
    expect([patient.record().state, patient.requests.length]).toEqual(['ready', 1]);
    expect(patient.now).toBeLessThan(450_000);
    // It looks for a slot now and then, and wakes the head of the queue.
    expect(patient.performed.filter((kind) => kind === 'wake-next').length).toBeLessThan(8);
    expect(await ends({ places: () => 0 })).toBe('failed: deadline');
  });

  it('a generation sends nothing while its provider rests and says so once', async () => {
    const rested = await lived({ restsUntil: 600_000 });
    expect([rested.record().state, rested.requests.length]).toEqual(['ready', 1]);
    expect(rested.steps().filter(({ what }) => what === 'held-back')).toHaveLength(1);
    expect(rested.performed.filter((kind) => kind === 'begin')).toHaveLength(2);
    const long = await lived({ restsUntil: 3_600_000 });
    expect([long.record().state, long.reason(), long.requests.length]).toEqual(['failed', 'deadline', 0]);
  });

  it('a throttled task is shown as held back', async () => {
    const world = await lived({ courses: ['throttles'] });
    expect(world.steps().map(({ what }) => what)).toContain('held-back');
  });

  it('a failed copy is repeated with a fresh URL, and an invalid video fails after three', async () => {
    expect(await ends({ copies: ['unreachable', 'bad', 'stored'] })).toBe('ready');
    expect(await ends({ copies: Array<'bad'>(9).fill('bad') })).toBe('failed: bad-output');
    expect(await ends({ copies: Array<'unreachable'>(900).fill('unreachable') })).toBe('failed: deadline');
  });

  it('a broken transfer does not count as an invalid video', async () => {
    expect(await ends({ copies: ['unreachable', 'unreachable', 'bad', 'bad', 'unreachable', 'stored'] })).toBe('ready');
  });

  it('the first poll is at the time when the earliest other tasks were ready', async () => {
    const waits = [{ bucketSeconds: 40, count: 100 }];
    const patient = await lived({ seconds: 45, waits });
    expect((patient.polls[0] ?? 0) / 1000).toBeGreaterThanOrEqual(14);
    expect(patient.polls.length).toBeLessThan((await lived({ seconds: 45 })).polls.length);
    expect(await ends({ seconds: 1, waits })).toBe('ready');
  });

  it('every task is deleted at the provider, however many of these requests get lost', async () => {
    for (const lostCancels of [0, 1, 5, 12]) {
      const world = await lived({ courses: ['retryable', 'succeeds'], lostCancels });
      expect([...world.tasks.values()].map(({ isForgotten }) => isForgotten)).toEqual([true, true]);
    }
  });

  it('the deletion at the provider is recorded once, and only where it had a task', async () => {
    const told = async (scenario: Scenario) =>
      (await lived(scenario)).steps().flatMap(({ what, detail }) => (what === 'forgotten' ? [detail] : []));
    expect(await told({ courses: ['retryable', 'succeeds'], lostCancels: 3 })).toEqual(['canceled']);
    expect(await told({ answers: ['moderated'] })).toEqual([]);
    expect(await told({ picture: 'missing' })).toEqual([]);
  });

  it('a crash before or after any effect still leads to a good end', async () => {
    const calm = await lived({});
    for (let number = 1; number <= calm.performed.length; number += 1)
      for (const when of ['before', 'after'] as const) {
        const world = await lived({ crashes: new Map([[number, when]]) });
        expect([number, when, world.record().state]).toEqual([number, when, 'ready']);
        expect(world.steps().filter(({ what }) => what === 'forgotten')).toHaveLength(1);
      }
  });

  it('a cancel before any effect leaves nothing behind', async () => {
    const calm = await lived({});
    for (let number = 1; number <= calm.performed.length; number += 1) {
      const world = await lived({ cancelBefore: number });
      const isBound = [...world.tasks.keys()].length > 0;
      if (world.record().state === 'canceled' && isBound)
        expect([...world.tasks.values()].every(({ isForgotten }) => isForgotten)).toBe(true);
    }
  });

  it('any mixture of faults keeps the laws', async () => {
    const answer = fc.constantFrom<Answer>('accept', 'accept', 'accept-unheard', 'not-arrived', 'busy', 'moderated');
    const course = fc.constantFrom<Course>('succeeds', 'succeeds', 'hangs', 'vanishes', 'throttles', 'retryable');
    const scenario = fc.record({
      answers: fc.array(answer, { maxLength: 6 }),
      courses: fc.array(course, { maxLength: 3 }),
      copies: fc.array(fc.constantFrom('stored' as const, 'bad' as const, 'unreachable' as const), { maxLength: 4 }),
      crashes: fc
        .array(fc.tuple(fc.integer({ min: 1, max: 120 }), fc.constantFrom('before' as const, 'after' as const)), {
          maxLength: 12,
        })
        .map((list) => new Map(list)),
      cancelBefore: fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined, freq: 3 }),
      seconds: fc.integer({ min: 1, max: 120 }),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ cancelBefore, ...rest }) => {
        await lived({ ...rest, ...(cancelBefore === undefined ? {} : { cancelBefore }) });
      }),
      { numRuns: 150 },
    );
  });
});
