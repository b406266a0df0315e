import { type Context, Hono } from 'hono';
import { isId } from '~/db/ids';
import { photoLimits } from '~/photos/jpeg';
import { byteCount, statusOf, tus } from '~/photos/tus';
import { readUploadMetadata } from '~/photos/upload-metadata';
import type { UploadOutcome } from '~/photos/uploads.server';
import type { Visit } from './guard';

type Uploading = { Bindings: Visit['Bindings']; Variables: Visit['Variables'] & { userId: string } };

/** The tus 1.0 door: photos arrive here in parts, and go on where they stopped. Other people's ids are as good as none. */
export const uploads = new Hono<Uploading>();

uploads.use(async (c, next) => {
  c.header('Tus-Resumable', tus.version);
  c.header('Cache-Control', 'no-store');
  if (c.req.method === 'OPTIONS') return next();
  if (c.req.header('Tus-Resumable') !== tus.version) return refuse(c, 'version');
  const user = await c.var.services.auth.findUser(c.req.raw);
  if (!user) return refuse(c, 'signed-out');
  const uploadId = c.req.path.split('/')[2];
  if (uploadId && !isId('pho', uploadId)) return refuse(c, 'not-found');
  c.set('userId', user.id);
  return next();
});

uploads.options('/*', (c) => {
  c.header('Tus-Version', tus.version);
  c.header('Tus-Extension', tus.extensions);
  c.header('Tus-Max-Size', String(photoLimits.bytes));
  c.header('Tus-Checksum-Algorithm', tus.checksums);
  return c.body(null, 204);
});

uploads.post('/', async (c) => {
  const lengthBytes = byteCount(c.req.header('Upload-Length'));
  const metadata = readUploadMetadata(c.req.header('Upload-Metadata'));
  if (lengthBytes === null || !metadata) return refuse(c, 'header');
  return answer(c, await c.var.services.uploads.begin({ userId: c.var.userId, lengthBytes, metadata }), 201);
});

uploads.patch('/:id', async (c) => {
  const offset = byteCount(c.req.header('Upload-Offset'));
  if (c.req.header('Content-Type') !== tus.contentType) return refuse(c, 'content-type');
  if (offset === null) return refuse(c, 'header');
  const declared = byteCount(c.req.header('Content-Length'));
  const checksum = c.req.header('Upload-Checksum') ?? null;
  const part = { userId: c.var.userId, uploadId: c.req.param('id'), offset, body: c.req.raw.body, declared, checksum };
  return answer(c, await c.var.services.uploads.append(part), 204);
});

// Hono answers HEAD by the handler of GET, without its body.
uploads.get('/:id', async (c) => {
  if (c.req.method !== 'HEAD') return refuse(c, 'method');
  return answer(c, await c.var.services.uploads.stand({ userId: c.var.userId, uploadId: c.req.param('id') }), 200);
});

uploads.delete('/:id', async (c) => {
  const ended = await c.var.services.uploads.cancel({ userId: c.var.userId, uploadId: c.req.param('id') });
  return ended === 'canceled' ? c.body(null, 204) : refuse(c, ended);
});
uploads.all('/*', (c) => refuse(c, 'method'));

function refuse(c: Context<Uploading>, reason: keyof typeof statusOf): Response {
  c.header('Echoes-Reason', reason);
  return c.body(JSON.stringify({ reason }), {
    status: statusOf[reason] as 400,
    headers: { 'Content-Type': 'application/json' },
  });
}

function answer(c: Context<Uploading>, result: UploadOutcome, status: 200 | 201 | 204): Response {
  if (result.outcome === 'refused') return refuse(c, result.reason);
  c.header('Upload-Offset', String(result.upload.offsetBytes));
  c.header('Upload-Length', String(result.upload.lengthBytes));
  if (status === 201) c.header('Location', `/uploads/${result.upload.id}`);
  if (result.clipId) c.header('Echoes-Clip', result.clipId);
  else c.header('Upload-Expires', new Date(result.upload.expiresAt).toUTCString());
  return c.body(null, status);
}
