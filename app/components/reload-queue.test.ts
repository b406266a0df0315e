import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReloadQueue } from './reload-queue';

function setUp() {
  const counts = { loads: 0, answered: 0 };
  let due: (() => void) | null = null;
  const queue = createReloadQueue({
    load: () => {
      counts.loads++;
    },
    later: (act) => {
      due = act;
      return () => {
        due = null;
      };
    },
  });
  return {
    counts,
    queue,
    ask: () => void queue.request().then(() => counts.answered++),
    /** The load under way has lasted too long. */
    overdue: () => due?.(),
    settled: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

describe('the reload queue', () => {
  it('the reload queue begins a load at once, and one more for all that ask while it is under way', async () => {
    const { counts, queue, ask, settled } = setUp();
    for (const _time of [1, 2, 3]) ask();
    expect(counts.loads).toBe(1);
    queue.loaded();
    await settled();
    expect(counts).toEqual({ loads: 2, answered: 1 });
    queue.loaded();
    await settled();
    expect(counts).toEqual({ loads: 2, answered: 3 });
  });

  it('the reload queue waits for a navigation, and loads after it', () => {
    const { counts, queue, ask } = setUp();
    queue.navigating(true);
    ask();
    queue.loaded();
    expect(counts.loads).toBe(0);
    queue.navigating(false);
    expect(counts.loads).toBe(1);
  });

  it('a navigation that takes the place of a load answers for it', async () => {
    const { counts, queue, ask, settled } = setUp();
    ask();
    queue.navigating(true);
    queue.loaded();
    queue.navigating(false);
    await settled();
    expect(counts).toEqual({ loads: 1, answered: 1 });
  });

  it('a load without an answer gives way to a later one, which answers for both', async () => {
    const { counts, queue, ask, overdue, settled } = setUp();
    ask();
    overdue();
    expect(counts.loads).toBe(1);
    ask();
    expect(counts.loads).toBe(2);
    ask();
    expect(counts.loads).toBe(2);
    overdue();
    expect(counts.loads).toBe(3);
    queue.loaded();
    await settled();
    expect(counts.answered).toBe(3);
  });

  it('the reload queue has one load at a time, and answers every request with a load that began after it', async () => {
    const event = fc.constantFrom('ask', 'loaded', 'navigates', 'arrives');
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 40 }), async (events) => {
        const begun: number[] = [];
        let underWay = false;
        const queue = createReloadQueue({
          load: () => {
            expect(underWay).toBe(false);
            underWay = true;
            begun.push(0);
          },
          later: () => () => {},
        });
        const loaded = () => {
          underWay = false;
          queue.loaded();
        };
        const early: Promise<unknown>[] = [];
        let answered = 0;
        let asked = 0;
        for (const each of events) {
          if (each === 'ask') {
            const before = begun.length;
            const isLoading = underWay;
            asked++;
            early.push(
              queue
                .request()
                .then(() => answered++ >= 0 && expect(begun.length).toBeGreaterThan(before - (isLoading ? 0 : 1))),
            );
          }
          if (each === 'loaded' && underWay) loaded();
          if (each === 'navigates') queue.navigating(true);
          if (each === 'arrives') queue.navigating(false);
        }
        queue.navigating(false);
        while (underWay) loaded();
        await Promise.all(early);
        expect(answered).toBe(asked);
      }),
    );
  });
});
