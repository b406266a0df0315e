import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { TrieRouter } from 'hono/router/trie-router';
import { isReading } from '~/auth/own-origin';
import { described, log } from '~/log';
import { networkOf } from '~/network';
import { type RateClass, type RateTier, rateClassesOfDoors, rateClassesOfRoutes, rateLimits } from '~/rate-classes';
import { problem } from './problem';
import type { RequestContext } from './request-context';

/** Every binding counts for one minute. */
const retryAfter = { 'Retry-After': '60' };
const bindings = { few: 'RATE_FEW', some: 'RATE_SOME', many: 'RATE_MANY', lots: 'RATE_LOTS' } as const;

const router = new TrieRouter<readonly [RateClass, RateClass]>();
for (const [pattern, classes] of Object.entries(rateClassesOfRoutes)) router.add('ALL', pattern, classes);
for (const [door, classes] of Object.entries(rateClassesOfDoors))
  for (const pattern of [door, `${door}/*`]) router.add('ALL', pattern, classes);

/** The class of a request. Remix takes capitals, a slash at the end and `.data` for the address of the page too. */
export function rateClassOf(method: string, path: string): RateClass {
  const plain =
    path
      .toLowerCase()
      .replace(/\.data$/, '')
      .replace(/^\/_root$|\/+$/, '') || '/';
  const [[found] = []] = router.match('ALL', plain);
  const [reads, writes] = found?.[0] ?? (['unknown', 'unknown'] as const);
  return isReading(method) ? reads : writes;
}

/** Counts one request for a key; true when that is one too many. Fails open: money has its own limits. */
async function isOver(c: Context<RequestContext>, tier: RateTier, key: string): Promise<boolean> {
  try {
    return !(await c.env[bindings[tier]].limit({ key })).success;
  } catch (error) {
    log({ event: 'error', where: 'rate limit', ...described(error) });
    return false;
  }
}

/** The network that a request comes from. Cloudflare sets the header and nobody else can. */
const strangerOf = (c: Context<RequestContext>) => networkOf(c.req.header('CF-Connecting-IP') ?? '');

/**
 * Refuses requests that come too fast, before anything is read for them. A person is counted by their account wherever
 * they are, a stranger by their network. A cookie that may be made up is looked up for no more than `lots` a minute.
 */
export const limitRate = createMiddleware<RequestContext>(async (c, next) => {
  const kind = rateClassOf(c.req.method, c.req.path);
  const stranger = strangerOf(c);
  const { auth } = c.var.services;
  const mayBePerson = auth.hasSessionCookie(c.req.raw);
  if (mayBePerson && (await isOver(c, 'lots', `cookie ${stranger}`))) return tooMany(c);
  const session = mayBePerson ? await auth.findSession(c.req.raw).catch(() => null) : null;
  const { person, stranger: tier } = rateLimits[kind];
  const isTooMany = session
    ? await isOver(c, person, `${kind} ${session.user.id}`)
    : await isOver(c, tier, `${kind} ${stranger}`);
  return isTooMany ? tooMany(c) : next();
});

/** The same for the doors that answer before the services are made; they know no person. */
export const limitStrangers = createMiddleware<RequestContext>(async (c, next) => {
  const kind = rateClassOf(c.req.method, c.req.path);
  if (!(await isOver(c, rateLimits[kind].stranger, `${kind} ${strangerOf(c)}`))) return next();
  return c.json({ ok: false }, 429, { ...retryAfter, 'Cache-Control': 'no-store' });
});

async function tooMany(c: Context<RequestContext>): Promise<Response> {
  const refusal = await problem(c, 429);
  for (const [name, value] of Object.entries(retryAfter)) refusal.headers.set(name, value);
  return refusal;
}
