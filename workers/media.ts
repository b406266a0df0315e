import { Hono } from 'hono';
import type { Visit } from './guard';
import { problem, wrongMethod } from './problem';

/** Private photos and clips by signed link: GET and HEAD, ranges, and nothing else. */
export const media = new Hono<Visit>()
  .get('/*', async (c) => {
    const { media: store, auth } = c.var.services;
    const found = await store.answer(c.req.raw, () => auth.findUser(c.req.raw));
    return found ?? problem(c, 404);
  })
  .all('/*', wrongMethod('GET, HEAD'));
