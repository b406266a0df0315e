import { Hono } from 'hono';
import type { EventOutcome } from '~/billing/events.server';
import { readLimited } from '~/http';
import type { RequestContext } from './request-context';

/** Stripe's events are a few kilobytes; no proof is asked of anything larger. */
const mostBytes = 256 * 1024;

/** The door for what Stripe tells us. Its signature is over the bytes as they came, so nothing reads them before. */
export const stripe = new Hono<RequestContext>();

stripe.post('/', async (c) => {
  const body = await readLimited(c.req.raw, mostBytes);
  if (!body) return c.json({ ok: false }, 413);
  const signature = c.req.header('Stripe-Signature') ?? null;
  // Whatever fails is thrown on and answered 500: Stripe sends the event again, for three days.
  const outcome = await c.var.services.billing.events.take({ body, signature });
  const status = statusOf[outcome];
  return c.json({ ok: status === 200 }, status);
});
stripe.all('/', (c) => c.json({ ok: false }, 405, { Allow: 'POST' }));

const statusOf: Readonly<Record<EventOutcome, 200 | 400 | 401>> = {
  done: 200,
  unsigned: 401,
  stale: 401,
  forged: 401,
  'wrong-mode': 400,
  malformed: 400,
};
