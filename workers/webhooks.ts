import { Hono } from 'hono';
import type { HintOutcome } from '~/generations/pipeline/hints.server';
import { readLimited } from '~/http';
import type { RequestContext } from './request-context';

/** A webhook may hold the whole task, with the picture as a data URI. */
const mostBytes = 1024 * 1024;

/** The door for providers' webhooks. A genuine one only makes its generation poll the provider. */
export const webhooks = new Hono<RequestContext>();

webhooks.post('/:provider/:token?', async (c) => {
  const body = await readLimited(c.req.raw, mostBytes);
  const { provider, token = '' } = c.req.param();
  const { pipeline, webhookRefusals } = c.var.services;
  if (!body) {
    await webhookRefusals.count({ sender: 'unknown', reason: 'too-large' });
    return c.json({ ok: false }, 413);
  }
  const outcome = await pipeline.takeWebhook({ provider, token, headers: c.req.raw.headers, body });
  // Only the name of a provider of ours is stored.
  const sender = outcome === 'unknown-provider' ? 'unknown' : provider;
  if (!taken.has(outcome)) await webhookRefusals.count({ sender, reason: outcome });
  const status = statusOf[outcome];
  return c.json({ ok: status === 200 }, status);
});
webhooks.all('/*', (c) => c.json({ ok: false }, 405));

/** Outcomes of genuine webhooks. */
const taken: ReadonlySet<HintOutcome> = new Set(['nudged', 'ended', 'not-nudged']);

/** Providers repeat a webhook unless the status is 200; a task that is not stored yet may be known by then. */
const statusOf: Readonly<Record<HintOutcome, 200 | 400 | 401 | 404 | 503>> = {
  nudged: 200,
  ended: 200,
  'not-nudged': 503,
  'unknown-provider': 404,
  'unknown-task': 404,
  'foreign-address': 404,
  unsigned: 401,
  stale: 401,
  forged: 401,
  malformed: 400,
  'no-key': 503,
};
