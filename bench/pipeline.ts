// What one clip uses at Cloudflare, and how many clips one workerd makes in a second.
import { type Counts, type Photo, startMeteredWorker } from './metered-worker.ts';
import { workerCpuMs } from './server-time.ts';

const clipsEach = 10;
const filmBytes = 100_000;

/** What one clip uses, by count. */
export interface ClipFigures {
  clips: number;
  /** With one poll, and what each further poll adds. */
  withOnePoll: Counted;
  perPoll: Counted;
  /** D1 rows that one more clip under way at the same time adds to the reading of each. */
  rowsReadPerOther: number;
  /** One run of the sweeper with nothing to do. */
  sweep: Counts;
}

/** Also CPU time of workerd in ms, its D1, R2 and queue included: more than the Worker's alone. */
export type Counted = Counts & { cpuMs: number };

const furtherPolls = 5;

/** Counts what clips use that are made one after the other, then what one clip uses while many others are under way. */
export async function measureClip({ clips = 10, others = 500 } = {}): Promise<ClipFigures> {
  const withOnePoll = await counting({ pollsPerTask: 1, clips });
  const withMore = await counting({ pollsPerTask: 1 + furtherPolls, clips });
  const metered = await startMeteredWorker({ clockSpeed: 50, isMetered: true, pollsPerTask: 1, filmBytes });
  try {
    await metered.sweep();
    await metered.counts();
    await metered.sweep();
    const sweep = await metered.counts();
    await metered.crowd(others);
    const [person] = await metered.people(1, 1);
    await metered.counts();
    await metered.bringToLife(person ? [person] : []);
    const { d1RowsRead } = await metered.counts();
    return {
      clips,
      withOnePoll,
      perPoll: combined(withMore, withOnePoll, (more, one) => (more - one) / furtherPolls),
      rowsReadPerOther: (d1RowsRead - withOnePoll.d1RowsRead) / others,
      sweep,
    };
  } finally {
    await metered.close();
  }
}

/** One clip with this many polls. */
export function clipOf({ withOnePoll, perPoll }: ClipFigures, polls: number): Counted {
  return combined(withOnePoll, perPoll, (one, each) => one + (polls - 1) * Math.max(0, each));
}

async function counting({ pollsPerTask, clips }: { pollsPerTask: number; clips: number }): Promise<Counted> {
  const metered = await startMeteredWorker({ clockSpeed: 50, isMetered: true, pollsPerTask, filmBytes });
  try {
    const people = await metered.people(clips + 1, 1);
    const [first, ...others] = people.map((person) => [person]);
    // The first clip compiles all code; it is not counted.
    await metered.bringToLife(first ?? []);
    await metered.counts();
    const cpuBefore = workerCpuMs();
    for (const person of others) await metered.bringToLife(person);
    const cpuMs = workerCpuMs() - cpuBefore;
    const sums = { ...(await metered.counts()), cpuMs };
    return combined(sums, sums, (sum) => sum / clips);
  } finally {
    await metered.close();
  }
}

export interface Throughput {
  clips: number;
  perSecond: number;
  /** Of workerd, for each clip. */
  cpuMs: number;
}

/** The first round measures the speed of this machine; the second round is sized to take this many seconds. */
const firstClips = 20;
const meantSeconds = 45;

/**
 * Clips per second from the request to the end of the clean-up, all requested at once, with videos that the provider has
 * ready at once. The second round makes about 45 s of clips, at most `most`: the deadline of 120 minutes on a clock ten
 * times as fast is 12 minutes of real time.
 */
export async function measureThroughput({
  photo,
  most = 300,
}: {
  photo?: Photo | undefined;
  most?: number;
} = {}): Promise<Throughput> {
  const metered = await startMeteredWorker({ clockSpeed: 10, isMetered: false, pollsPerTask: 1, filmBytes }, photo);
  try {
    const first = await metered.people(firstClips / clipsEach, clipsEach);
    const firstBegan = performance.now();
    await metered.bringToLife(first);
    const firstSeconds = (performance.now() - firstBegan) / 1000;
    const clips = Math.min(most, Math.max(firstClips, (firstClips / firstSeconds) * meantSeconds));
    const people = await metered.people(Math.ceil(clips / clipsEach), clipsEach);
    const [began, cpuBefore] = [performance.now(), workerCpuMs()];
    const made = await metered.bringToLife(people);
    const perSecond = made / ((performance.now() - began) / 1000);
    return { clips: made, perSecond, cpuMs: (workerCpuMs() - cpuBefore) / made };
  } finally {
    await metered.close();
  }
}

function combined(one: Counted, other: Counted, how: (one: number, other: number) => number): Counted {
  const meters = Object.keys(one) as (keyof Counted)[];
  return Object.fromEntries(meters.map((meter) => [meter, how(one[meter], other[meter])])) as Counted;
}
