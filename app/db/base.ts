import type { Config } from '~/config.server';
import type { Database } from './client.server';
import type { Clock, NewId } from './ids';

/** The bindings, configuration, clock and ids on which every front is built. */
export interface Base {
  db: Database;
  /** Private media. */
  bucket: R2Bucket;
  config: Config;
  clock: Clock;
  newId: NewId;
}
