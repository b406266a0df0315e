import { createRequestHandler, type ServerBuild } from '@remix-run/cloudflare';
import type { Context } from 'hono';
import { isReading } from '~/auth/own-origin';
// Made by `npm run build`; wrangler runs that before it bundles this file.
import * as built from '../build/server/index.js';
import type { RequestContext } from './request-context';

const build = built as unknown as ServerBuild;
const handleAny = createRequestHandler(build, 'production');

/** Names the scripts and styles of this build, and with them the texts of every page. */
export const assetsVersion = build.assets.version;

/**
 * One Remix handler for each first segment of a path, with only the routes below it: Remix matches a path against all its
 * routes three times a page, which took 40 % of the landing page's CPU time.
 */
const handlers = new Map(
  [...new Set(Object.values(build.routes).map(firstWordOf))].map((word) => [
    word,
    createRequestHandler(only(word), 'production'),
  ]),
);

/** Remix's answer to a request, which may be one that the Worker made itself. */
export function page(c: Pick<Context<RequestContext>, 'var'>, request: Request): Promise<Response> {
  const { services, config, requestId, nonce, logError } = c.var;
  const [, word = ''] = new URL(request.url).pathname.split('/');
  const handle = handlers.get(word.replace(/^_root\.data$|\.data$/, '')) ?? handleAny;
  return handle(isReading(request.method) ? request : atHome(request, config.APP_ORIGIN), {
    services,
    config,
    requestId,
    nonce,
    logError,
  });
}

/** The first segment of a route's path; '' for the landing page. */
function firstWordOf(route: { path?: string }): string {
  return route.path?.split('/')[0] ?? '';
}

/** The build with the routes of one first segment, their parents, and the routes that begin with a parameter. */
function only(word: string): ServerBuild {
  const pick = <Route extends { id: string; parentId?: string; path?: string }>(routes: Record<string, Route>) =>
    Object.fromEntries(
      Object.entries(routes).filter(
        ([, route]) => route.parentId !== 'root' || /^[:*]/.test(firstWordOf(route)) || firstWordOf(route) === word,
      ),
    );
  return {
    ...build,
    routes: pick(build.routes),
    assets: { ...build.assets, routes: pick(build.assets.routes) },
  } as ServerBuild;
}

/** The request with the app's own host: Remix compares Origin with host headers, which a proxy may have set. */
function atHome(request: Request, appOrigin: string): Request {
  const headers = new Headers(request.headers);
  headers.delete('X-Forwarded-Host');
  headers.set('Host', new URL(appOrigin).host);
  return new Request(request, { headers });
}
