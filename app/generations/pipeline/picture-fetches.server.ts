import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { described, log } from '~/log';
import { fetchedStatement } from './statements';

/** Hears that a provider fetches the picture of an attempt: a sign that the request arrived, should its answer be lost. */
export interface Beacon {
  /** Written down before the picture leaves, once for each attempt. Never throws: the film goes on without it. */
  fetched(link: { key: string; attempt: string }): Promise<void>;
}

/** `clock` in ms. */
export function createBeacon({ db, clock }: { db: Database; clock: Clock }): Beacon {
  return {
    async fetched({ key, attempt }) {
      const id = /\/f\/(gen_[0-9A-Z]+)\.jpg$/.exec(key)?.[1];
      if (id === undefined) return;
      const { sql, params } = fetchedStatement({ id, nonce: attempt, now: clock() });
      const write = () =>
        db.$client
          .prepare(sql)
          .bind(...params)
          .run();
      // Once more: whoever fetches does so once, and a moment later the database may well be there.
      await write()
        .catch(write)
        .catch((error: unknown) => log({ event: 'error', generationId: id, where: 'beacon', ...described(error) }));
    },
  };
}
