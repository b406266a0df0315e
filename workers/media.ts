import { Hono } from 'hono';
import { problem, wrongMethod } from './problem';
import type { RequestContext } from './request-context';

/** The door for private media by signed URL: GET and HEAD, with ranges. */
export const media = new Hono<RequestContext>()
  .get('/*', async (c) => {
    const {
      media: { answers },
      auth,
    } = c.var.services;
    const found = await answers.answer(c.req.raw, () => auth.findUser(c.req.raw));
    return found ?? problem(c, 404);
  })
  .all('/*', wrongMethod('GET, HEAD'));
