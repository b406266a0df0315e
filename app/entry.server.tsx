import type { ActionFunctionArgs, AppLoadContext, EntryContext, LoaderFunctionArgs } from '@remix-run/cloudflare';
import { isRouteErrorResponse, RemixServer } from '@remix-run/react';
import { renderToString } from 'react-dom/server';
import { NonceContext } from './components/nonce';

/**
 * Renders a page, whole. Loaders wait for all they give, so there is nothing to stream, and React's stream costs three
 * times the work of its string.
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

/** What the loaders gave, read before rendering: Remix would wait for it while it renders, as only a stream can. */
async function withData(remixContext: EntryContext): Promise<EntryContext> {
  const value = await new Response(remixContext.serverHandoffStream).text();
  const read = Object.assign(Promise.resolve(), { result: { done: true, value } });
  return { ...remixContext, serverHandoffStream: new ReadableStream(), renderMeta: { streamCache: { 0: read } } };
}

/** A loader or action threw something nobody expected: logged in full, shown only as an id. */
export function handleError(error: unknown, { request, context }: LoaderFunctionArgs | ActionFunctionArgs) {
  // An address nobody knows, or a method it does not take: an answer, not an error.
  if (isRouteErrorResponse(error) && error.status < 500) return;
  if (!request.signal.aborted) context.logError(error, new URL(request.url).pathname);
}
