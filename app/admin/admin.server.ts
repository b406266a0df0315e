import { createGenerationActions } from '~/admin/generations/generation-actions.server';
import { findGeneration } from '~/admin/generations/generation-details.server';
import type { GenerationFilter } from '~/admin/generations/generations';
import { listGenerations } from '~/admin/generations/generations.server';
import { createAlerts } from '~/admin/health/alerts.server';
import { runChecks, type Version } from '~/admin/health/checks.server';
import type { Logbook } from '~/admin/log/logbook.server';
import { createMargin } from '~/admin/money/margin.server';
import { createMoney } from '~/admin/money/money.server';
import { createPurchasePage } from '~/admin/money/purchase-page.server';
import { createPurchaseSearch } from '~/admin/money/purchase-search.server';
import { createAdminRefunds } from '~/admin/money/refunds.server';
import { readOverview } from '~/admin/overview/overview.server';
import { createAdjustments } from '~/admin/people/adjustments.server';
import { createMediaAccess } from '~/admin/people/media-access.server';
import { createPeople } from '~/admin/people/people.server';
import { personDetails } from '~/admin/people/person.server';
import { createSuspension } from '~/admin/people/suspension.server';
import { createPrompt } from '~/admin/prompt/prompt.server';
import { createAdminProviders } from '~/admin/providers/providers.server';
import { createAdminSettings } from '~/admin/settings/settings-admin.server';
import { createSignUps } from '~/admin/sign-ups/sign-ups.server';
import type { LookUp } from '~/billing/look-up.server';
import type { Reconcile } from '~/billing/reconcile.server';
import type { Refunds } from '~/billing/refunds.server';
import { isLiveKey } from '~/billing/stripe.server';
import type { Config } from '~/config.server';
import type { Ledger } from '~/credits/ledger.server';
import type { Database } from '~/db/client.server';
import type { Clock, NewId } from '~/db/ids';
import type { Generations } from '~/generations/generations.server';
import type { AdmissionQueue } from '~/generations/pipeline/admission-queue.server';
import { lazy, lazyMembers } from '~/lazy';
import type { Live, LiveChannelRpc } from '~/live/channel.server';
import type { MediaLinks } from '~/media/signed-url.server';
import type { Uploads } from '~/photos/uploads.server';
import type { Projects } from '~/projects/projects.server';
import type { Breaker } from '~/providers/breaker.server';
import type { Providers } from '~/providers/registry.server';
import type { SettingsCache } from '~/settings/settings.server';
import { createAuditLog } from './audit-log.server';

/** The product's fronts that admins act through. */
interface Fronts {
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
  admissionQueue: AdmissionQueue;
  reconcile: Reconcile;
  lookUp: LookUp;
  refunds: Refunds;
}

/** The bindings that admins act on or check. */
interface Bindings {
  generationJobs: { getByName(name: string): { hint(generationId: string): Promise<void> } };
  bucket: R2Bucket;
  queue: Queue;
  channels: { getByName(name: string): LiveChannelRpc };
  assets: Fetcher;
  version: Version | undefined;
}

/**
 * The front of the admin panel. Each part is built when it is first used. `outside`: the configuration, and `fetch` for
 * other services.
 */
export function createAdmin({
  db,
  clock,
  newId,
  outside: { config, fetch },
  bindings,
  fronts,
}: {
  db: Database;
  clock: Clock;
  newId: NewId;
  outside: { config: Config; fetch: typeof globalThis.fetch };
  bindings: Bindings;
  fronts: Fronts;
}) {
  const { APP_ORIGIN: appOrigin, ALERT_WEBHOOK_SECRET: secret } = config;
  const { generationJobs, assets } = bindings;
  const context = lazy(() => ({ db, clock, newId, auditLog: createAuditLog({ db, clock }) }));
  const settings = lazy(() => createAdminSettings(context(), fronts));
  const samples = { ...fronts, assets, appOrigin };
  const sender = { secret, appOrigin, fetch };
  return lazyMembers(
    {
      auditLog: () => context().auditLog,
      people: () => createPeople({ db }),
      adjustments: () => createAdjustments(context(), fronts),
      suspension: () => createSuspension(context(), fronts),
      signUps: () => createSignUps(context(), fronts),
      mediaAccess: () => createMediaAccess(context(), fronts),
      generationActions: () => createGenerationActions(context(), { ...fronts, generationJobs }),
      money: () => createMoney(context(), fronts),
      margin: () => createMargin({ db }, fronts),
      purchasePage: () => createPurchasePage(context(), fronts),
      refunds: () => createAdminRefunds(context(), fronts),
      purchaseSearch: () => createPurchaseSearch({ db }, fronts),
      providers: () => createAdminProviders(context(), fronts),
      settings,
      prompt: () => createPrompt(context(), { adminSettings: settings(), samples, trials: fronts }),
      alerts: () => createAlerts(context(), { ...fronts, sender }),
    },
    {
      personDetails: (userId: string) => personDetails({ db, clock, settings: fronts.settings }, userId),
      generations: (filter: GenerationFilter, limit: number) => listGenerations({ db, now: clock() }, filter, limit),
      generation: (generationId: string) => findGeneration({ db, clock, ...fronts }, generationId),
      /** True if Stripe's key moves real money. */
      isLive: isLiveKey(config.STRIPE_SECRET_KEY),
      overview: () => readOverview(db, clock()),
      checks: () => runChecks({ db, bindings, config, fetch, logbook: fronts.logbook, newId, clock }),
    },
  );
}
