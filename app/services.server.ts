import { createAdmin } from './admin/admin.server';
import { createLogbook } from './admin/log/logbook.server';
import { createAuth } from './auth/auth.server';
import { createBilling } from './billing/billing.server';
import type { Config } from './config.server';
import { createCredits } from './credits/credits.server';
import type { Base } from './db/base';
import { createDatabase } from './db/client.server';
import { type Clock, createIds } from './db/ids';
import { createRunReports } from './db/run-reports.server';
import { createWebhookRefusals } from './db/webhook-refusals.server';
import { createGenerations } from './generations/generations.server';
import { createPipeline } from './generations/pipeline/pipeline.server';
import { lazy, lazyMembers } from './lazy';
import { createLive } from './live/channel.server';
import { createMedia } from './media/media.server';
import { createPhotos } from './photos/photos.server';
import { createProjects } from './projects/projects.server';
import { createUpstream } from './providers/upstream.server';
import { createSettings } from './settings/settings.server';

/**
 * The only place where bindings become objects: one front per noun, built for each request, message and alarm, since an
 * isolate serves many people. A front is made when it is first used, and makes its inside in the same way.
 */
export function createServices({
  env,
  config,
  settingsKeptMilliseconds = 0,
  clock = Date.now,
  fetch = (input, init) => globalThis.fetch(input, init),
}: {
  env: Env;
  config: Config;
  /** How old the settings may be. Only the doors read them through a cache. */
  settingsKeptMilliseconds?: number;
  clock?: Clock;
  fetch?: typeof globalThis.fetch;
}) {
  const db = createDatabase(env.DB);
  const { MEDIA: bucket, GENERATION_JOB: generationJobs, GENERATION_QUEUE: queue, LIVE_CHANNEL: channels } = env;
  const newId = createIds({ clock });
  const base: Base = { db, bucket, config, clock, newId };
  const live = createLive({ channels });
  const settings = createSettings({ db, clock, keptMilliseconds: settingsKeptMilliseconds });
  const reports = createRunReports({ db, clock });
  const logbook = createLogbook({ db, channels, clock });
  const webhookRefusals = createWebhookRefusals({ db, clock });
  const credits = createCredits({ base, live, settings });
  const upstream = lazy(() => createUpstream({ base, settings, fetch }));
  const media = createMedia({ base, recordPictureFetch: (fetched) => pipeline().recordPictureFetch(fetched) });
  const photos = createPhotos({ base, publishClip: (userId, clipId) => projects().clips.publish(userId, clipId) });
  const projects = lazy(() => createProjects({ base, live, links: media.links, photos, credits, settings }));
  const billing = lazy(() => createBilling({ base, credits, live, settings, fetch }));
  const pages = lazy(() => ({ clips: projects().clips, live, ledger: credits.ledger }));
  const paidWork = lazy(() => ({ base, upstream: upstream(), pages: pages(), settings }));
  const wakeUps = { queue, generationJobs };
  const generations = lazy(() => createGenerations({ ...paidWork(), wakeUps, ledger: credits.ledger }));
  const pictures = lazy(() => ({ photos, links: media.links, appOrigin: config.APP_ORIGIN }));
  const pipeline = lazy(() => createPipeline({ ...paidWork(), pictures: pictures(), generationJobs }));
  const bindings = { generationJobs, bucket, queue, channels, assets: env.ASSETS, version: env.CF_VERSION_METADATA };
  const fronts = lazy(() => ({
    ...{ live, settings, logbook, ledger: credits.ledger, links: media.links, uploads: photos.uploads },
    ...{ projects: projects(), generations: generations() },
    ...{ reconcile: billing().reconcile, lookUp: billing().lookUp, refunds: billing().refunds },
    ...{ providers: upstream().providers, breaker: upstream().breaker, admissionQueue: pipeline().admissionQueue },
  }));
  return lazyMembers(
    {
      ...{ projects, generations, pipeline, billing },
      auth: () => createAuth({ base, live, settings, fetch }),
      admin: () => createAdmin({ db, clock, newId, bindings, outside: { config, fetch }, fronts: fronts() }),
    },
    { db, live, settings, credits, media, photos, reports, logbook, webhookRefusals },
  );
}

export type Services = ReturnType<typeof createServices>;
