/** One frame of a 60 Hz screen. */
const frameMs = 1000 / 60;

/**
 * A browser's timers, frames and page clock in virtual time, which moves only by `advance`. Promises that
 * need no timer settle between any two timers.
 */
export class VirtualTime {
  nowMs = 0;
  #lastId = 0;
  #waiting = new Map<number, { atMs: number; act: (nowMs: number) => void }>();

  setTimeout = <Args extends unknown[]>(act: (...args: Args) => void, delayMs = 0, ...args: Args): number =>
    this.#plan(this.nowMs + delayMs, () => act(...args));

  requestAnimationFrame = (act: (nowMs: number) => void): number =>
    this.#plan((Math.floor(this.nowMs / frameMs + 1e-6) + 1) * frameMs, act);

  cancel = (id: number | undefined): void => {
    if (id !== undefined) this.#waiting.delete(id);
  };

  /** Runs everything that is due within the next `seconds`, in order. */
  async advance(seconds: number): Promise<void> {
    const endMs = this.nowMs + seconds * 1000;
    for (;;) {
      await settled();
      const [id, next] = [...this.#waiting].reduce<[number, { atMs: number; act: (nowMs: number) => void } | null]>(
        (first, [id, each]) => (first[1] === null || each.atMs < first[1].atMs ? [id, each] : first),
        [0, null],
      );
      if (next === null || next.atMs > endMs) break;
      this.#waiting.delete(id);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.act(this.nowMs);
    }
    this.nowMs = endMs;
    await settled();
  }

  /** Advances until `condition` holds; throws when it does not within `mostSeconds`. */
  async until(condition: () => boolean, mostSeconds = 60): Promise<void> {
    const endMs = this.nowMs + mostSeconds * 1000;
    await settled();
    while (!condition()) {
      if (this.nowMs >= endMs) throw new Error(`Not within ${mostSeconds} s: ${condition}`);
      await this.advance(frameMs / 1000);
    }
  }

  /** Blocks the page's thread for `seconds`; timers and frames that fall due run late. */
  standStill(seconds: number): void {
    this.nowMs += seconds * 1000;
  }

  /** The globals that a page gets instead of the browser's. */
  globals() {
    return {
      setTimeout: this.setTimeout,
      clearTimeout: this.cancel,
      requestAnimationFrame: this.requestAnimationFrame,
      cancelAnimationFrame: this.cancel,
      performance: { now: () => this.nowMs },
    };
  }

  #plan(atMs: number, act: (nowMs: number) => void): number {
    this.#lastId += 1;
    this.#waiting.set(this.#lastId, { atMs, act });
    return this.#lastId;
  }
}

const { setImmediate: nextTurn } = globalThis;

/** All promises that need no timer have settled. */
function settled(): Promise<void> {
  return new Promise((resolve) => nextTurn(resolve));
}
