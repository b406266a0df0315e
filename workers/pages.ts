import { createRequestHandler, type ServerBuild } from '@remix-run/cloudflare';
import type { Context } from 'hono';
import { isReading } from '~/auth/own-origin';
import { problemJson, wantsJson } from '~/problem';
// Made by `npm run build`; wrangler runs that before it bundles this file.
import * as build from '../build/server/index.js';
import type { Visit } from './guard';

const handle = createRequestHandler(build as unknown as ServerBuild, 'production');

/** Every page and form post: Remix. */
export async function pages(c: Context<Visit>): Promise<Response> {
  const response = await page(c, c.req.raw);
  const { status, headers } = response;
  // Remix draws its errors as pages, whoever asks.
  if (status < 400 || !wantsJson(c.req.raw.headers) || !headers.get('Content-Type')?.startsWith('text/html'))
    return response;
  return Response.json(problemJson({ status, requestId: c.get('requestId') }), { status });
}

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
