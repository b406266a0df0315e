import type { Context, Next } from 'hono';
import { inAppBrowser } from '~/auth/in-app-browser';
import type { Config } from '~/config.server';
import { createIds } from '~/db/ids';
import { createIsolateMap } from '~/db/isolate-map.server';
import { log } from '~/log';
import { wantsPage } from '~/problem';
import { addHeaders, newNonce } from './headers';
import { type KeptPage, keptLandingPage } from './kept-landing';
import { limitStrangers } from './rate-limit';
import type { RequestContext } from './request-context';

const html = { 'Content-Type': 'text/html; charset=utf-8' } as const;

/**
 * The page of strangers while its settings were looked at just now, with the configuration that its headers need. Settings
 * are kept for three seconds, so that a change shows within five.
 */
const fresh = createIsolateMap<{ page: KeptPage; config: Config }>({ most: 1, keptMilliseconds: 1500 });

/**
 * Answers a stranger before any service is made, while the page is fresh. A request with any cookie, and one beyond the
 * limit of its network, goes the way of every request.
 */
export async function freshLanding(c: Context<RequestContext>, next: Next): Promise<Response | undefined> {
  const found = await fresh.read(c.env.DB, 'page', { clock: Date.now, load: async () => null });
  const isPlain = !c.req.raw.headers.has('Cookie') && isForEverybody(c.req.raw);
  if (!found || !isPlain || (await limitStrangers(c, async () => undefined))) {
    await next();
    return;
  }
  const startedAt = Date.now();
  const requestId = createIds({ clock: Date.now })('req');
  const nonce = newNonce();
  const headers = new Headers(html);
  const { APP_ORIGIN: appOrigin, GOOGLE_ISSUER: issuer, STRIPE_API_BASE: stripe } = found.config;
  addHeaders(headers, { appOrigin, issuer, stripe, requestId, nonce, personId: null });
  const outcome = { status: 200, milliseconds: Date.now() - startedAt };
  log({ event: 'request', requestId, method: c.req.method, path: '/', ...outcome });
  return new Response(found.page.withNonce(nonce), { headers });
}

/**
 * The landing page of a stranger, which is the same for everybody. Everybody else gets the page that Remix renders: a
 * person who may be signed in or was invited, an address with a query, and a browser inside another app.
 */
export async function landing(c: Context<RequestContext>, next: Next): Promise<Response | undefined> {
  const { raw } = c.req;
  const { auth } = c.var.services;
  if (!isForEverybody(raw) || auth.hasSessionCookie(raw) || auth.rememberedInvitation(raw) !== null) {
    await next();
    return;
  }
  const page = await keptLandingPage(c);
  const { config, nonce } = c.var;
  await fresh.read(c.env.DB, 'page', { clock: Date.now, load: async () => ({ page, config }) });
  return new Response(page.withNonce(nonce), { headers: html });
}

function isForEverybody({ url, headers }: Request): boolean {
  return new URL(url).search === '' && wantsPage(headers) && inAppBrowser(headers.get('User-Agent')) === null;
}
