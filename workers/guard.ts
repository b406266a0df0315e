import { createMiddleware } from 'hono/factory';
import { readConfig } from '~/config.server';
import { log } from '~/log';
import { createServices, type LoadContext } from '~/services.server';

/** What every door finds in its context. */
export type Visit = { Bindings: Env; Variables: LoadContext };

/** Runs before every door: names the request, refuses to work without its configuration, builds the services. */
export const guard = createMiddleware<Visit>(async (c, next) => {
  const requestId = crypto.randomUUID();
  const read = readConfig(c.env);
  if (!read.ok) {
    log({ event: 'configuration-missing', names: read.names });
    return c.text(`Echoes cannot start. Missing or malformed: ${read.names.join(', ')}`, 500);
  }
  c.set('requestId', requestId);
  c.set('config', read.config);
  c.set('nonce', crypto.randomUUID().replaceAll('-', ''));
  c.set('services', createServices({ env: c.env, config: read.config }));
  await next();
  c.res.headers.set('X-Request-Id', requestId);
});
