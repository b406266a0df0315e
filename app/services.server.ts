import { createSettings } from './admin/settings.server';
import { createAccounts } from './auth/accounts.server';
import { createAuth } from './auth/auth.server';
import type { Config } from './config.server';
import { createLedger } from './credits/ledger.server';
import { createDatabase } from './db/client.server';
import { type Clock, createIds } from './db/ids';
import { createLive } from './live/channel.server';
import { createMedia } from './media/media.server';
import { createMediaLinks } from './media/signed-url.server';
import { createPhotos } from './photos/framed.server';
import { createClips } from './projects/clips.server';
import { createProjects } from './projects/projects.server';

/** The only place where bindings become objects. Built for each request, message and alarm: an isolate serves many people. */
export function createServices({ env, config, clock = Date.now }: { env: Env; config: Config; clock?: Clock }) {
  const newId = createIds({ clock });
  const db = createDatabase(env.DB);
  const links = createMediaLinks({ secret: config.MEDIA_SIGNING_SECRET, clock });
  const live = createLive({ channels: env.LIVE_CHANNEL });
  const settings = createSettings({ db });
  const ledger = createLedger({ db, clock });
  const accounts = createAccounts({ db, ledger, settings, clock, newId, secret: config.SESSION_SECRET });
  const google = {
    issuer: config.GOOGLE_ISSUER,
    clientId: config.GOOGLE_CLIENT_ID,
    clientSecret: config.GOOGLE_CLIENT_SECRET,
    callbackUrl: `${config.APP_ORIGIN}/auth/google/callback`,
    fetch: googleFetch,
  };
  const auth = createAuth({ db, live, accounts, google, appOrigin: config.APP_ORIGIN, clock });
  const projects = createProjects({ db, live, links, clock, newId });
  const clips = createClips({ db, live, links, clock });
  const media = createMedia({ media: env.MEDIA, links, clock });
  const photos = createPhotos({ db, media: env.MEDIA });
  return { db, auth, links, live, settings, ledger, projects, clips, media, photos };
}

export type Services = ReturnType<typeof createServices>;

/** What Remix's loaders and actions get: live objects come from here and from nowhere else. */
export interface LoadContext {
  services: Services;
  config: Config;
  requestId: string;
  /** For the page's own inline scripts under the content security policy. */
  nonce: string;
}

declare module '@remix-run/cloudflare' {
  interface AppLoadContext extends LoadContext {}
}
