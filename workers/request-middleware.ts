// The middleware of every request, outermost first. Each middleware has one job.
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { comesFromUs, isReading } from '~/auth/own-origin';
import type { Session } from '~/auth/sessions.server';
import { readConfig } from '~/config.server';
import { createIds } from '~/db/ids';
import { described, log, withThread } from '~/log';
import { createServices } from '~/services.server';
import { settingsKeptMilliseconds } from '~/settings/settings.server';
import { addHeaders, newNonce } from './headers';
import { problem } from './problem';
import { limitRate } from './rate-limit';
import type { RequestContext } from './request-context';

/** Names the request and gathers its log lines. */
const nameRequest = createMiddleware<RequestContext>((c, next) => {
  const requestId = createIds({ clock: Date.now })('req');
  return withThread(requestId, async (thread) => {
    c.set('requestId', requestId);
    c.set('thread', thread);
    c.set('logError', (error, where) => log({ event: 'error', where, ...described(error) }));
    await next();
  });
});

/** Reads the configuration; answers 500 while a variable is missing. */
const requireConfig = createMiddleware<RequestContext>(async (c, next) => {
  const read = readConfig(c.env);
  if (!read.ok) {
    log({ event: 'configuration-missing', names: read.names });
    return c.text('Echoes is not set up yet. The log names what is missing.', 500);
  }
  c.set('config', read.config);
  return next();
});

/** Gives the doors their services, and pages the nonce of their inline scripts. */
const provideServices = createMiddleware<RequestContext>((c, next) => {
  c.set('services', createServices({ env: c.env, config: c.var.config, settingsKeptMilliseconds }));
  c.set('nonce', newNonce());
  return next();
});

/** Characters of an address in the log. */
const longestPath = 200;

/** Writes one log line per request, and stores the request's notable lines after the answer is sent. */
const logRequest = createMiddleware<RequestContext>(async (c, next) => {
  const startedAt = Date.now();
  await next();
  const { requestId, refusal: reason, services, thread } = c.var;
  const { method } = c.req;
  // Anybody can ask for an address of any length.
  const path = c.req.path.slice(0, longestPath);
  const session = await sessionOf(c);
  thread.userId = session?.user.id ?? null;
  const outcome = { status: c.res.status, milliseconds: Date.now() - startedAt, ...(reason && { reason }) };
  log({ event: 'request', requestId, method, path, ...outcome, ...(session && { userId: session.user.id }) });
  // The log tail's own requests must not fill the log.
  const isOfTail = path.startsWith('/admin/log') || (path === '/live' && c.req.query('tail') !== undefined);
  c.executionCtx.waitUntil(services.logbook.close(thread, { isOfTail }));
  if (c.res.status >= 400 && !session) c.executionCtx.waitUntil(services.logbook.countStranger());
});

/** Adds the headers of every answer except a socket upgrade, which has no page to protect. */
const secureResponse = createMiddleware<RequestContext>(async (c, next) => {
  await next();
  if (c.res.status === 101) return;
  const { config, requestId, nonce } = c.var;
  const { body, status, statusText } = c.res;
  const headers = new Headers(c.res.headers);
  addHeaders(headers, {
    appOrigin: config.APP_ORIGIN,
    issuer: config.GOOGLE_ISSUER,
    stripe: config.STRIPE_API_BASE,
    requestId,
    nonce,
    personId: (await sessionOf(c))?.user.id ?? null,
  });
  // Hono would merge the new answer's headers into the old one's.
  c.res = undefined;
  c.res = new Response(body, { status, statusText, headers });
});

/** Refuses writes from other sites. Webhooks come from elsewhere and are checked by their signature. */
const refuseCrossSite = createMiddleware<RequestContext>(async (c, next) => {
  const { method, path } = c.req;
  const { headers } = c.req.raw;
  if (isReading(method) || path.startsWith('/webhooks/')) return next();
  if (comesFromUs({ headers, appOrigin: c.var.config.APP_ORIGIN })) return next();
  return problem(c, 403, 'cross-site');
});

/**
 * The session of this request for headers and log. It is only read from D1 after a refusal, whose log line names the
 * person; otherwise a session that a door has read is used. After a 429 nothing is read: that is what the limit is for.
 */
function sessionOf(c: Context<RequestContext>): Promise<Session | null> {
  const { auth } = c.var.services;
  const mayRead = c.var.refusal && c.res?.status !== 429;
  return mayRead ? auth.findSession(c.req.raw).catch(() => null) : auth.knownSession(c.req.raw);
}

/** All middleware in order. */
export const requestMiddleware = [
  nameRequest,
  requireConfig,
  provideServices,
  logRequest,
  secureResponse,
  limitRate,
  refuseCrossSite,
] as const;
