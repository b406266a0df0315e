import { createLedger } from '../../app/credits/ledger.server.ts';
import { createDatabase } from '../../app/db/client.server.ts';
import { createGenerations, type GenerationsOptions } from '../../app/generations/generations.server.ts';
import { createAdmissionQueue } from '../../app/generations/pipeline/admission-queue.server.ts';
import { createSweep } from '../../app/generations/pipeline/sweep.server.ts';
import { createBreaker, type Resting } from '../../app/providers/breaker.server.ts';
import { runwayModels } from '../../app/providers/runway-wire.ts';
import { defaults } from '../../app/settings/settings.ts';
import type { Binding } from './binding.ts';
import type { Bucket } from './bucket.ts';
import { providersInOrder, slots, stopping } from './effects.ts';
import type { Jobs } from './jobs.ts';
import type { Provider } from './provider.ts';
import { idOf, type World } from './world.ts';

/** The setting `deadlineMinutes` in these worlds. */
const deadlineMinutes = 30;
const creditsPerClip = 2;

/** The product's own services on the model; pages, settings and providers' names are replaced. */
export function createProduct({
  world,
  binding,
  bucket,
  jobs,
  provider,
  queue,
}: {
  world: World;
  binding: Binding;
  bucket: Bucket;
  jobs: Jobs;
  provider: Provider;
  queue: GenerationsOptions['wakeUps']['queue'];
}) {
  const db = createDatabase(binding.d1);
  const clock = () => world.agenda.now;
  const ledger = createLedger({ db, clock });
  // Publishing to pages changes no state; its failures are modelled in the effect `publish`.
  const clips = { publish: async () => undefined };
  const live = { publish: async () => undefined, signOut: async () => undefined, connect: async () => new Response() };
  const balance = { balance: async () => ({ balance: 0, version: 0 }) };
  const isLost = () => world.random.chance(world.faults.objectUnreachable);
  const objects = {
    getByName: (name: string) => ({
      start: async () => {
        if (!isLost()) jobs.get(name).start();
      },
      nudge: async () => {
        if (!isLost()) jobs.get(name).nudge();
      },
      hint: async () => {
        if (!isLost()) jobs.get(name).hint();
      },
    }),
  };
  const [model] = runwayModels;
  const settings = {
    ...defaults,
    ...{ creditsPerClip, deadlineMinutes, maxOpenGenerations: 50, provider: 'runway', model: model.id },
    ...{ maxAtProvider: { runway: slots, luma: slots }, mostRefusalsPerDay: 1000, fallbacks: [] },
    ...world.budgets,
  };
  const reader = { read: async () => settings } as never;
  const generations = createGenerations({
    base: { db, clock, newId: (kind) => idOf(kind, world.number()) },
    upstream: {
      providers: {
        choose: ({ resting }: { resting: Resting }) => {
          const canStop = world.random.pick(stopping);
          const untils = providersInOrder.map((id) => ({ id, until: resting.until(id, model.costCents(5)) }));
          const awake = untils.find(({ until }) => until === null);
          if (awake) return { outcome: 'chosen', provider: { id: awake.id, canStop }, model };
          return { outcome: 'resting', until: Math.min(...untils.map(({ until }) => until ?? 0)) };
        },
        find: () => ({ poll: async (taskId: string) => provider.look(taskId) }),
      } as never,
      breaker: createBreaker({ db, settings: reader }),
    },
    wakeUps: { queue, generationJobs: objects },
    pages: { clips, live: live as never },
    ledger: { ...ledger, ...balance },
    settings: reader,
  });
  const admissionQueue = createAdmissionQueue({ db, generationJobs: objects, settings: reader, clock });
  const sweep = createSweep({
    db,
    bucket: bucket.binding as unknown as R2Bucket,
    generationJobs: objects,
    openPages: { clips, live: live as never, ledger: balance },
    admissionQueue,
  });
  return { generations, sweep, ledger, admissionQueue };
}

export type Product = ReturnType<typeof createProduct>;
