import { readLimited } from '~/http';

/** Five hundred characters of words or a hundred ids, many times over. Photos have a door of their own. */
const mostBytes = 64 * 1024;

/** A request whose form can be read, or why it cannot. */
type Read = { outcome: 'form'; request: Request } | { outcome: 'refused'; status: 400 | 413 | 415; message: string };

/** Reads the body of a form post before anything else does: small, of a kind that forms have, and whole. */
export async function readFormPost(request: Request): Promise<Read> {
  const bytes = await readLimited(request, mostBytes);
  if (!bytes)
    return { outcome: 'refused', status: 413, message: 'A form may have up to 64 kB. Send less; nothing has changed.' };
  const headers = new Headers(request.headers);
  if (bytes.length === 0) headers.set('Content-Type', 'application/x-www-form-urlencoded');
  const kind = headers.get('Content-Type')?.split(';')[0]?.trim().toLowerCase();
  if (kind !== 'application/x-www-form-urlencoded' && kind !== 'multipart/form-data')
    return { outcome: 'refused', status: 415, message: 'Send it as a form. Nothing has changed.' };
  const again = () =>
    new Request(request.url, { method: request.method, headers, body: bytes as Uint8Array<ArrayBuffer> });
  try {
    await again().formData();
  } catch {
    return { outcome: 'refused', status: 400, message: 'The form was cut off or garbled. Send it again.' };
  }
  return { outcome: 'form', request: again() };
}
