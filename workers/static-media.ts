import type { Context, Next } from 'hono';
import { rangeAnswer } from '~/media/ranges';

/**
 * GET or HEAD of a video or music track that is deployed as a static file. The platform answers `Range` on static files
 * with the whole file, from which Safari plays no media. wrangler.toml lists the addresses. A file is read whole for each
 * part: the deployed ones have at most 1.5 MB.
 */
export async function staticMedia(c: Context<{ Bindings: Env }>, next: Next): Promise<Response | undefined> {
  const file = await c.env.ASSETS.fetch(c.req.url);
  if (!file.ok) {
    await next();
    return;
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  const { status, headers, part } = rangeAnswer({
    request: c.req.raw,
    headers: file.headers,
    etag: file.headers.get('ETag') ?? '',
    size: bytes.byteLength,
  });
  const body = part && c.req.method !== 'HEAD' ? bytes.subarray(part.offset, part.offset + part.length) : null;
  return new Response(body, { status, headers });
}
