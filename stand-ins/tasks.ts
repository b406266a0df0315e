import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type Forced, failureText, isCharged } from './force.ts';
import type { ClipOrder } from './renderer.ts';
import type { VideoOrder } from './runway-models.ts';

type TaskStatus = 'PENDING' | 'THROTTLED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

export type Task = {
  readonly id: string;
  readonly createdAt: number;
  readonly order: VideoOrder;
  readonly forced: Forced;
  /** Seconds from start to end; more where rendering is slower. */
  readonly seconds: number;
  status: TaskStatus;
  runningSince: number | null;
  failureCode: string | null;
  /** Credits charged at the end. */
  cost: number | null;
  video: Uint8Array | null;
};

export type TasksOptions = {
  seconds: { min: number; max: number };
  concurrency: number;
  render: (order: ClipOrder) => Promise<Uint8Array>;
  charge: (model: string, credits: number) => void;
  now: () => number;
};

export type Tasks = {
  create(order: VideoOrder, image: Uint8Array, forced: Forced): Task;
  find(id: string): Task | null;
  all(): readonly Task[];
  /** Cancels a running task, or deletes an ended one with its film; false for an unknown id. */
  remove(id: string): boolean;
  /** Resolves when the task starts to run; never for one that is stopped before. */
  begun(id: string): Promise<Task>;
  /** Resolves when the task has ended: succeeded, failed or canceled. */
  settled(id: string): Promise<Task>;
  progressOf(task: Task): number;
  close(): void;
};

/** A moment of a task, as a promise with its resolver. */
type Moment = { reached: Promise<Task>; reach: (task: Task) => void };
type Entry = { task: Task; image: Uint8Array; stop: AbortController; begun: Moment; ended: Moment };

const isOver = ({ status }: Task) => status === 'SUCCEEDED' || status === 'FAILED' || status === 'CANCELLED';

/** Runway's queue: runs `concurrency` tasks of a model at once; the others are throttled and run in their order. */
export function createTasks({ seconds, concurrency, render, charge, now }: TasksOptions): Tasks {
  const entries = new Map<string, Entry>();
  const busy = new Map<string, number>();
  const throttled: Entry[] = [];

  async function run(entry: Entry): Promise<void> {
    const { task, image, stop, begun } = entry;
    const { model, promptText, width, height, durationSeconds } = task.order;
    const ms = task.seconds * 1000;
    busy.set(model, (busy.get(model) ?? 0) + 1);
    task.status = 'PENDING';
    try {
      await wait(ms * 0.1, undefined, { signal: stop.signal });
      task.status = 'RUNNING';
      task.runningSince = now();
      begun.reach(task);
      if (task.forced.run === 'hang') await never(stop.signal);
      if (task.forced.failureCode) {
        await wait(task.forced.failureCode.includes('INPUT') ? ms * 0.2 : ms * 0.9, undefined, { signal: stop.signal });
        fail(entry, task.forced.failureCode);
      } else {
        const rendering = render({ image, width, height, durationSeconds, prompt: promptText }).catch(() => null);
        const [video] = await Promise.all([rendering, wait(ms * 0.9, undefined, { signal: stop.signal })]);
        if (stop.signal.aborted) return;
        if (video) end(entry, { status: 'SUCCEEDED', video, cost: task.order.credits });
        else fail(entry, 'ASSET.INVALID');
      }
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    } finally {
      busy.set(model, (busy.get(model) ?? 1) - 1);
      runNext(model);
    }
  }

  function runNext(model: string): void {
    const index = throttled.findIndex(({ task }) => task.order.model === model && task.forced.run !== 'throttle');
    if (index < 0 || (busy.get(model) ?? 0) >= concurrency) return;
    const [next] = throttled.splice(index, 1);
    if (next) void run(next);
  }

  /** Throttles a task for twenty times its seconds, then runs it beyond the limit. */
  async function holdBack(entry: Entry): Promise<void> {
    await wait(entry.task.seconds * 20_000, undefined, { signal: entry.stop.signal }).catch(() => undefined);
    if (entry.stop.signal.aborted) return;
    throttled.splice(throttled.indexOf(entry), 1);
    await run(entry);
  }

  function fail(entry: Entry, failureCode: string): void {
    end(entry, { status: 'FAILED', failureCode, cost: isCharged(failureCode) ? entry.task.order.credits : 0 });
  }

  function end({ task, ended }: Entry, outcome: Partial<Task> & { cost: number }): void {
    Object.assign(task, outcome);
    charge(task.order.model, outcome.cost);
    ended.reach(task);
  }

  return {
    create(order, image, forced) {
      const task: Task = {
        id: randomUUID(),
        createdAt: now(),
        order,
        forced,
        seconds: seconds.min + Math.random() * (seconds.max - seconds.min),
        status: 'THROTTLED',
        runningSince: null,
        failureCode: null,
        cost: null,
        video: null,
      };
      const entry: Entry = { task, image, stop: new AbortController(), begun: moment(), ended: moment() };
      entries.set(task.id, entry);
      const isFull = (busy.get(order.model) ?? 0) >= concurrency;
      if (isFull || forced.run === 'throttle') throttled.push(entry);
      if (forced.run === 'throttle') void holdBack(entry);
      else if (!isFull) void run(entry);
      return task;
    },
    find: (id) => entries.get(id)?.task ?? null,
    all: () => [...entries.values()].map(({ task }) => task),
    remove(id) {
      const entry = entries.get(id);
      if (!entry) return false;
      entries.delete(id);
      if (throttled.includes(entry)) throttled.splice(throttled.indexOf(entry), 1);
      if (!isOver(entry.task)) end(entry, { status: 'CANCELLED', cost: 0 });
      entry.stop.abort();
      return true;
    },
    begun: (id) => entries.get(id)?.begun.reached ?? Promise.reject(new Error(`There is no task ${id}`)),
    settled: (id) => entries.get(id)?.ended.reached ?? Promise.reject(new Error(`There is no task ${id}`)),
    progressOf({ runningSince, seconds: whole, forced }) {
      if (runningSince === null) return 0;
      const share = (now() - runningSince) / (whole * 900);
      return Math.round(Math.min(share, forced.run === 'hang' ? 0.4 : 0.99) * 100) / 100;
    },
    close() {
      for (const { stop } of entries.values()) stop.abort();
    },
  };
}

/** The body of `GET /v1/tasks/{id}`. */
export function taskBody(
  task: Task,
  { progress, outputUrl }: { progress: number; outputUrl: string },
): Record<string, unknown> {
  const { id, status, order, cost, failureCode } = task;
  const head = { id, createdAt: new Date(task.createdAt).toISOString(), status };
  switch (status) {
    case 'PENDING':
    case 'THROTTLED':
      return { ...head, estimatedCost: { credits: order.credits } };
    case 'RUNNING':
      return { ...head, progress, estimatedCost: { credits: order.credits } };
    case 'SUCCEEDED':
      return { ...head, output: [outputUrl], cost: { credits: cost } };
    case 'FAILED':
      return { ...head, failure: failureText(failureCode ?? ''), failureCode, cost: { credits: cost } };
    case 'CANCELLED':
      return { ...head, cost: { credits: cost } };
    default:
      return status satisfies never;
  }
}

function moment(): Moment {
  let reach: Moment['reach'] = () => undefined;
  const reached = new Promise<Task>((resolve) => {
    reach = resolve;
  });
  return { reached, reach };
}

function never(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}
