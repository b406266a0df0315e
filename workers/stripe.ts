import { Hono } from 'hono';
import type { EventOutcome } from '~/billing/events.server';
import { readLimited } from '~/http';
import type { RequestContext } from './request-context';

/** The largest event: Stripe's are a few kilobytes. A larger body is refused before its signature is checked. */
const mostBytes = 256 * 1024;

/** The door for Stripe's events. The signature covers the raw bytes, so nothing parses them before. */
export const stripe = new Hono<RequestContext>();

stripe.post('/', async (c) => {
  const { billing, webhookRefusals } = c.var.services;
  const body = await readLimited(c.req.raw, mostBytes);
  if (!body) {
    await webhookRefusals.count({ sender: 'stripe', reason: 'too-large' });
    return c.json({ ok: false }, 413);
  }
  const signature = c.req.header('Stripe-Signature') ?? null;
  // An error is answered 500, and Stripe sends the event again for three days.
  const outcome = await billing.events.take({ body, signature });
  if (outcome !== 'done') await webhookRefusals.count({ sender: 'stripe', reason: outcome });
  const status = statusOf[outcome];
  return c.json({ ok: status === 200 }, status);
});
stripe.all('/', (c) => c.json({ ok: false }, 405, { Allow: 'POST' }));

const statusOf: Readonly<Record<EventOutcome, 200 | 400 | 401 | 503>> = {
  done: 200,
  // Stripe sends it again for three days: time to set the secret.
  'no-secret': 503,
  unsigned: 401,
  stale: 401,
  forged: 401,
  'wrong-mode': 400,
  malformed: 400,
};
