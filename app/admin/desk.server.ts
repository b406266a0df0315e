import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { createActs } from './acts.server';

/** Everything that the owner's desk offers its pages, built from what the house has already. */
export function createDesk({ db, clock }: { db: Database; clock: Clock }) {
  const acts = createActs({ db, clock });
  return { acts };
}
