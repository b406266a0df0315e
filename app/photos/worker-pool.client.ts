/** What a worker is to do with a file: make it ready to travel, a small picture for the list, look at it, or tell what it looks like. */
export interface WorkerOrder {
  file: Blob;
  task: 'prepare' | 'thumbnail' | 'look' | 'fingerprint';
}

/** `urgency` is asked whenever a worker is free: the highest number goes first. Aborting `signal` ends the waiting. */
export interface Turn {
  urgency?: () => number;
  signal?: AbortSignal;
}

/** Runs one order at a time in each of its workers. */
export interface WorkerPool<Result> {
  /**
   * `too-heavy`: the file took longer than it may, or two workers died of it. `unavailable`: no worker's script came, or
   * the pool was disposed of; the caller may do the work itself.
   */
  run(order: WorkerOrder, turn?: Turn): Promise<Result | 'too-heavy' | 'unavailable'>;
  /** Starts a worker before there is anything to do. */
  warm(): void;
  /** Ends all workers; what runs comes back as `unavailable`. */
  dispose(): void;
}

/** Seconds one file may take, and seconds a worker's script may take to come. */
const mostSeconds = { work: 20, load: 10 } as const;

/** Workers whose script did not come before no more are tried for a while. */
const mostFailedLoads = 2;

interface Member {
  worker: Worker;
  isLoaded: boolean;
}

/**
 * At most `workers` workers, made when they are needed. A worker posts `{ outcome: 'loaded' }` once its script runs, and
 * then one result for each file. A dead one is replaced. `endsWhenIdle` gives their memory back after the last file.
 */
export function createWorkerPool<Result extends { outcome: string }>({
  workers,
  make,
  endsWhenIdle = false,
}: {
  workers: number;
  make: () => Worker;
  endsWhenIdle?: boolean;
}): WorkerPool<Result> {
  const idle: Member[] = [];
  const busy = new Set<Member>();
  const waiting = new Set<{ urgency: () => number; wake: () => void }>();
  const disposed = new AbortController();
  let failedLoads = 0;

  function start(): Member {
    const member = { worker: make(), isLoaded: false };
    member.worker.onmessage = () => {
      member.isLoaded = true;
    };
    return member;
  }

  /** A free worker, once there is one; null if the browser makes none, or if the order was aborted. */
  async function take({ urgency = () => 0, signal }: Turn): Promise<Member | null> {
    while (idle.length === 0 && busy.size >= workers && !signal?.aborted)
      await new Promise<void>((resolve) => {
        const turn = { urgency, wake: resolve };
        waiting.add(turn);
        signal?.addEventListener('abort', () => waiting.delete(turn) && resolve(), { once: true });
      });
    if (disposed.signal.aborted || signal?.aborted) return null;
    try {
      const member = idle.pop() ?? start();
      busy.add(member);
      return member;
    } catch {
      failedLoads = mostFailedLoads;
      return null;
    }
  }

  function giveBack(member: Member, isUsable: boolean) {
    busy.delete(member);
    if (!isUsable || (endsWhenIdle && waiting.size === 0)) member.worker.terminate();
    else idle.push(member);
    // The first of the most urgent ones.
    const turns = [...waiting].map((turn) => ({ turn, urgency: turn.urgency() }));
    const next = turns.reduce<(typeof turns)[number] | null>(
      (best, one) => (best === null || one.urgency > best.urgency ? one : best),
      null,
    );
    if (!next) return;
    waiting.delete(next.turn);
    next.turn.wake();
  }

  function ask(member: Member, order: WorkerOrder): Promise<Result | 'too-heavy' | 'dead'> {
    const { worker } = member;
    return new Promise((resolve) => {
      let seconds = 0;
      const end = (answer: Result | 'too-heavy' | 'dead') => {
        clearInterval(clock);
        disposed.signal.removeEventListener('abort', stop);
        worker.onmessage = worker.onerror = null;
        resolve(answer);
      };
      const stop = () => end('dead');
      // Ticks are counted, not time: a page that was put away for an hour has not worked for an hour.
      const clock = setInterval(() => {
        seconds++;
        if (seconds >= (member.isLoaded ? mostSeconds.work : mostSeconds.load))
          end(member.isLoaded ? 'too-heavy' : 'dead');
      }, 1000);
      worker.onmessage = ({ data }: MessageEvent<Result | { outcome: 'loaded' }>) => {
        if (data.outcome !== 'loaded') return end(data as Result);
        member.isLoaded = true;
        failedLoads = 0;
        seconds = 0;
      };
      worker.onerror = stop;
      disposed.signal.addEventListener('abort', stop);
      worker.postMessage(order);
    });
  }

  return {
    async run(order, turn = {}) {
      for (let deaths = 0; failedLoads < mostFailedLoads; ) {
        const member = await take(turn);
        if (!member) break;
        const answer = await ask(member, order);
        giveBack(member, answer !== 'dead' && answer !== 'too-heavy');
        if (answer !== 'dead') return answer;
        if (!member.isLoaded) failedLoads++;
        else if (++deaths === 2) return 'too-heavy';
      }
      // The next file asks for a worker again: the connection may be back by then.
      failedLoads = Math.min(failedLoads, mostFailedLoads - 1);
      return 'unavailable';
    },
    warm() {
      if (typeof OffscreenCanvas === 'undefined' || idle.length + busy.size > 0) return;
      try {
        idle.push(start());
      } catch {
        // The first order finds out.
      }
    },
    dispose() {
      disposed.abort();
      for (const { worker } of [...idle, ...busy]) worker.terminate();
      for (const { wake } of waiting) wake();
      waiting.clear();
    },
  };
}
