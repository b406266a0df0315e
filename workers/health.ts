import type { Context } from 'hono';
import { readConfig } from '~/config.server';
import { stateOfSchema } from '~/db/laws.server';
import { log } from '~/log';
import type { RequestContext } from './request-context';

/** A monitor must not read what a cache has kept. */
const uncached = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };

/**
 * GET /healthz: 200 while the configuration is complete, D1 answers, its migrations were applied, and the laws are in
 * place, else 503. The body only says ok or not: the log and the system status say why.
 */
export async function health(c: Context<RequestContext>): Promise<Response> {
  const read = readConfig(c.env);
  if (!read.ok) {
    log({ event: 'configuration-missing', names: read.names });
    return c.json({ ok: false }, 503, uncached);
  }
  const wrong = await stateOfSchema(c.env.DB).then(
    ({ areLawsRight, fingerprint, missing }) =>
      areLawsRight && missing.length === 0 ? null : `laws: ${fingerprint}, missing: ${missing.join(', ')}`,
    (error: unknown) => String(error),
  );
  if (wrong !== null) log({ event: 'error', where: '/healthz', message: wrong });
  return c.json({ ok: wrong === null }, wrong === null ? 200 : 503, uncached);
}
