import { createMiddleware } from 'hono/factory';
import { settingsKeptMilliseconds } from '~/admin/settings.server';
import { comesFromUs, isReading } from '~/auth/own-origin';
import { readConfig } from '~/config.server';
import { createIds } from '~/db/ids';
import { log } from '~/log';
import { createServices, type LoadContext } from '~/services.server';
import { dress } from './headers';
import { problem } from './problem';

/** What every door finds in its context. */
export type Visit = { Bindings: Env; Variables: LoadContext };

/**
 * Runs around every door: names the request, refuses to work without its configuration, builds the services, refuses
 * what other sites send, dresses the answer, and writes the one line per request.
 */
export const guard = createMiddleware<Visit>(async (c, next) => {
  const startedAt = Date.now();
  const requestId = createIds({ clock: Date.now })('req');
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

  const { method, path } = c.req;
  const { headers } = c.req.raw;
  // Webhooks come from elsewhere by nature; their signature is their proof.
  const isWelcome =
    isReading(method) || path.startsWith('/webhooks/') || comesFromUs({ headers, appOrigin: config.APP_ORIGIN });
  if (isWelcome) await next();
  else c.res = await problem(c, 403, 'cross-site');

  const session = await services.auth.knownSession(c.req.raw);
  // A socket's upgrade is answered as it is: it has no page to protect.
  if (c.res.status !== 101) {
    const { body, status, statusText } = c.res;
    const dressed = new Headers(c.res.headers);
    dress(dressed, {
      requestId,
      nonce,
      appOrigin: config.APP_ORIGIN,
      issuer: config.GOOGLE_ISSUER,
      stripe: config.STRIPE_API_BASE,
      isSignedIn: session !== null,
    });
    c.res = undefined;
    c.res = new Response(body, { status, statusText, headers: dressed });
  }
  const milliseconds = Date.now() - startedAt;
  log({
    event: 'request',
    requestId,
    method,
    path,
    status: c.res.status,
    milliseconds,
    ...(session && { userId: session.user.id }),
  });
});
