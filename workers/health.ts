import type { Context } from 'hono';
import { readConfig } from '~/config.server';
import { fingerprintOfLaws, lawsFingerprint } from '~/db/laws.server';
import { log } from '~/log';
import type { Visit } from './guard';

/** Whether Echoes can work: its configuration is complete, D1 answers, and the laws of money are in place. */
export async function health(c: Context<Visit>): Promise<Response> {
  const read = readConfig(c.env);
  if (!read.ok) {
    log({ event: 'configuration-missing', names: read.names });
    return c.json({ ok: false }, 503);
  }
  const laws = await fingerprintOfLaws(c.env.DB).catch((error: unknown) => String(error));
  const ok = laws === lawsFingerprint;
  if (!ok) log({ event: 'error', where: '/healthz', message: `laws: ${laws}` });
  return c.json({ ok }, ok ? 200 : 503);
}
