import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createWorkerPool } from './worker-pool.client';

/** How a worker behaves: it never loads, loads and then works, stays silent, or dies of its file. */
type Behaviour = 'not-loaded' | 'never-comes' | 'works' | 'silent' | 'dies';

function poolOf(behaviours: Behaviour[], options: { workers?: number; endsWhenIdle?: boolean } = {}) {
  const made: { behaviour: Behaviour; isEnded: boolean }[] = [];
  const pool = createWorkerPool<{ outcome: string }>({
    workers: 1,
    ...options,
    make: () => {
      const behaviour = behaviours[made.length] ?? 'works';
      const record = { behaviour, isEnded: false };
      made.push(record);
      const worker = {
        onmessage: null as ((event: { data: unknown }) => void) | null,
        onerror: null as (() => void) | null,
        postMessage() {
          queueMicrotask(() => {
            if (behaviour === 'not-loaded') return worker.onerror?.();
            if (behaviour === 'never-comes') return;
            worker.onmessage?.({ data: { outcome: 'loaded' } });
            if (behaviour === 'dies') worker.onerror?.();
            if (behaviour === 'works') worker.onmessage?.({ data: { outcome: 'ready' } });
          });
        },
        terminate() {
          record.isEnded = true;
        },
      };
      return worker as unknown as Worker;
    },
  });
  return { pool, made };
}

const photo = { file: new File(['x'], 'a.jpg'), task: 'prepare' } as const;

describe('a pool of workers', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('a worker is kept for the next file, and ended on request after the last one', async () => {
    const kept = poolOf([]);
    await kept.pool.run(photo);
    await kept.pool.run(photo);
    expect(kept.made.map(({ isEnded }) => isEnded)).toEqual([false]);
    const ended = poolOf([], { endsWhenIdle: true });
    await Promise.all([ended.pool.run(photo), ended.pool.run(photo)]);
    expect(ended.made.map(({ isEnded }) => isEnded)).toEqual([true]);
  });

  it('a worker that crashed is replaced, and a file that crashed two workers is given up', async () => {
    expect(await poolOf(['dies', 'works']).pool.run(photo)).toEqual({ outcome: 'ready' });
    const { pool, made } = poolOf(['dies', 'dies']);
    expect(await pool.run(photo)).toBe('too-heavy');
    expect(await pool.run(photo)).toEqual({ outcome: 'ready' });
    expect(made.map(({ isEnded }) => isEnded)).toEqual([true, true, false]);
  });

  it('the pool is unavailable after two workers without their script, and tries again for the next file', async () => {
    const { pool } = poolOf(['not-loaded', 'not-loaded', 'works']);
    expect(await pool.run(photo)).toBe('unavailable');
    expect(await pool.run(photo)).toEqual({ outcome: 'ready' });
    const silent = poolOf(['never-comes', 'works']);
    const answer = silent.pool.run(photo);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await answer).toEqual({ outcome: 'ready' });
  });

  it('a free worker takes the most urgent order, and an aborted order is dropped', async () => {
    const { pool } = poolOf([]);
    const done: string[] = [];
    const left = new AbortController();
    let seen = 0;
    const order = (name: string, urgency: () => number, signal?: AbortSignal) =>
      pool.run(photo, { urgency, ...(signal ? { signal } : {}) }).then((answer) => {
        done.push(`${name}: ${typeof answer === 'string' ? answer : answer.outcome}`);
      });
    const all = [
      order('first', () => 0),
      order('unseen', () => 0),
      order('left', () => 9, left.signal),
      order('sent', () => 1),
      order('seen later', () => seen),
    ];
    seen = 2;
    left.abort();
    await Promise.all(all);
    expect(done).toEqual(['left: unavailable', 'first: ready', 'seen later: ready', 'sent: ready', 'unseen: ready']);
  });

  it('a file that takes more than 20 s is ended, and the next one begins', async () => {
    const { pool, made } = poolOf(['silent', 'works']);
    const answers = Promise.all([pool.run(photo), pool.run(photo)]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await answers).toEqual(['too-heavy', { outcome: 'ready' }]);
    expect(made.map(({ isEnded }) => isEnded)).toEqual([true, false]);
  });

  it('a disposed pool is unavailable, also to running and waiting orders', async () => {
    const { pool, made } = poolOf(['silent']);
    const answers = Promise.all([pool.run(photo), pool.run(photo)]);
    await vi.advanceTimersByTimeAsync(0);
    pool.dispose();
    expect(await answers).toEqual(['unavailable', 'unavailable']);
    expect(made).toHaveLength(1);
    expect(made[0]?.isEnded).toBe(true);
  });
});
