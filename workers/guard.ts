import { createMiddleware } from 'hono/factory';
import { comesFromUs, isReading } from '~/auth/own-origin';
import { readConfig } from '~/config.server';
import { createIds } from '~/db/ids';
import { described, log, withThread } from '~/log';
import { createServices, type LoadContext } from '~/services.server';
import { settingsKeptMilliseconds } from '~/settings/settings.server';
import { dress } from './headers';
import { problem } from './problem';

/** What every door finds in its context. `refusal`: the word of what was refused, once something was. */
export type Visit = { Bindings: Env; Variables: LoadContext & { refusal?: string } };

/**
 * Runs around every door: names the request, refuses to work without its configuration, builds the services, refuses
 * what other sites send, dresses the answer, writes the one line per request, and has the lines kept that are worth it.
 */
export const guard = createMiddleware<Visit>((c, next) => {
  const requestId = createIds({ clock: Date.now })('req');
  return withThread(requestId, async (thread) => {
    const startedAt = Date.now();
    const read = readConfig(c.env);
    if (!read.ok) {
      log({ event: 'configuration-missing', names: read.names });
      return c.text('Echoes is not set up yet. The log names what is missing.', 500);
    }
    const { config } = read;
    const services = createServices({ env: c.env, config, settingsKeptMilliseconds });
    const nonce = crypto.randomUUID().replaceAll('-', '');
    c.set('requestId', requestId);
    c.set('config', config);
    c.set('nonce', nonce);
    c.set('services', services);
    c.set('logError', (error, where) => log({ event: 'error', where, ...described(error) }));

    const { method, path } = c.req;
    const { headers } = c.req.raw;
    // Webhooks come from elsewhere by nature; their signature is their proof.
    const isWelcome =
      isReading(method) || path.startsWith('/webhooks/') || comesFromUs({ headers, appOrigin: config.APP_ORIGIN });
    if (isWelcome) await next();
    else c.res = await problem(c, 403, 'cross-site');

    const { refusal: reason } = c.var;
    // Whose refusal it was is worth a question, also where no door has asked.
    const { knownSession, findSession } = services.auth;
    const session = await (reason ? findSession(c.req.raw).catch(() => null) : knownSession(c.req.raw));
    // A socket's upgrade is answered as it is: it has no page to protect.
    if (c.res.status !== 101) {
      const { body, status, statusText } = c.res;
      const dressed = new Headers(c.res.headers);
      dress(dressed, { ...addresses(config), requestId, nonce, isSignedIn: session !== null });
      c.res = undefined;
      c.res = new Response(body, { status, statusText, headers: dressed });
    }
    thread.userId = session?.user.id ?? null;
    const answered = { status: c.res.status, milliseconds: Date.now() - startedAt };
    const who = session && { userId: session.user.id };
    log({ event: 'request', requestId, method, path, ...answered, ...who, ...(reason && { reason }) });
    const isOfTail = path.startsWith('/admin/log') || (path === '/live' && c.req.query('tail') !== undefined);
    c.executionCtx.waitUntil(services.logbook.close(thread, { isOfTail }));
  });
});

function addresses(config: LoadContext['config']) {
  return { appOrigin: config.APP_ORIGIN, issuer: config.GOOGLE_ISSUER, stripe: config.STRIPE_API_BASE };
}
