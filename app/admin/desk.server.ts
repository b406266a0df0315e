import type { Config } from '~/config.server';
import type { Database } from '~/db/client.server';
import type { Clock, NewId } from '~/db/ids';
import type { LiveChannelRpc } from '~/live/channel.server';
import type { Providers } from '~/providers/registry.server';
import { createActs } from './acts.server';
import { createAlertSender } from './alert-sender.server';
import { createAlerts } from './alerts.server';
import { createChecks, type Version } from './checks.server';
import { createOverview } from './overview.server';
import type { SettingsShelf } from './settings.server';
import { createSettingsDesk } from './settings-desk.server';
import { createStanding } from './standing.server';

/** Everything that the owner's desk offers its pages, built from what the house has already. */
export function createDesk({
  db,
  settings,
  providers,
  bucket,
  queue,
  channels,
  config,
  version,
  fetch,
  newId,
  clock,
}: {
  db: Database;
  settings: SettingsShelf;
  providers: Pick<Providers, 'all'>;
  bucket: R2Bucket;
  queue: Queue;
  channels: { getByName(name: string): LiveChannelRpc };
  config: Config;
  version: Version | undefined;
  fetch: typeof globalThis.fetch;
  newId: NewId;
  clock: Clock;
}) {
  const acts = createActs({ db, clock });
  const standing = createStanding({ db });
  const overview = createOverview({ db, standing, clock });
  const appOrigin = config.APP_ORIGIN;
  const sender = createAlertSender({ secret: config.ALERT_WEBHOOK_SECRET, appOrigin, fetch, clock });
  const alerts = createAlerts({ db, standing, settings, sender, acts, appOrigin, newId, clock });
  const checks = createChecks({ db, bucket, queue, channels, standing, config, version, fetch, newId, clock });
  return { acts, settings: createSettingsDesk({ db, clock, settings, providers, acts }), overview, alerts, checks };
}
