import { readLimited } from '~/http';

/** The largest form: 500 characters of words or 100 ids take far less. Photos are sent to the uploads' door. */
const mostBytes = 64 * 1024;

/** A request with a readable form, or why it was refused. */
type Read = { outcome: 'form'; request: Request } | { outcome: 'refused'; status: 400 | 413 | 415; message: string };

/** Reads the body of a form post ahead of Remix, and refuses one that is too large, of another type, or cut off. */
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
