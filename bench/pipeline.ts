// What one clip uses at Cloudflare, and how many clips a second one workerd makes.
import { type Counts, openHouse, type Photo } from './clip-house.ts';
import { workerCpuMs } from './server-time.ts';

const clipsEach = 10;
const filmBytes = 100_000;

/** What one clip uses, by count. */
export interface ClipFigures {
  clips: number;
  /** With one poll, and what each further poll adds. */
  withOneQuestion: Counted;
  perQuestion: Counted;
  /** D1 rows that one more clip under way at the same time adds to the reading of each. */
  rowsReadPerOther: number;
  /** One run of the sweeper with nothing to do. */
  sweep: Counts;
}

/** Also CPU time of workerd in ms, its D1, R2 and queue included: more than the Worker's alone. */
export type Counted = Counts & { cpuMs: number };

const furtherQuestions = 5;

/** Counts what clips use that are made one after the other; then what one uses while many others are under way. */
export async function measureClip({ clips = 10, others = 500 } = {}): Promise<ClipFigures> {
  const withOneQuestion = await counting({ questions: 1, clips });
  const withMore = await counting({ questions: 1 + furtherQuestions, clips });
  const house = await openHouse({ hurry: 50, isMetered: true, questions: 1, filmBytes });
  try {
    await house.sweep();
    await house.counts();
    await house.sweep();
    const sweep = await house.counts();
    await house.crowd(others);
    const [person] = await house.people(1, 1);
    await house.counts();
    await house.bringToLife(person ? [person] : []);
    const { d1RowsRead } = await house.counts();
    return {
      clips,
      withOneQuestion,
      perQuestion: combined(withMore, withOneQuestion, (more, one) => (more - one) / furtherQuestions),
      rowsReadPerOther: (d1RowsRead - withOneQuestion.d1RowsRead) / others,
      sweep,
    };
  } finally {
    await house.close();
  }
}

/** One clip with this many polls. */
export function clipOf({ withOneQuestion, perQuestion }: ClipFigures, questions: number): Counted {
  return combined(withOneQuestion, perQuestion, (one, each) => one + (questions - 1) * Math.max(0, each));
}

async function counting({ questions, clips }: { questions: number; clips: number }): Promise<Counted> {
  const house = await openHouse({ hurry: 50, isMetered: true, questions, filmBytes });
  try {
    const people = await house.people(clips + 1, 1);
    const [first, ...others] = people.map((person) => [person]);
    // The first clip compiles all code; it is not counted.
    await house.bringToLife(first ?? []);
    await house.counts();
    const cpuBefore = workerCpuMs();
    for (const person of others) await house.bringToLife(person);
    const cpuMs = workerCpuMs() - cpuBefore;
    const sums = { ...(await house.counts()), cpuMs };
    return combined(sums, sums, (sum) => sum / clips);
  } finally {
    await house.close();
  }
}

export interface Throughput {
  clips: number;
  perSecond: number;
  /** Of workerd, for each clip. */
  cpuMs: number;
}

/** Clips of the first round, which tells how fast this machine is; and how long the second is meant to take. */
const firstClips = 20;
const meantSeconds = 45;

/**
 * Clips per second from the request to the end of the clean-up, all of them asked for at once, of films that are ready at
 * once. As many as take about 45 s here, and at most `most`: the deadline of a clip, 120 minutes of a clock that runs ten
 * times as fast, is 12 minutes away.
 */
export async function measureThroughput({
  photo,
  most = 300,
}: {
  photo?: Photo | undefined;
  most?: number;
} = {}): Promise<Throughput> {
  const house = await openHouse({ hurry: 10, isMetered: false, questions: 1, filmBytes }, photo);
  try {
    const first = await house.people(firstClips / clipsEach, clipsEach);
    const firstBegan = performance.now();
    await house.bringToLife(first);
    const firstSeconds = (performance.now() - firstBegan) / 1000;
    const clips = Math.min(most, Math.max(firstClips, (firstClips / firstSeconds) * meantSeconds));
    const people = await house.people(Math.ceil(clips / clipsEach), clipsEach);
    const [began, cpuBefore] = [performance.now(), workerCpuMs()];
    const made = await house.bringToLife(people);
    const perSecond = made / ((performance.now() - began) / 1000);
    return { clips: made, perSecond, cpuMs: (workerCpuMs() - cpuBefore) / made };
  } finally {
    await house.close();
  }
}

function combined(one: Counted, other: Counted, how: (one: number, other: number) => number): Counted {
  const meters = Object.keys(one) as (keyof Counted)[];
  return Object.fromEntries(meters.map((meter) => [meter, how(one[meter], other[meter])])) as Counted;
}
