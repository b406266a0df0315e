interface Entry {
  at: number;
  number: number;
  work: () => void;
  /** Set for a process that awaits: the agenda waits for its end. */
  process: (() => Promise<void>) | null;
}

/** Virtual time: scheduled work, performed in order. No real clock is read. */
export class Agenda {
  now: number;
  private heap: Entry[] = [];
  private count = 0;

  constructor(start: number) {
    this.now = start;
  }

  /** Schedules work at a moment in ms; a past moment means at once. */
  at(time: number, work: () => void): void {
    this.push({ at: Math.max(this.now, Math.ceil(time)), number: this.count++, work, process: null });
  }

  later(milliseconds: number, work: () => void): void {
    this.at(this.now + milliseconds, work);
  }

  /** Like `at`, for product code that awaits its database. */
  beginAt(time: number, process: () => Promise<void>): void {
    this.push({ at: Math.max(this.now, Math.ceil(time)), number: this.count++, work: () => undefined, process });
  }

  async runUntil(end: number): Promise<void> {
    for (let next = this.heap[0]; next && next.at <= end; next = this.heap[0]) {
      this.pop();
      this.now = next.at;
      if (next.process) await next.process();
      else next.work();
    }
    this.now = Math.max(this.now, end);
  }

  /** Advances time inside a process: work that falls due meanwhile is performed. */
  pass(milliseconds: number): void {
    const end = this.now + Math.ceil(milliseconds);
    for (let next = this.heap[0]; next && next.at <= end; next = this.heap[0]) {
      this.now = next.at;
      if (next.process) return;
      this.pop();
      next.work();
    }
    this.now = end;
  }

  private push(entry: Entry): void {
    const { heap } = this;
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (isBefore(heap[parent] as Entry, entry)) break;
      heap[index] = heap[parent] as Entry;
      index = parent;
    }
    heap[index] = entry;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Entry, heap[child] as Entry)) child += 1;
      if (isBefore(last, heap[child] as Entry)) break;
      heap[index] = heap[child] as Entry;
      index = child;
    }
    heap[index] = last;
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.at < other.at || (one.at === other.at && one.number < other.number);
}
