import { createRequestHandler, type ServerBuild } from '@remix-run/cloudflare';
import type { Context } from 'hono';
import { isReading } from '~/auth/own-origin';
// Made by `npm run build`; wrangler runs that before it bundles this file.
import * as build from '../build/server/index.js';
import type { Visit } from './guard';

const handle = createRequestHandler(build as unknown as ServerBuild, 'production');

/** Remix's answer to any request, ours included. */
export function page(c: Pick<Context<Visit>, 'var'>, request: Request): Promise<Response> {
  const { services, config, requestId, nonce } = c.var;
  return handle(isReading(request.method) ? request : atHome(request, config.APP_ORIGIN), {
    services,
    config,
    requestId,
    nonce,
  });
}

/** Remix compares Origin with headers that a proxy may have set. The guard has compared it with our real origin. */
function atHome(request: Request, appOrigin: string): Request {
  const headers = new Headers(request.headers);
  headers.delete('X-Forwarded-Host');
  headers.set('Host', new URL(appOrigin).host);
  return new Request(request, { headers });
}
