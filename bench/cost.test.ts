import { describe, expect, it } from 'vitest';
import { type Billed, kept, monthlyDollars, mostClipsOfOneD1, type Use, underWay, useOf } from './cost.ts';

const nothing = Object.fromEntries(
  [
    ...['workerRequests', 'cpuMs', 'objectRequests', 'objectGbSeconds', 'objectRowsRead', 'objectRowsWritten'],
    ...['d1RowsRead', 'd1RowsWritten', 'd1StoredGb', 'r2ClassA', 'r2ClassB', 'storedGb', 'queueOperations'],
  ].map((kind) => [kind, 0]),
) as unknown as Use;

describe('the bill of a month', () => {
  it('the bill of a month is the plan alone for use within the plan', () => {
    expect(monthlyDollars({ clips: 0, perClip: nothing, always: {} })).toBe(5);
    expect(monthlyDollars({ clips: 1000, perClip: { ...nothing, workerRequests: 10_000 }, always: {} })).toBe(5);
  });

  it.each<[Billed, number, number]>([
    ['workerRequests', 11e6, 0.3],
    ['cpuMs', 31e6, 0.02],
    ['objectRequests', 2e6, 0.15],
    ['objectGbSeconds', 1.4e6, 12.5],
    ['objectRowsRead', 25_001e6, 0.001],
    ['objectRowsWritten', 51e6, 1],
    ['d1RowsRead', 25_001e6, 0.001],
    ['d1RowsWritten', 51e6, 1],
    ['d1StoredGb', 6, 0.75],
    ['r2ClassA', 2e6, 4.5],
    ['r2ClassB', 11e6, 0.36],
    ['storedGb', 11, 0.015],
    ['queueOperations', 2e6, 0.4],
  ])('the bill of a month charges %s beyond the plan', (kind, used, dollars) => {
    const perClip = { ...nothing, [kind]: used };
    expect(monthlyDollars({ clips: 1, perClip, always: {} }) - 5).toBeCloseTo(dollars, 6);
    expect(monthlyDollars({ clips: 0, perClip: nothing, always: { [kind]: used } }) - 5).toBeCloseTo(dollars, 6);
  });

  it('the use of a clip counts waits as object time and alarms as object requests', () => {
    const counts = {
      ...{ workerRequests: 4, orders: 1, polls: 4, films: 1, deletions: 1, alarms: 7, objectCalls: 9 },
      ...{ objectMs: 500, objectRowsRead: 3, objectRowsWritten: 30, d1RowsRead: 200, d1RowsWritten: 60 },
      ...{ r2ClassA: 2, r2ClassB: 3, queueOperations: 3 },
    };
    const use = useOf({ counts, cpuMs: 100 });
    expect(use).toMatchObject({ objectRequests: 16, queueOperations: 3, d1RowsWritten: 60, cpuMs: 100 });
    expect(use.objectGbSeconds).toBeCloseTo(0.128 * (0.5 + 6 * 0.5 + 1));
    expect(use.d1StoredGb).toBeCloseTo(3.2e-6, 9);
  });

  it('the storage of a clip gives its cost and the capacity of one database', () => {
    expect(kept.d1Kilobytes).toBeCloseTo(3.2);
    expect(kept.d1Dollars).toBeCloseTo(0.0000024, 9);
    expect(kept.r2Dollars).toBeCloseTo(0.0000813, 9);
    expect(mostClipsOfOneD1).toBe(3_125_000);
  });

  it('the clips under way follow from their number and duration', () => {
    expect(underWay({ clips: 2_592_000, seconds: 60 })).toBe(60);
  });
});
