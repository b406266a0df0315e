// Signatures of webhooks: who sent this, and when. Pure, with the platform's own cryptography.
import { field, parsed } from './answers';
import type { WebhookDelivery, WebhookVerdict } from './video-provider';

/** `ok`, or why it is refused. */
export type Signed = 'ok' | (WebhookVerdict & { outcome: 'refused' })['reason'];

/** What a webhook comes to: why it is refused, or the names its task may have, as its body gives them. */
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

/** Older or newer than this it is refused, however well signed, so that an old one cannot be used again. */
const mostSecondsApart = 300;

/** Standard Webhooks (svix), as Replicate and Google sign: any of the signatures given may be the right one. */
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

/** The `webhook-signature` of what we send ourselves, in the same form. `timestamp` in seconds; throws where `secret` is none. */
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

/** fal's Ed25519: each of its published keys is tried. `fetchKeys` answers their list, and is asked last of all. */
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
