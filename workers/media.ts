import { Hono } from 'hono';
import type { Visit } from './guard';

/** Private photos and clips by signed link: GET and HEAD, ranges, and nothing else. */
export const media = new Hono<Visit>()
  .get('/*', (c) => {
    const { media: store, auth } = c.var.services;
    return store.answer(c.req.raw, async () => (await auth.findUser(c.req.raw))?.id ?? null);
  })
  .all('/*', (c) => c.json({ reason: 'method' }, 405, { Allow: 'GET, HEAD' }));
