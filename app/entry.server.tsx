import type { ActionFunctionArgs, AppLoadContext, EntryContext, LoaderFunctionArgs } from '@remix-run/cloudflare';
import { isRouteErrorResponse, RemixServer } from '@remix-run/react';
import { isbot } from 'isbot';
import { renderToReadableStream } from 'react-dom/server';
import { NonceContext } from './components/nonce';
import { described, log } from './log';

/** Renders a page. Crawlers get it whole, people get it as it comes. */
export default async function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  remixContext: EntryContext,
  { nonce, requestId }: AppLoadContext,
) {
  let failed = false;
  const body = await renderToReadableStream(
    <NonceContext.Provider value={nonce}>
      <RemixServer context={remixContext} url={request.url} nonce={nonce} />
    </NonceContext.Provider>,
    {
      nonce,
      signal: request.signal,
      onError(error: unknown) {
        failed = true;
        logError({ error, requestId, where: new URL(request.url).pathname });
      },
    },
  );
  if (isbot(request.headers.get('User-Agent'))) await body.allReady;
  headers.set('Content-Type', 'text/html; charset=utf-8');
  return new Response(body, { headers, status: failed ? 500 : status });
}

/** A loader or action threw something nobody expected: logged in full, shown only as an id. */
export function handleError(error: unknown, { request, context }: LoaderFunctionArgs | ActionFunctionArgs) {
  // An address nobody knows, or a method it does not take: an answer, not an error.
  if (isRouteErrorResponse(error) && error.status < 500) return;
  if (!request.signal.aborted) logError({ error, requestId: context.requestId, where: new URL(request.url).pathname });
}

function logError({ error, requestId, where }: { error: unknown; requestId: string; where: string }) {
  log({ event: 'error', requestId, where, ...described(error) });
}
