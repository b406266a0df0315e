import type { Bug } from './bugs.ts';
import { readMigrations } from './database.ts';
import { type Episode, type EpisodeOptions, runEpisode } from './episode.ts';
import { heavyFaults } from './faults.ts';

/** Sums over many episodes. */
export interface Campaign {
  episodes: number;
  lifecycles: number;
  ready: number;
  failed: number;
  canceled: number;
  tasks: number;
  lostTasks: number;
  avoidableFailures: number;
  emptyObjects: number;
  /** Episodes in which the database was restored. */
  setBacks: number;
  /** The first episode that broke a law, with the history of its generation. */
  broken: Episode | null;
}

/** Runs episodes with the seeds `seed`, `seed + stride`, … until `lifecycles` generations have ended or a law is broken. */
export async function runCampaign({
  lifecycles,
  seed,
  stride = 1,
  each,
  ...options
}: EpisodeOptions & {
  lifecycles: number;
  seed: number;
  stride?: number;
  each?(episode: Episode, sum: Campaign): void;
}): Promise<Campaign> {
  const migrations = readMigrations();
  const sum: Campaign = {
    episodes: 0,
    lifecycles: 0,
    ready: 0,
    failed: 0,
    canceled: 0,
    tasks: 0,
    lostTasks: 0,
    avoidableFailures: 0,
    emptyObjects: 0,
    setBacks: 0,
    broken: null,
  };
  while (sum.lifecycles < lifecycles) {
    const own = seed + sum.episodes * stride;
    const episode = await runEpisode({ ...options, seed: own, migrations }).catch((cause: unknown) => {
      throw new Error(`the episode did not end: ${cause}; ${seenAgain(own)}`, { cause });
    });
    if (episode.lifecycles === 0) throw new Error('no generation was started: the model no longer fits the product');
    sum.episodes += 1;
    sum.lifecycles += episode.lifecycles;
    sum.ready += episode.ready;
    sum.failed += episode.failed;
    sum.canceled += episode.canceled;
    sum.tasks += episode.tasks.length;
    sum.lostTasks += episode.lostTasks;
    sum.avoidableFailures += episode.avoidableFailures;
    sum.emptyObjects += episode.emptyObjects;
    sum.setBacks += Number(episode.isSetBack);
    each?.(episode, sum);
    if (episode.problems.length === 0) continue;
    const storyOf = episode.problems.find(({ generationId }) => generationId)?.generationId ?? null;
    sum.broken = await runEpisode({ ...options, seed: episode.seed, migrations, storyOf });
    return sum;
  }
  return sum;
}

/** The number of lifecycles after which this bug breaks its law; null if it does not within `most`. */
export async function lifecyclesToCatch({
  bug,
  seed,
  most,
}: {
  bug: Bug;
  seed: number;
  most: number;
}): Promise<number | null> {
  const migrations = readMigrations();
  const faults = { ...heavyFaults, ...bug.faults };
  for (let [lived, own] = [0, seed]; lived < most; own += 1) {
    const { problems, lifecycles } = await runEpisode({ seed: own, migrations, bug, faults, requests: 150 });
    lived += lifecycles;
    if (problems.some(({ law }) => law === bug.breaks)) return lived;
  }
  return null;
}

/** A broken law for the reader of a test's output: the generation's history, the laws, and the command that repeats it. */
export function describeBroken({ seed, problems, story }: Episode): string {
  return [
    ...story,
    ...problems.map(({ law, generationId, text }) => `${law}: ${text}${generationId ? ` (${generationId})` : ''}`),
    seenAgain(seed),
  ].join('\n');
}

const seenAgain = (seed: number) => `seed ${seed}: npm run simulate -- --lifecycles 1 --seed ${seed}`;
