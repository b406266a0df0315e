import type { Config } from '~/config.server';
import type { Database } from './client.server';
import type { Clock, NewId } from './ids';

/** What the front of every noun is built on. */
export interface Base {
  db: Database;
  /** Private media. */
  bucket: R2Bucket;
  config: Config;
  clock: Clock;
  newId: NewId;
}
