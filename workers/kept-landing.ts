import type { Context } from 'hono';
import { giftToNewcomer } from '~/credits/promise';
import { createIsolateCache } from '~/db/isolate-cache.server';
import { smallestPack } from '~/settings/packs';
import { assetsVersion, page } from './remix';
import type { RequestContext } from './request-context';

/** A page whose answers differ by their nonce alone. */
export interface KeptPage {
  withNonce(nonce: string): string;
}

/** Stands in a kept page for the nonce, which is another one in every answer. */
const anyNonce = 'nonce-of-this-answer';
const keptSeconds = 3600;

/** The page, and what it says of the settings. */
const kept = createIsolateCache<{ terms: string; page: KeptPage }>();

/** The cache of this place; the browser's types have no name for it. */
const edge = (caches as unknown as { default: Cache }).default;

/**
 * The landing page of strangers: rendered once for each version and for what it says of the settings, kept in this isolate
 * and at the edge.
 */
export async function keptLandingPage(c: Context<RequestContext>): Promise<KeptPage> {
  const settings = await c.var.services.settings.read();
  const terms = JSON.stringify([giftToNewcomer(settings), smallestPack(settings.packsOnSale), settings.maintenance]);
  const read = () =>
    kept.read(c.env.DB, { clock: Date.now, keptMilliseconds: keptSeconds * 1000, load: () => load(c, terms) });
  const found = await read();
  if (found.terms === terms) return found.page;
  kept.forget(c.env.DB);
  return (await read()).page;
}

/** From the cache of this place, or rendered. Only a page that came out well is kept. */
async function load(c: Context<RequestContext>, terms: string): Promise<{ terms: string; page: KeptPage }> {
  const origin = c.var.config.APP_ORIGIN;
  const query = new URLSearchParams({ terms, assets: assetsVersion, version: c.env.CF_VERSION_METADATA.id });
  const address = `${origin}/kept-landing?${query}`;
  const found = await edge.match(address);
  const text = found ? await found.text() : await render(c, origin);
  const headers = { 'Cache-Control': `public, max-age=${keptSeconds}` };
  if (!found) c.executionCtx.waitUntil(edge.put(address, new Response(text, { headers })));
  const pieces = text.split(anyNonce);
  return { terms, page: { withNonce: (nonce) => pieces.join(nonce) } };
}

/** The page with its styles inside: a stranger's first picture waits for one answer, not for two. */
async function render(c: Context<RequestContext>, origin: string): Promise<string> {
  const asked = new Request(`${origin}/`, { headers: { Accept: 'text/html' } });
  const answer = await page({ var: { ...c.var, nonce: anyNonce } }, asked);
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`the landing page answered ${answer.status}`);
  const [link = '', path = ''] = /<link rel="stylesheet" href="(\/assets\/app-[\w-]+\.css)"\/>/.exec(text) ?? [];
  const styles = path ? await c.env.ASSETS.fetch(new URL(path, origin)) : null;
  if (!styles?.ok) return text;
  const inside = `<style nonce="${anyNonce}">${await styles.text()}</style>`;
  return text.replace(link, () => inside);
}
