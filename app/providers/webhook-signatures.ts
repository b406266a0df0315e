// Verifies signatures of webhooks, with Web Crypto.
import { field, parsed } from './answers';
import type { WebhookDelivery, WebhookVerdict } from './video-provider';

/** `ok`, or why the webhook is refused. */
export type Signed = 'ok' | (WebhookVerdict & { outcome: 'refused' })['reason'];

/** The verdict on a webhook: why it is refused, or the ids that its body names. */
export function verdictOf(
  signed: Signed,
  body: Uint8Array,
  taskIdsOf: (body: unknown) => readonly (string | null)[],
): WebhookVerdict {
  if (signed !== 'ok') return { outcome: 'refused', reason: signed };
  const named = taskIdsOf(parsed(new TextDecoder().decode(body)));
  const taskIds = [...new Set(named.filter((name) => name !== null))];
  return taskIds.length > 0 ? { outcome: 'hint', taskIds } : { outcome: 'refused', reason: 'malformed' };
}

/** A signed timestamp further from the clock than this is refused, so that an old webhook cannot be replayed. */
const mostSecondsApart = 300;

/** Standard Webhooks (svix), used by Replicate and Google: one valid signature of several is enough. */
export async function verifyStandardWebhook({
  headers,
  body,
  now,
  secret,
}: WebhookDelivery & { secret: string }): Promise<Signed> {
  const id = headers.get('webhook-id');
  const timestamp = headers.get('webhook-timestamp');
  const given = headers.get('webhook-signature');
  if (!id || !timestamp || !given) return 'unsigned';
  if (isStale(timestamp, now)) return 'stale';
  const bytes = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  if (bytes.length === 0) return 'no-key';
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  for (const one of given.split(' ')) {
    const [version, signature = ''] = one.split(',');
    if (version === 'v1' && (await crypto.subtle.verify('HMAC', key, Buffer.from(signature, 'base64'), signed)))
      return 'ok';
  }
  return 'forged';
}

/** The `webhook-signature` of a message that Echoes sends. `timestamp` in seconds; throws if `secret` is invalid. */
export async function signStandardWebhook({
  id,
  timestamp,
  body,
  secret,
}: {
  id: string;
  timestamp: number;
  body: string;
  secret: string;
}): Promise<string> {
  const bytes = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const signed = await crypto.subtle.sign('HMAC', key, Buffer.from(`${id}.${timestamp}.${body}`));
  return `v1,${Buffer.from(signed).toString('base64')}`;
}

/** fal's Ed25519 signatures: each published key is tried. `fetchKeys` is called last, after all cheaper checks. */
export async function verifyFalWebhook({
  headers,
  body,
  now,
  fetchKeys,
}: WebhookDelivery & { fetchKeys: () => Promise<unknown> }): Promise<Signed> {
  const name = (part: string) => headers.get(`X-Fal-Webhook-${part}`);
  const [requestId, userId, timestamp, given] = [
    name('Request-Id'),
    name('User-Id'),
    name('Timestamp'),
    name('Signature'),
  ];
  if (!requestId || !userId || !timestamp || !given) return 'unsigned';
  if (isStale(timestamp, now)) return 'stale';
  if (!/^[0-9a-f]{128}$/i.test(given)) return 'forged';
  const digest = Buffer.from(await crypto.subtle.digest('SHA-256', Uint8Array.from(body))).toString('hex');
  const signed = Buffer.from(`${requestId}\n${userId}\n${timestamp}\n${digest}`);
  const keys = await fetchKeys().catch(() => null);
  if (!Array.isArray(keys) || keys.length === 0) return 'no-key';
  for (const jwk of keys.slice(0, 10)) {
    const key = await importEd25519(jwk);
    if (key && (await crypto.subtle.verify('Ed25519', key, Buffer.from(given, 'hex'), signed))) return 'ok';
  }
  return 'forged';
}

async function importEd25519(jwk: unknown): Promise<CryptoKey | null> {
  const [kty, crv, x] = [field(jwk, 'kty'), field(jwk, 'crv'), field(jwk, 'x')];
  if (kty !== 'OKP' || crv !== 'Ed25519' || typeof x !== 'string') return null;
  return crypto.subtle.importKey('jwk', { kty, crv, x }, { name: 'Ed25519' }, false, ['verify']).catch(() => null);
}

function isStale(timestamp: string, now: number): boolean {
  const seconds = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) : 0;
  return Math.abs(now / 1000 - seconds) > mostSecondsApart;
}
