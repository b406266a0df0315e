import type { Context, Next } from 'hono';
import { inAppBrowser } from '~/auth/in-app-browser';
import { giftToNewcomer } from '~/credits/promise';
import { createIsolateCache } from '~/db/isolate-cache.server';
import { wantsPage } from '~/problem';
import { smallestPack } from '~/settings/packs';
import { assetsVersion, page } from './remix';
import type { RequestContext } from './request-context';

/** Stands in the kept page for the nonce, which is another one in every answer. */
const anyNonce = 'nonce-of-this-answer';
const keptSeconds = 3600;

/** The cache of this place; the browser's types have no name for it. */
const edge = (caches as unknown as { default: Cache }).default;

/** The landing page as strangers get it, and what it says of the settings. */
const kept = createIsolateCache<{ terms: string; pieces: readonly string[] }>();

/**
 * The landing page of a stranger, which is the same for everybody: rendered once for each version and for what it says of
 * the settings, kept in this isolate and at the edge. Everybody else gets the page that Remix renders: a person who may be
 * signed in or was invited, an address with a query, and a browser inside another app.
 */
export async function landing(c: Context<RequestContext>, next: Next): Promise<Response | undefined> {
  if (!isForStranger(c)) {
    await next();
    return;
  }
  const { creditsPerClip, signupCredits, packsOnSale } = await c.var.services.settings.read();
  const terms = JSON.stringify([giftToNewcomer({ creditsPerClip, signupCredits }), smallestPack(packsOnSale)]);
  const read = () =>
    kept.read(c.env.DB, { clock: Date.now, keptMilliseconds: keptSeconds * 1000, load: () => load(c, terms) });
  let found = await read();
  if (found.terms !== terms) {
    kept.forget(c.env.DB);
    found = await read();
  }
  const { pieces } = found;
  return new Response(pieces.join(c.var.nonce), { headers: { 'Content-Type': 'text/html; charset=utf-8' } });
}

function isForStranger(c: Context<RequestContext>): boolean {
  const { raw } = c.req;
  const { auth } = c.var.services;
  return (
    new URL(raw.url).search === '' &&
    wantsPage(raw.headers) &&
    !auth.hasSessionCookie(raw) &&
    auth.rememberedInvitation(raw) === null &&
    inAppBrowser(raw.headers.get('User-Agent')) === null
  );
}

/** From the cache of this place, or rendered. Only a page that came out well is kept. */
async function load(c: Context<RequestContext>, terms: string): Promise<{ terms: string; pieces: readonly string[] }> {
  const origin = c.var.config.APP_ORIGIN;
  const query = new URLSearchParams({ terms, assets: assetsVersion, version: c.env.CF_VERSION_METADATA.id });
  const address = `${origin}/kept-landing?${query}`;
  const found = await edge.match(address);
  const html = found ? await found.text() : await render(c, origin);
  if (!found)
    c.executionCtx.waitUntil(
      edge.put(address, new Response(html, { headers: { 'Cache-Control': `public, max-age=${keptSeconds}` } })),
    );
  return { terms, pieces: html.split(anyNonce) };
}

/** The page with its styles inside: a stranger's first picture waits for one answer, not for two. */
async function render(c: Context<RequestContext>, origin: string): Promise<string> {
  const rendered = await page(
    { var: { ...c.var, nonce: anyNonce } },
    new Request(`${origin}/`, { headers: { Accept: 'text/html' } }),
  );
  const html = await rendered.text();
  if (rendered.status !== 200) throw new Error(`the landing page answered ${rendered.status}`);
  const [link = '', path = ''] = /<link rel="stylesheet" href="(\/assets\/app-[\w-]+\.css)"\/>/.exec(html) ?? [];
  const styles = path ? await c.env.ASSETS.fetch(new URL(path, origin)) : null;
  if (!styles?.ok) return html;
  const inside = `<style nonce="${anyNonce}">${await styles.text()}</style>`;
  return html.replace(link, () => inside);
}
