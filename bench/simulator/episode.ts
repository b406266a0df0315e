import { runwayModels } from '../../app/providers/runway-wire.ts';
import { createAdmins } from './admins.ts';
import { createBinding } from './binding.ts';
import { createBucket } from './bucket.ts';
import type { Bug } from './bugs.ts';
import { startCron } from './cron.ts';
import { createPerform } from './effects.ts';
import { type Faults, noFaults } from './faults.ts';
import { checkInvariants } from './invariants.ts';
import { createJobs, type Jobs } from './jobs.ts';
import { createOwner } from './owner.ts';
import { createPeople } from './people.ts';
import { createProduct } from './product.ts';
import { createProvider, type Task } from './provider.ts';
import { createQueue } from './queue.ts';
import { createRestless } from './restless.ts';
import { createReturning } from './returning.ts';
import { createSharers } from './sharers.ts';
import { createShop } from './shop.ts';
import { createWorld, epoch, minute, type Problem, type World } from './world.ts';

/** The result of an episode. */
export interface Episode {
  seed: number;
  lifecycles: number;
  problems: Problem[];
  ready: number;
  failed: number;
  canceled: number;
  /** Tasks the provider took, and those whose id never reached us. */
  tasks: readonly Task[];
  lostTasks: number;
  /** Generations that failed although the provider had made a good video in time. */
  avoidableFailures: number;
  /** Objects woken again after their end, by an alarm that is lost: each stays as an empty object. */
  emptyObjects: number;
  /** The database was restored to an hour before. */
  isSetBack: boolean;
  story: readonly string[];
}

const faultyMilliseconds = 90 * minute;
/** Long enough for deadlines, for the sweeper's hour with the media, and for its round through the bucket. */
const healingMilliseconds = 150 * minute;

/** How an episode may differ from the usual one. */
export interface EpisodeOptions {
  bug?: Bug | null;
  /** The generation whose story is kept. */
  storyOf?: string | null;
  faults?: Faults;
  /** How long the provider works on most tasks. */
  typicalSeconds?: number;
  /** Generations that people request; some are refused. */
  requests?: number;
}

/** Runs one world: 90 minutes with faults, 150 without, then checks its laws. The same seed gives the same episode. */
export async function runEpisode({
  requests = 1_000,
  bug = null,
  ...options
}: EpisodeOptions & { seed: number; migrations: readonly string[] }): Promise<Episode> {
  const world = createWorld({ ...options, mistake: bug });
  const { agenda, database } = world;
  setBudget(world, requests);
  const provider = createProvider(world);
  const bucket = createBucket(world, provider);
  const call = (id: string) => {
    if (!world.random.chance(world.faults.objectUnreachable)) jobs.get(id).nudge();
  };
  const perform = createPerform({ world, provider, bucket, call });
  const jobs: Jobs = createJobs({ world, perform: bug?.perform?.(perform, world) ?? perform });
  const queue = createQueue(world, (generationId) => jobs.get(generationId).start());
  const binding = createBinding(world, database);
  const product = createProduct({ world, binding, bucket, jobs, provider, queue });
  const shop = createShop({ world, binding });
  const people = createPeople({ world, binding, product, shop });
  const restless = createRestless({ world, binding, product });
  const returning = createReturning({ world, binding, product, shop });
  const sharers = createSharers({ world, binding, product, shop });
  const admins = createAdmins({ world, binding, product, shop, friends: people.userIds.slice(0, 5) });
  const owner = createOwner({ world, binding, product });
  try {
    startCron({ world, binding, product, owner });
    people.live({ requestCount: requests, milliseconds: faultyMilliseconds - 5 * minute });
    restless.live(faultyMilliseconds - 5 * minute);
    returning.live(faultyMilliseconds - 10 * minute);
    sharers.live(faultyMilliseconds - 10 * minute);
    admins.live(faultyMilliseconds - 10 * minute);
    if (world.random.chance(world.faults.setBack)) {
      await setBack(world);
      people.readAgain();
      shop.replay();
    }
    await agenda.runUntil(epoch + faultyMilliseconds);
    world.faults = noFaults;
    await agenda.runUntil(epoch + faultyMilliseconds + healingMilliseconds);
    const { requests: requested } = people;
    admins.check();
    const [{ adjusted = 0 } = {}] = database.all<{ adjusted: number }>(
      "SELECT coalesce(sum(credits), 0) AS adjusted FROM adjustments WHERE state = 'done'",
    );
    const seeded = people.firstCredits + restless.firstCredits;
    const firstCredits = seeded + returning.check() + sharers.check() + adjusted;
    // The database may have lost the hour in which a person came; the nightly comparison names what they paid.
    const known = new Set(database.all<{ id: string }>('SELECT id FROM users').map(({ id }) => id));
    const purchases = shop.purchases.filter(({ userId }) => known.has(userId));
    const found = checkInvariants({ world, provider, bucket, jobs, requests: requested, purchases, firstCredits });
    const tasks = [...provider.tasks.values()];
    owner.check(tasks);
    const made = new Set(tasks.filter((task) => task.isKnown && isGood(task)).map(({ generationId }) => generationId));
    const reasons = database.all<{ id: string }>(
      "SELECT id FROM generations WHERE failure_reason IN ('lost','not-found','bad-output','retryable')",
    );
    return {
      seed: options.seed,
      lifecycles: found.length,
      problems: world.problems,
      ready: found.filter(({ state }) => state === 'ready').length,
      failed: found.filter(({ state }) => state === 'failed').length,
      canceled: found.filter(({ state }) => state === 'canceled').length,
      tasks,
      lostTasks: tasks.filter(({ isKnown }) => !isKnown).length,
      avoidableFailures: reasons.filter(({ id }) => made.has(id)).length,
      emptyObjects: [...jobs.jobs.values()].filter((job) => !job.isFinished).length,
      isSetBack: world.forgotten !== null,
      story: world.story,
    };
  } finally {
    database.close();
  }
}

/** In some episodes the day has a budget, of all providers and of the first one. */
function setBudget({ random, faults, database, budgets }: World, requests: number): void {
  if (!random.chance(faults.budget)) return;
  const dollars = Math.ceil((requests * runwayModels[0].costCents(5)) / 100);
  Object.assign(budgets, {
    budgetPerDay: Math.ceil(dollars * random.between(0.4, 1)),
    budgetAtProvider: { runway: Math.ceil(dollars * random.between(0.1, 0.6)) },
  });
  // As if two admins had set it before the episode; version 0 says that no change of the episode wrote it.
  const name = 'settings_1_guarded';
  const [{ sql: guard = '' } = {}] = database.all<{ sql: string }>('SELECT sql FROM sqlite_schema WHERE name = ?', [
    name,
  ]);
  database.exec(`DROP TRIGGER IF EXISTS ${name}`);
  for (const [key, value] of Object.entries(budgets))
    database.all('INSERT INTO settings (key, value, updated_at, version) VALUES (?, ?, 1, 0)', [
      key,
      JSON.stringify(value),
    ]);
  if (guard) database.exec(guard);
}

/** The owner restores the database to an hour before; objects, bucket and provider keep their state. */
async function setBack(world: World): Promise<void> {
  const { agenda, database, random } = world;
  await agenda.runUntil(epoch + Math.round(random.between(5, 25)) * minute);
  // Work under way moves the clock a little past the wanted time.
  const from = agenda.now;
  const saved = database.save();
  await agenda.runUntil(from + 60 * minute);
  database.restore(saved);
  world.forgotten = { from, until: agenda.now };
}

/** A good video that could be had: seen as finished, and not lost by the provider. */
const isGood = (task: Task) =>
  !task.failed && !task.isBad && task.seenEndedAt !== null && (!task.isGone || task.isAskedToForget);
