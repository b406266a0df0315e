import { createRequestHandler, type ServerBuild } from '@remix-run/cloudflare';
import type { Context } from 'hono';
// Made by `npm run build`; wrangler runs that before it bundles this file.
import * as build from '../build/server/index.js';
import type { Visit } from './guard';

const handle = createRequestHandler(build as unknown as ServerBuild, 'production');

/** Every page and form post: Remix. */
export function pages(c: Context<Visit>): Promise<Response> {
  const { services, config, requestId, nonce } = c.var;
  return handle(c.req.raw, { services, config, requestId, nonce });
}
