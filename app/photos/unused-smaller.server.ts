// Apart from smaller.server.ts, which loads the codec of pictures: the sweep also runs where no such module can be loaded.
import type { Database } from '~/db/client.server';
import { all, statement } from '~/db/statement';
import { photoOfSmaller } from '~/media/keys';

const day = 24 * 3_600_000;
const findKept = `SELECT p.id FROM json_each(?1) wanted CROSS JOIN photos p ON p.id = wanted.value WHERE p.erased_at IS NULL`;

/**
 * The keys among these of smaller sizes whose photo is erased or was never made: a run that stored them broke off. Those
 * of the last day are left out, for an upload may still be under way. `now` in ms.
 */
export async function unusedSmaller({
  db,
  objects,
  now,
}: {
  db: Database;
  objects: readonly Pick<R2Object, 'key' | 'uploaded'>[];
  now: number;
}): Promise<string[]> {
  const old = objects.filter(({ key, uploaded }) => photoOfSmaller(key) && now - uploaded.getTime() > day);
  const ids = new Set(old.map(({ key }) => photoOfSmaller(key)));
  const kept = ids.size === 0 ? [] : await all<{ id: string }>(db, statement(findKept, JSON.stringify([...ids])));
  const known = new Set(kept.map(({ id }) => id));
  return old.map(({ key }) => key).filter((key) => !known.has(photoOfSmaller(key) ?? ''));
}
