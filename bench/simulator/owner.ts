import { restStatement, wakeStatements } from '../../app/providers/breaker.ts';
import { untilWoken } from '../../app/providers/rest.ts';
import type { Binding } from './binding.ts';
import { providersInOrder } from './effects.ts';
import type { Product } from './product.ts';
import { minute, type World } from './world.ts';

/** A time in which the owner let something stand still, in ms. */
export interface Pause {
  from: number;
  until: number;
}

const maintenance = 'maintenance';
/** A run that read the provider before its rest may still send to it; each begins anew by then. */
const mostRun = 3 * minute;

/**
 * The owner lets a provider rest by hand, and closes for maintenance, each for some minutes. After a restore, which may bring
 * either back, the owner looks again within a minute.
 */
export function createOwner({ world, binding, product }: { world: World; binding: Binding; product: Product }) {
  const { agenda, database, random } = world;
  const rests: (Pause & { provider: string })[] = [];
  const closed: Pause[] = [];
  const last = <Item extends Pause>(list: readonly Item[]) => list.at(-1);
  const some = () => agenda.now + Math.round(random.between(2, 9)) * minute;

  const message = () =>
    database.all<{ value: string }>('SELECT value FROM settings WHERE key = ?', [maintenance])[0]?.value ?? '""';
  const write = (value: string) =>
    database.all(
      `INSERT INTO settings (key, value, updated_at) VALUES (?1, ?2, ?3)
       ON CONFLICT (key) DO UPDATE SET value = ?2, version = version + 1`,
      [maintenance, value, agenda.now],
    );

  function rest(): void {
    const provider = random.pick(providersInOrder);
    rests.push({ provider, from: agenda.now, until: some() });
    const { sql, params } = restStatement({ provider, until: untilWoken, now: agenda.now });
    database.all(sql, params);
    agenda.beginAt(agenda.now, async () => {
      await binding.process(() => product.admissionQueue.wakeWaiting(provider));
    });
  }

  function wake(provider: string): void {
    for (const { sql, params } of wakeStatements({ provider, now: agenda.now })) database.all(sql, params);
    agenda.beginAt(agenda.now, async () => {
      await binding.process(() => product.admissionQueue.wakeNext(provider));
    });
  }

  return {
    /** What the owner does in a minute. */
    look(): void {
      const resting = last(rests);
      const isResting = resting !== undefined && resting.until > agenda.now;
      const byHand = database.all<{ provider: string }>(
        "SELECT provider FROM provider_breakers WHERE reason = 'by-hand'",
      );
      for (const { provider } of byHand) if (!isResting || resting.provider !== provider) wake(provider);
      if (!isResting && random.chance(world.faults.restByHand)) rest();

      const closing = last(closed);
      const isClosed = closing !== undefined && closing.until > agenda.now;
      if (isClosed !== (message() !== '""')) write(isClosed ? '"Back soon."' : '""');
      if (isClosed || !random.chance(world.faults.maintenance)) return;
      closed.push({ from: agenda.now, until: some() });
      write('"Back soon."');
    },

    /** Holds what was sent and begun against the times in which nothing may have been. */
    check(tasks: Iterable<{ provider: string; sentAt: number; generationId: string }>): void {
      const law = 'I15 nothing is sent to a provider that rests by hand, and nothing begins in maintenance';
      const { forgotten } = world;
      // A restore inside of a pause ended it, or began it late.
      const isWhole = ({ from, until }: Pause) =>
        !forgotten || until < forgotten.from || from > forgotten.until + minute;
      const whole = rests.filter(isWhole);
      for (const { provider, sentAt, generationId } of tasks)
        if (whole.some((one) => one.provider === provider && sentAt > one.from + mostRun && sentAt < one.until))
          world.report(law, generationId, `was sent to ${provider} while it rested`);
      const begun = database.all<{ id: string; at: number; what: string }>(
        `SELECT g.id, g.created_at AS at, 'generation' AS what FROM generations g WHERE g.gift_by IS NULL
           AND NOT EXISTS (SELECT 1 FROM profiles p JOIN admins a ON a.google_sub = p.google_sub WHERE p.user_id = g.user_id)
         UNION ALL SELECT p.id, p.created_at, 'purchase' FROM purchases p WHERE p.request_key NOT LIKE 'again:%'`,
      );
      // The moment of a start is a little before its row.
      const slack = 5_000;
      for (const { id, at, what } of begun)
        if (closed.filter(isWhole).some(({ from, until }) => at > from && at < until - slack))
          world.report(law, what === 'generation' ? id : null, `the ${what} ${id} began in maintenance`);
    },
  };
}

export type Owner = ReturnType<typeof createOwner>;

/** Runs the model's own set-up past maintenance mode, as if its photos had come before. */
export function pastMaintenance<Result>({ database }: World, work: () => Result): Result {
  const [{ value = '""' } = {}] = database.all<{ value: string }>('SELECT value FROM settings WHERE key = ?', [
    maintenance,
  ]);
  const write = (text: string) => database.all('UPDATE settings SET value = ?2 WHERE key = ?1', [maintenance, text]);
  if (value === '""') return work();
  write('""');
  try {
    return work();
  } finally {
    write(value);
  }
}
