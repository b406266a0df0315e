import type { ActionFunctionArgs, AppLoadContext, EntryContext, LoaderFunctionArgs } from '@remix-run/cloudflare';
import { isRouteErrorResponse, RemixServer } from '@remix-run/react';
import { renderToString } from 'react-dom/server';
import { NonceContext } from './components/nonce';

/**
 * Renders a page into one string. Loaders await all their data, so there is nothing to stream, and React's stream costs
 * three times the CPU time of its string.
 */
export default async function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  remixContext: EntryContext,
  { nonce }: AppLoadContext,
) {
  const html = renderToString(
    <NonceContext.Provider value={nonce}>
      <RemixServer context={await withData(remixContext)} url={request.url} nonce={nonce} />
    </NonceContext.Provider>,
  );
  headers.set('Content-Type', 'text/html; charset=utf-8');
  return new Response(`<!DOCTYPE html>${html}`, { headers, status });
}

/** The context with the data of the loaders already read: Remix would wait for it during rendering, which needs a stream. */
async function withData(remixContext: EntryContext): Promise<EntryContext> {
  const value = await new Response(remixContext.serverHandoffStream).text();
  const read = Object.assign(Promise.resolve(), { result: { done: true, value } });
  return { ...remixContext, serverHandoffStream: new ReadableStream(), renderMeta: { streamCache: { 0: read } } };
}

/** Logs an unexpected error of a loader or action in full; the page shows the id of the request. */
export function handleError(error: unknown, { request, context }: LoaderFunctionArgs | ActionFunctionArgs) {
  // An unknown address or a method that a route does not take is an answer, not an error.
  if (isRouteErrorResponse(error) && error.status < 500) return;
  if (!request.signal.aborted) context.logError(error, new URL(request.url).pathname);
}
