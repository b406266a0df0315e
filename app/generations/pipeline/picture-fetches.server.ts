import type { Database } from '~/db/client.server';
import { run } from '~/db/statement';
import { described, log } from '~/log';
import { pictureFetchedStatement } from './statements';

/** One fetch of a picture by a provider. `now` in ms. */
export interface PictureFetch {
  /** The picture's media key, which holds the generation's id. */
  key: string;
  /** The nonce of the attempt for which the link was made. */
  attempt: string;
  now: number;
}

/**
 * Records, once per attempt and before the picture leaves, that a provider fetched it: proof that the submit arrived if
 * its answer gets lost. Never throws, since a failed record must not keep the picture from the provider.
 */
export async function recordPictureFetch(db: Database, { key, attempt, now }: PictureFetch): Promise<void> {
  const id = /\/f\/(gen_[0-9A-Z]+)\.jpg$/.exec(key)?.[1];
  if (id === undefined) return;
  const write = () => run(db, pictureFetchedStatement({ id, nonce: attempt, now }));
  // A second write at once: providers fetch a picture once, and a D1 error is often over a moment later.
  await write()
    .catch(write)
    .catch((error: unknown) => log({ event: 'error', generationId: id, where: 'picture-fetch', ...described(error) }));
}
