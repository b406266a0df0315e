import { pictureFetchedStatement } from '../../app/generations/pipeline/statements.ts';
import { mayHaveBeenTaken, refusalOf, stateOf } from '../../app/providers/runway-wire.ts';
import type { CancelOutcome, PollOutcome, SubmitOutcome } from '../../app/providers/video-provider.ts';
import { minute, type World } from './world.ts';

/** A task as the provider keeps it. */
export interface Task {
  id: string;
  provider: string;
  generationId: string;
  nonce: string;
  sentAt: number;
  acceptedAt: number;
  startsAt: number;
  isThrottled: boolean;
  /** Infinity where it never ends. */
  endsAt: number;
  failureCode: string | null;
  failed: boolean;
  /** The output is not a video. */
  isBad: boolean;
  isGone: boolean;
  /** Its cancellation or deletion was requested. */
  isAskedToForget: boolean;
  /** Its id reached us. */
  isKnown: boolean;
  /** The fetch of its picture was recorded. */
  isHeardOf: boolean;
  polls: number;
  polledAt: number;
  seenEndedAt: number | null;
}

interface Order {
  provider: string;
  generationId: string;
  nonce: string;
  /** True where the picture can be fetched, evaluated at the fetch; null where the submit carries the picture. */
  picture: (() => boolean) | null;
}

const i6 = 'I6 at most three submits, each written down before';
const timeout = 30_000;
/** Runway requires five seconds between polls; the network may shorten them a little. */
const leastBetweenPolls = 4_800;
const failureCodes = [
  'SAFETY.INPUT.IMAGE',
  'SAFETY.OUTPUT.VIDEO',
  'INTERNAL.BAD_OUTPUT.CODE01',
  'INTERNAL',
  'THIRD_PARTY.UNAVAILABLE',
  'ASSET.INVALID',
  'SOMETHING.NEW',
  null,
];

/** Runway as documented and observed: statuses and bodies, read by the product's own `runway-wire`. */
export function createProvider(world: World) {
  const { random, agenda, database } = world;
  const tasks = new Map<string, Task>();
  const taken = new Set<string>();

  /**
   * Fetches the picture before the answer. The door records the fetch, unless the database fails twice. Returns whether the
   * picture exists and whether its fetch was recorded.
   */
  function fetchPicture({ generationId: id, nonce, picture }: Order): { isThere: boolean; isHeardOf: boolean } {
    if (picture === null) return { isThere: true, isHeardOf: true };
    if (!picture()) return { isThere: false, isHeardOf: false };
    const { databaseRefuses } = world.faults;
    const isHeardOf = !(random.chance(databaseRefuses) && random.chance(databaseRefuses));
    const times = random.chance(0.5) ? 2 : 1;
    for (let time = 0; time < times && isHeardOf; time += 1)
      database.batch([pictureFetchedStatement({ id, nonce, now: agenda.now })]);
    return { isThere: true, isHeardOf };
  }

  function expectWrittenDown({ generationId, nonce }: Order): void {
    const written = database.all('SELECT 1 FROM generation_steps WHERE generation_id = ? AND what = ? AND detail = ?', [
      generationId,
      'sent',
      nonce,
    ]);
    if (written.length === 0) world.report(i6, generationId, `${nonce} was sent, which nothing recorded`);
  }

  function accept({
    provider,
    generationId,
    nonce,
    sentAt,
    isHeardOf,
  }: Omit<Order, 'picture'> & Pick<Task, 'sentAt' | 'isHeardOf'>): Task {
    if (taken.has(nonce)) world.report(i6, generationId, `${nonce} was taken twice`);
    taken.add(nonce);
    const waits = random.between(0, 5_000) + (random.chance(0.1) ? random.between(10_000, 200_000) : 0);
    const startsAt = agenda.now + waits;
    const failed = random.chance(0.12);
    const task: Task = {
      id: `task-${world.number()}`,
      provider,
      generationId,
      nonce,
      sentAt,
      acceptedAt: agenda.now,
      startsAt,
      isThrottled: waits > 5_000,
      endsAt: startsAt + durationMilliseconds(),
      failureCode: failed ? random.pick(failureCodes) : null,
      failed,
      isBad: random.chance(0.003),
      isGone: false,
      isAskedToForget: false,
      isKnown: false,
      isHeardOf,
      polls: 0,
      polledAt: Number.NEGATIVE_INFINITY,
      seenEndedAt: null,
    };
    tasks.set(task.id, task);
    world.tell(generationId, () => `provider takes ${nonce} as ${task.id}`);
    return task;
  }

  /** One in fifty never ends, one in fifty ends after the deadline. */
  function durationMilliseconds(): number {
    if (random.chance(0.02)) return Number.POSITIVE_INFINITY;
    if (random.chance(0.02)) return random.between(15, 50) * minute;
    const spread = random() + random() + random() - 1.5;
    return world.typicalSeconds * 1000 * Math.exp(spread);
  }

  function bodyOf(task: Task): object {
    if (agenda.now < task.startsAt) return { status: task.isThrottled ? 'THROTTLED' : 'PENDING' };
    if (agenda.now < task.endsAt) {
      const share = (agenda.now - task.startsAt) / (task.endsAt - task.startsAt);
      return { status: 'RUNNING', progress: Math.round(share * 4) / 4 };
    }
    if (task.failed) return { status: 'FAILED', failure: 'no', failureCode: task.failureCode };
    const expiresAt = agenda.now + random.between(20_000, 90_000);
    const output = [`https://output.test/${task.id}?minted=${agenda.now}&expires=${expiresAt}`];
    return { status: 'SUCCEEDED', output, cost: { credits: 25 } };
  }

  const noAnswer = { status: 0, headers: new Headers(), body: null };
  const serverError = { status: 502, headers: new Headers(), body: null };

  return {
    tasks,

    submit(order: Order, answer: (outcome: SubmitOutcome) => void) {
      const { faults } = world;
      expectWrittenDown(order);
      const say = (after: number, status: number, body: unknown, retryAfter?: number) => {
        const headers = new Headers(retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) });
        const error = refusalOf({ status, headers, body });
        const isUnknown = mayHaveBeenTaken(status);
        agenda.later(after, () => answer({ outcome: isUnknown ? 'unknown' : 'refused', error }));
      };
      if (random.chance(faults.requestLost)) return say(random.between(100, timeout), 0, null);
      if (random.chance(faults.tooMany)) return say(200, 429, { error: 'daily limit' }, random.between(1, 400));
      if (random.chance(faults.serverError / 2)) return say(300, 502, null);
      if (agenda.now < (world.emptyUntil.get(order.provider) ?? 0)) {
        if (random.chance(0.5)) fetchPicture(order);
        return say(300, 400, { error: 'You do not have enough credits to run this task.' });
      }
      if (random.chance(0.01)) {
        fetchPicture(order);
        return say(300, 400, { error: 'Failed moderation' });
      }
      if (random.chance(0.002)) return say(300, 401, { error: 'Unauthorized' });
      const isSlow = random.chance(faults.answerLost);
      const sentAt = agenda.now;
      agenda.later(isSlow ? random.between(100, timeout) : random.between(100, 2_000), () => {
        const { isThere, isHeardOf } = fetchPicture(order);
        if (!isThere) return say(100, 400, { error: 'Failed to fetch asset.' });
        const task = accept({ ...order, sentAt, isHeardOf });
        if (isSlow) return say(1_000, 0, null);
        if (random.chance(faults.serverError / 2)) return say(100, 500, null);
        agenda.later(200, () => answer({ outcome: 'accepted', taskId: task.id }));
      });
    },

    poll(taskId: string, answer: (outcome: PollOutcome) => void) {
      const { faults } = world;
      const task = tasks.get(taskId);
      const unreachable = (after: number, reply: Parameters<typeof refusalOf>[0]) =>
        agenda.later(after, () => answer({ outcome: 'unreachable', error: refusalOf(reply) }));
      if (task) {
        const gap = agenda.now - task.polledAt;
        const isForgotten = task.polledAt < (world.forgotten?.until ?? Number.NEGATIVE_INFINITY);
        if (gap < leastBetweenPolls && !isForgotten)
          world.report(
            'a task is never asked about more often than allowed',
            task.generationId,
            `${task.id} was asked about again after ${gap.toFixed(0)} ms`,
          );
        task.polledAt = agenda.now;
        task.polls += 1;
      }
      if (random.chance(faults.requestLost)) return unreachable(random.between(100, timeout), noAnswer);
      if (random.chance(faults.serverError)) return unreachable(300, serverError);
      if (random.chance(faults.tooMany / 3))
        return unreachable(300, { status: 429, headers: new Headers({ 'Retry-After': '20' }), body: null });
      if (task && random.chance(faults.requestLost / 10)) task.isGone = true;
      const body = !task || task.isGone ? null : bodyOf(task);
      agenda.later(random.between(50, 1_000), () => {
        if (body === null) return answer({ outcome: 'gone' });
        const state = stateOf(body);
        if (state === null) throw new Error('the model speaks a word that Runway does not');
        if (task && task.seenEndedAt === null && (state.status === 'succeeded' || state.status === 'failed'))
          task.seenEndedAt = agenda.now;
        answer({ outcome: 'state', state });
      });
    },

    /** GET at a person's stop, which is no poll: it comes once for each press. */
    look(taskId: string): PollOutcome {
      const task = tasks.get(taskId);
      if (world.mistake?.stopsUnasked) return { outcome: 'state', state: { status: 'queued', throttled: false } };
      if (random.chance(world.faults.requestLost)) return { outcome: 'unreachable', error: refusalOf(noAnswer) };
      if (!task || task.isGone) return { outcome: 'gone' };
      const state = stateOf(bodyOf(task));
      if (state === null) throw new Error('the model speaks a word that Runway does not');
      return { outcome: 'state', state };
    },

    /** DELETE: stops what runs, and forgets what has ended. */
    cancel({ taskId, provider }: { taskId: string; provider: string }, answer: (outcome: CancelOutcome) => void) {
      const { faults } = world;
      const task = tasks.get(taskId);
      if (task && task.provider !== provider)
        world.report(
          'tasks are accounted for and asked to be forgotten',
          task.generationId,
          `${provider} was asked about a task of ${task.provider}`,
        );
      if (random.chance(faults.requestLost + faults.serverError))
        return agenda.later(random.between(100, timeout), () => answer('unreachable'));
      const wasGone = !task || task.isGone;
      if (task && !wasGone) Object.assign(task, { isGone: true, isAskedToForget: true });
      const isLost = random.chance(faults.answerLost);
      agenda.later(isLost ? timeout : 200, () => answer(isLost ? 'unreachable' : wasGone ? 'gone' : 'canceled'));
    },
  };
}

export type Provider = ReturnType<typeof createProvider>;
