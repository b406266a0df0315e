import { createAdmin } from './admin/admin.server';
import { createLogbook } from './admin/log/logbook.server';
import { createAccounts } from './auth/accounts.server';
import { createAuth } from './auth/auth.server';
import { createBilling } from './billing/billing.server';
import { createStripeEvents } from './billing/events.server';
import { createReconcile } from './billing/reconcile.server';
import { createStripe, isLiveKey } from './billing/stripe.server';
import type { Config } from './config.server';
import { createAudit } from './credits/audit.server';
import { createLedger } from './credits/ledger.server';
import { createRewards } from './credits/rewards.server';
import { createDatabase } from './db/client.server';
import { type Clock, createIds } from './db/ids';
import { createRunReports } from './db/run-reports.server';
import { createGenerations } from './generations/generations.server';
import { createPipeline } from './generations/pipeline/pipeline.server';
import { createSpending } from './generations/spending.server';
import { createLive } from './live/channel.server';
import { createErasure } from './media/erasure.server';
import { createMedia } from './media/media.server';
import { createMediaLinks } from './media/signed-url.server';
import { createPhotos } from './photos/framed.server';
import { createUploads } from './photos/uploads.server';
import { createClips } from './projects/clips.server';
import { createCompletion } from './projects/completion.server';
import { createProjects } from './projects/projects.server';
import { createShareTokens } from './projects/share-token.server';
import { createShareVisits } from './projects/share-visits.server';
import { createShares } from './projects/shares.server';
import { createBreaker } from './providers/breaker.server';
import { createCallbacks } from './providers/callbacks.server';
import { createProviders } from './providers/registry.server';
import { createSettings } from './settings/settings.server';

/** The only place where bindings become objects. Built for each request, message and alarm: an isolate serves many people. */
export function createServices({
  env,
  config,
  settingsKeptMilliseconds = 0,
  clock = Date.now,
  fetch = (input, init) => globalThis.fetch(input, init),
}: {
  env: Env;
  config: Config;
  /** How old the owner's settings may be; the doors say so, everybody else reads them fresh. */
  settingsKeptMilliseconds?: number;
  clock?: Clock;
  fetch?: typeof globalThis.fetch;
}) {
  const newId = createIds({ clock });
  const db = createDatabase(env.DB);
  const links = createMediaLinks({ secret: config.MEDIA_SIGNING_SECRET, clock });
  const live = createLive({ channels: env.LIVE_CHANNEL });
  const settings = createSettings({ db, clock, keptMilliseconds: settingsKeptMilliseconds });
  const ledger = createLedger({ db, clock });
  const rewards = createRewards({ db, ledger, live, settings, clock });
  const accounts = createAccounts({ db, ledger, rewards, settings, clock, newId, secret: config.SESSION_SECRET });
  const google = {
    issuer: config.GOOGLE_ISSUER,
    clientId: config.GOOGLE_CLIENT_ID,
    clientSecret: config.GOOGLE_CLIENT_SECRET,
    callbackUrl: `${config.APP_ORIGIN}/auth/google/callback`,
    fetch,
  };
  const auth = createAuth({ db, live, accounts, google, appOrigin: config.APP_ORIGIN, clock });
  const projects = createProjects({ db, live, links, clock, newId });
  const clips = createClips({ db, live, links, clock });
  const media = createMedia({
    media: env.MEDIA,
    links,
    recordPictureFetch: (link) => pipeline.recordPictureFetch(link),
    clock,
  });
  const photos = createPhotos({ db, media: env.MEDIA });
  const uploads = createUploads({ db, media: env.MEDIA, clips, clock, newId });
  const providers = createProviders({ config, fetch });
  const breaker = createBreaker({ db, settings });
  const callbacks = createCallbacks({ secret: config.MEDIA_SIGNING_SECRET, appOrigin: config.APP_ORIGIN });
  const bucket = env.MEDIA;
  const jobs = env.GENERATION_JOB;
  const queue = env.GENERATION_QUEUE;
  const appOrigin = config.APP_ORIGIN;
  const store = { db, bucket, clock, newId };
  const upstream = { providers, breaker, callbacks };
  const generations = createGenerations({
    ...{ store, upstream, ledger, settings },
    pages: { clips, live },
    wakeUps: { queue, generationJobs: jobs },
  });
  const pipeline = createPipeline({
    ...{ store, upstream, settings },
    generationJobs: jobs,
    pages: { clips, live, ledger },
    pictures: { photos, links, appOrigin },
  });
  const stripe = createStripe({ config, fetch });
  const billing = createBilling({ db, stripe, ledger, live, rewards, settings, appOrigin, clock, newId });
  const stripeEvents = createStripeEvents({
    ...{ db, stripe, billing, clock },
    secrets: config.STRIPE_WEBHOOK_SECRET,
    isLive: isLiveKey(config.STRIPE_SECRET_KEY),
  });
  const reports = createRunReports({ db, clock });
  const logbook = createLogbook({ db, channels: env.LIVE_CHANNEL, settings, clock });
  const spending = createSpending({ db, providers, reports });
  const audit = createAudit({ db, reports });
  const reconcile = createReconcile({ stripe, billing, reports });
  const erasure = createErasure({ db, bucket });
  const tokens = createShareTokens({ secret: config.MEDIA_SIGNING_SECRET });
  const visits = createShareVisits({ db, tokens, rewards, clock });
  const completion = createCompletion({ db, projects, rewards });
  const shares = createShares({ db, bucket, photos, links, tokens, visits, settings, appOrigin, clock, newId });
  const { ASSETS: assets, LIVE_CHANNEL: channels, CF_VERSION_METADATA: version } = env;
  const bindings = { generationJobs: jobs, bucket, queue, channels, assets, version };
  const admin = createAdmin({
    ...{ db, clock, newId, bindings, outside: { config, fetch } },
    fronts: { ledger, live, links, projects, uploads, generations, settings, logbook, providers, breaker, reconcile },
  });
  return {
    db,
    auth,
    admin,
    links,
    live,
    settings,
    ledger,
    rewards,
    projects,
    completion,
    shares,
    visits,
    clips,
    media,
    photos,
    uploads,
    generations,
    breaker,
    pipeline,
    billing,
    stripeEvents,
    reconcile,
    spending,
    audit,
    reports,
    logbook,
    erasure,
  };
}

export type Services = ReturnType<typeof createServices>;

/** What Remix's loaders and actions get: live objects come from here and from nowhere else. */
export interface LoadContext {
  services: Services;
  config: Config;
  requestId: string;
  /** For the page's own inline scripts under the content security policy. */
  nonce: string;
  /** Says in the log what nobody expected: a module of Remix's bundle has no thread of its own to write it on. */
  logError(error: unknown, where: string): void;
}

declare module '@remix-run/cloudflare' {
  interface AppLoadContext extends LoadContext {}
}
