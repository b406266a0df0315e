import { type Context, Hono } from 'hono';
import { isId } from '~/db/ids';
import { photoLimits } from '~/photos/jpeg';
import { byteCount, statusOf, tus } from '~/photos/tus';
import { readUploadMetadata } from '~/photos/upload-metadata';
import { isUploadReason, uploadReasons } from '~/photos/upload-reasons';
import type { UploadOutcome } from '~/photos/uploads.server';
import { problem } from './problem';
import type { RequestContext } from './request-context';

type Uploading = { Bindings: RequestContext['Bindings']; Variables: RequestContext['Variables'] & { userId: string } };

/** The tus 1.0 door for resumable uploads of photos. Another person's upload id is answered 404, like an unknown id. */
export const uploads = new Hono<Uploading>();

uploads.use(async (c, next) => {
  for (const [name, value] of Object.entries(tus.headers)) c.header(name, value);
  if (c.req.method === 'OPTIONS') return next();
  if (c.req.header('Tus-Resumable') !== tus.version) return refuse(c, 'version');
  const user = await c.var.services.auth.findUser(c.req.raw);
  if (!user) return refuse(c, 'signed-out');
  const uploadId = c.req.path.split('/')[2];
  if (uploadId && !isId('pho', uploadId)) return refuse(c, 'not-found');
  c.set('userId', user.id);
  return next();
});

uploads.options('/*', (c) => c.body(null, 204, { ...tus.abilities, 'Tus-Max-Size': String(photoLimits.bytes) }));

uploads.post('/', async (c) => {
  const lengthBytes = byteCount(c.req.header('Upload-Length'));
  const metadata = readUploadMetadata(c.req.header('Upload-Metadata'));
  if (lengthBytes === null || !metadata) return refuse(c, 'header');
  return answer(c, await c.var.services.photos.uploads.begin({ userId: c.var.userId, lengthBytes, metadata }), 201);
});

uploads.patch('/:id', async (c) => {
  const { headers, body } = c.req.raw;
  const offset = byteCount(headers.get('Upload-Offset'));
  if (headers.get('Content-Type') !== tus.contentType) return refuse(c, 'content-type');
  if (offset === null) return refuse(c, 'header');
  const checks = { declared: byteCount(headers.get('Content-Length')), checksum: headers.get('Upload-Checksum') };
  const part = { userId: c.var.userId, uploadId: c.req.param('id'), offset, body, ...checks };
  return answer(c, await c.var.services.photos.uploads.append(part), 204);
});

// Hono calls the GET handler for HEAD and drops the body.
uploads.get('/:id', async (c) => {
  if (c.req.method !== 'HEAD') return refuse(c, 'method');
  return answer(
    c,
    await c.var.services.photos.uploads.stand({ userId: c.var.userId, uploadId: c.req.param('id') }),
    200,
  );
});

uploads.delete('/:id', async (c) => {
  const ended = await c.var.services.photos.uploads.cancel({ userId: c.var.userId, uploadId: c.req.param('id') });
  return ended === 'canceled' ? c.body(null, 204) : refuse(c, ended);
});
uploads.all('/*', (c) => refuse(c, 'method'));

/** The refusal of every door, with the status and headers that tus clients read. */
async function refuse(c: Context<Uploading>, reason: keyof typeof statusOf): Promise<Response> {
  const text = isUploadReason(reason) ? uploadReasons[reason].text : undefined;
  const { body, headers } = await problem(c, statusOf[reason], reason, text);
  const own = { ...tus.headers, ...(reason === 'version' ? tus.abilities : {}), 'Echoes-Reason': reason };
  for (const [name, value] of Object.entries(own)) headers.set(name, value);
  return new Response(body, { status: statusOf[reason], headers });
}

function answer(c: Context<Uploading>, result: UploadOutcome, status: 200 | 201 | 204) {
  if (result.outcome === 'refused') return refuse(c, result.reason);
  c.header('Upload-Offset', String(result.upload.offsetBytes));
  c.header('Upload-Length', String(result.upload.lengthBytes));
  if (status === 201) c.header('Location', `/uploads/${result.upload.id}`);
  if (result.clipId) c.header('Echoes-Clip', result.clipId);
  else c.header('Upload-Expires', new Date(result.upload.expiresAt).toUTCString());
  return c.body(null, status);
}
