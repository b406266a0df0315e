import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { bodyOf, type Exchange, sendJson } from './http.ts';

export type Asset = { ok: true; bytes: Uint8Array } | { ok: false; reason: string };

const types = ['image/jpg', 'image/jpeg', 'image/png', 'image/webp'];
const longestUrlAsset = 16 * 1024 * 1024;
const unsupported = 'Unsupported asset type. Use JPEG, PNG or WebP.';

/** Reads a prompt image: from a data URI, from an upload, or by a fetch as strict as Runway's. */
export async function assetFrom(
  uri: string,
  { uploads, fetchAsset }: { uploads: Uploads; fetchAsset: typeof fetch },
): Promise<Asset> {
  if (uri.startsWith('data:')) return inline(uri);
  if (uri.startsWith('runway://')) return uploads.find(uri) ?? { ok: false, reason: 'Invalid URL' };
  const url = URL.canParse(uri) ? new URL(uri) : null;
  if (!url) return { ok: false, reason: 'Invalid URL' };
  if (isIP(url.hostname.replace(/^\[|\]$/g, '')) || !url.hostname.includes('.')) {
    return { ok: false, reason: 'URLs must be hosted on a domain.' };
  }
  return fetched(url, fetchAsset);
}

/** HEAD first, then GET; a redirect counts as a failure, and so does a type or length that is missing or wrong. */
async function fetched(url: URL, fetchAsset: typeof fetch): Promise<Asset> {
  try {
    for (const method of ['HEAD', 'GET']) {
      const answer = await fetchAsset(url, {
        method,
        redirect: 'manual',
        headers: { 'user-agent': 'RunwayML API/1.0' },
        signal: AbortSignal.timeout(10_000),
      });
      if (answer.status !== 200) {
        return { ok: false, reason: `Failed to fetch asset. Received HTTP response code "${answer.status}"` };
      }
      const type = answer.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
      if (!types.includes(type)) return { ok: false, reason: unsupported };
      const length = Number(answer.headers.get('content-length') ?? 0);
      if (length < 1 || length > longestUrlAsset)
        return { ok: false, reason: 'Failed to fetch asset. Its length is missing or too large.' };
      if (method === 'GET') return pictureOr(new Uint8Array(await answer.arrayBuffer()), unsupported);
    }
    return { ok: false, reason: 'Failed to fetch asset.' };
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    return {
      ok: false,
      reason: timedOut ? 'Timeout while fetching asset.' : 'Failed to fetch asset. The host did not answer.',
    };
  }
}

/** The picture inside a data URI. */
export function inline(uri: string): Asset {
  const [, type = '', base64 = ''] = /^data:([a-z+/]+);base64,([A-Za-z0-9+/]+={0,2})$/.exec(uri) ?? [];
  if (base64 === '' || base64.length % 4 !== 0) return { ok: false, reason: 'Invalid data URI.' };
  return types.includes(type)
    ? pictureOr(Buffer.from(base64, 'base64'), unsupported)
    : { ok: false, reason: unsupported };
}

/** The bytes as an asset where they begin like a JPEG, PNG or WebP; else a failure with this reason. */
export function pictureOr(bytes: Uint8Array, reason: string): Asset {
  const start = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  const isPicture =
    start.startsWith('\xff\xd8\xff') || start.startsWith('\x89PNG\r\n\x1a\n') || /^RIFF[\s\S]{4}WEBP$/.test(start);
  return isPicture ? { ok: true, bytes } : { ok: false, reason };
}

type Upload = { fields: Record<string, string>; uri: string; createdAt: number; bytes: Uint8Array | null };

export type Uploads = {
  create(filename: string): { uploadUrl: string; fields: Record<string, string>; runwayUri: string };
  find(uri: string): Asset | null;
  /** Accepts the form post to an upload URL, as S3 does. */
  receive(exchange: Exchange): Promise<void>;
};

const uploadLifeMs = 24 * 3600 * 1000;

/** Ephemeral uploads: each accepts one form post, and expires after a day. */
export function createUploads({ base, now }: { base: string; now: () => number }): Uploads {
  const uploads = new Map<string, Upload>();
  return {
    create(filename) {
      const id = randomBytes(18).toString('base64url');
      const fields = {
        key: `ephemeral/${id}/${filename}`,
        'x-amz-algorithm': 'AWS4-HMAC-SHA256',
        policy: randomBytes(48).toString('base64'),
        'x-amz-signature': randomBytes(32).toString('hex'),
      };
      const uri = `runway://${randomBytes(64).toString('base64url')}`;
      uploads.set(id, { fields, uri, createdAt: now(), bytes: null });
      return { uploadUrl: `${base}/uploads/${id}`, fields, runwayUri: uri };
    },
    find(uri) {
      const upload = [...uploads.values()].find((upload) => upload.uri === uri);
      if (!upload?.bytes || now() - upload.createdAt > uploadLifeMs) return null;
      return pictureOr(upload.bytes, unsupported);
    },
    async receive({ request, response, path }) {
      const upload = uploads.get(path.split('/')[2] ?? '');
      const body = await bodyOf(request, 32 * 1024 * 1024);
      const refusal = (status: number, code: string) => sendJson(response, status, { code });
      if (!upload || upload.bytes) return refusal(403, 'AccessDenied');
      if (request.headers.authorization) return refusal(400, 'InvalidArgument');
      if (!body) return refusal(400, 'EntityTooLarge');
      const entries = await formEntries(body, request.headers['content-type'] ?? '');
      const [name, file] = entries.at(-1) ?? [];
      if (name !== 'file' || !file || typeof file === 'string') return refusal(400, 'InvalidArgument');
      const given = Object.fromEntries(entries.slice(0, -1));
      if (Object.entries(upload.fields).some(([key, value]) => given[key] !== value))
        return refusal(403, 'AccessDenied');
      if (file.size < 512) return refusal(400, 'EntityTooSmall');
      upload.bytes = new Uint8Array(await file.arrayBuffer());
      response.writeHead(204).end();
    },
  };
}

async function formEntries(body: Buffer, type: string): Promise<[string, string | File][]> {
  try {
    return [...(await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData())] as [
      string,
      string | File,
    ][];
  } catch {
    return [];
  }
}
