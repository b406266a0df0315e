import { type Binding, isFault } from './binding.ts';
import { providersInOrder } from './effects.ts';
import type { Owner } from './owner.ts';
import type { Product } from './product.ts';
import { minute, type World } from './world.ts';

/** The breaker (app/providers/breaker.server.ts) lets the provider rest, probes it, and closes again. */
function rest({ agenda, database, random }: World): void {
  const until = agenda.now + Math.round(random.between(1, 6)) * minute;
  agenda.at(until + minute, () => database.all('DELETE FROM provider_breakers WHERE open_until <= ?', [agenda.now]));
  database.all(
    `INSERT INTO provider_breakers (provider, opened_at, open_until, reason) VALUES ('runway', ?1, ?2, 'failures')
     ON CONFLICT (provider) DO UPDATE SET opened_at = ?1, open_until = ?2, reason = 'failures' WHERE open_until <= ?1`,
    [agenda.now, until],
  );
}

/** Our account at a provider is empty for a while; the breaker tests it, and closes again. */
function emptyAccount({ agenda, database, random, emptyUntil }: World): void {
  const provider = random.pick(providersInOrder);
  emptyUntil.set(provider, agenda.now + Math.round(random.between(1, 12)) * minute);
  agenda.at(agenda.now + 18 * minute, () =>
    database.all('DELETE FROM provider_breakers WHERE open_until <= ?', [agenda.now]),
  );
}

/** The cron of workers/sweeper.ts each minute: it may be missing, run twice at once, or die half way. */
export function startCron({
  world,
  binding,
  product,
  owner,
}: {
  world: World;
  binding: Binding;
  product: Product;
  owner: Owner;
}): void {
  const { agenda, random, mistake } = world;

  // A fault of one step does not stop the other steps.
  async function step(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      // The next minute repeats the step after a fault.
      if (!isFault(error)) world.report('nothing throws but the faults', null, String(error));
    }
  }

  async function sweep(scheduledAt: number): Promise<void> {
    if (!mistake?.skipsSweepOfGenerations) await step(() => product.sweep.generations(scheduledAt));
    if (!mistake?.skipsSweepOfEnded) await step(() => product.sweep.ended(scheduledAt));
    if (Math.floor(scheduledAt / minute) % 10 === 0 && !mistake?.skipsSweepOfMedia)
      await step(() => product.sweep.media(scheduledAt));
  }

  async function tick(): Promise<void> {
    const scheduledAt = agenda.now;
    agenda.beginAt(scheduledAt + minute, tick);
    if (random.chance(world.faults.breakerOpens)) rest(world);
    if (random.chance(world.faults.outOfFunds)) emptyAccount(world);
    owner.look();
    if (random.chance(world.faults.cronSkipped)) return;
    const isDoubled = random.chance(world.faults.cronDoubled);
    await binding.process(async () => {
      await Promise.all([sweep(scheduledAt), isDoubled ? sweep(scheduledAt) : null]);
    });
  }

  agenda.beginAt(agenda.now + minute, tick);
}
