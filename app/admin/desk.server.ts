import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import type { Providers } from '~/providers/registry.server';
import { createActs } from './acts.server';
import type { SettingsShelf } from './settings.server';
import { createSettingsDesk } from './settings-desk.server';

/** Everything that the owner's desk offers its pages, built from what the house has already. */
export function createDesk({
  db,
  clock,
  settings,
  providers,
}: {
  db: Database;
  clock: Clock;
  settings: SettingsShelf;
  providers: Pick<Providers, 'all'>;
}) {
  const acts = createActs({ db, clock });
  return { acts, settings: createSettingsDesk({ db, clock, settings, providers, acts }) };
}
