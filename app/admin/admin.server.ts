import { createGenerationDetails } from '~/admin/generations/generation.server';
import { createGenerationActions } from '~/admin/generations/generation-actions.server';
import { createGenerationList } from '~/admin/generations/generations.server';
import { createAlertSender } from '~/admin/health/alert-sender.server';
import { createAlerts } from '~/admin/health/alerts.server';
import { createChecks, type Version } from '~/admin/health/checks.server';
import { createSystemStatus } from '~/admin/health/system-status.server';
import type { Logbook } from '~/admin/log/logbook.server';
import { createMoney } from '~/admin/money/money.server';
import { createOverview } from '~/admin/overview/overview.server';
import { createAdjustments } from '~/admin/people/adjustments.server';
import { createMediaAccess } from '~/admin/people/media-access.server';
import { createPeople } from '~/admin/people/people.server';
import { createPersonDetails } from '~/admin/people/person.server';
import { createSuspension } from '~/admin/people/suspension.server';
import { createPrompt } from '~/admin/prompt/prompt.server';
import { createAdminSettings } from '~/admin/settings/settings-admin.server';
import type { Reconcile } from '~/billing/reconcile.server';
import type { Config } from '~/config.server';
import type { Ledger } from '~/credits/ledger.server';
import type { Database } from '~/db/client.server';
import type { Clock, NewId } from '~/db/ids';
import type { Generations } from '~/generations/generations.server';
import type { Live, LiveChannelRpc } from '~/live/channel.server';
import type { MediaLinks } from '~/media/signed-url.server';
import type { Uploads } from '~/photos/uploads.server';
import type { Projects } from '~/projects/projects.server';
import type { Breaker } from '~/providers/breaker.server';
import type { Providers } from '~/providers/registry.server';
import type { SettingsCache } from '~/settings/settings.server';
import { createAuditLog } from './audit-log.server';

/** What of the house the desk works with. */
interface House {
  db: Database;
  ledger: Ledger;
  live: Live;
  links: MediaLinks;
  projects: Projects;
  uploads: Uploads;
  generations: Generations;
  settings: SettingsCache;
  logbook: Logbook;
  providers: Providers;
  breaker: Breaker;
  jobs: { getByName(name: string): { hint(generationId: string): Promise<void> } };
  reconcile: Reconcile;
  bucket: R2Bucket;
  queue: Queue;
  channels: { getByName(name: string): LiveChannelRpc };
  assets: Fetcher;
  appOrigin: string;
  config: Config;
  version: Version | undefined;
  fetch: typeof globalThis.fetch;
  clock: Clock;
  newId: NewId;
}

/** Everything that the owner's desk offers its pages, built from what the house has already. */
export function createAdmin(house: House) {
  const { db, appOrigin, config, fetch, clock } = house;
  const auditLog = createAuditLog({ db, clock });
  const settings = createAdminSettings({ ...house, auditLog });
  const systemStatus = createSystemStatus({ db });
  const sender = createAlertSender({ secret: config.ALERT_WEBHOOK_SECRET, appOrigin, fetch, clock });
  return {
    auditLog,
    people: createPeople({ db }),
    personDetails: createPersonDetails(house),
    adjustments: createAdjustments({ ...house, auditLog }),
    suspension: createSuspension({ ...house, auditLog }),
    mediaAccess: createMediaAccess({ ...house, auditLog }),
    jobs: createGenerationList({ db, clock }),
    generationDetails: createGenerationDetails(house),
    generationActions: createGenerationActions({ ...house, auditLog }),
    money: createMoney({ ...house, auditLog }),
    settings,
    prompt: createPrompt({ ...house, auditLog, settings, reader: house.settings }),
    overview: createOverview({ db, systemStatus, clock }),
    alerts: createAlerts({ ...house, systemStatus, sender, auditLog }),
    checks: createChecks({ ...house, systemStatus }),
  };
}
