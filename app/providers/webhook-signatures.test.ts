import { describe, expect, it } from 'vitest';
import { verifyFalWebhook, verifyStandardWebhook } from './webhook-signatures';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('a Standard Webhook', () => {
  // The vector that Replicate publishes.
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const headers = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  };
  const body = '{"test": 2432232314}';
  const verify = ({ changes = {}, text = body, now = 1614265330_000, key = secret } = {}) =>
    verifyStandardWebhook({ headers: new Headers({ ...headers, ...changes }), body: bytes(text), now, secret: key });

  it('a Standard Webhook with one valid signature among others is accepted', async () => {
    expect(await verify()).toBe('ok');
    const both = `v1a,xxxx v1,AAAA ${headers['webhook-signature']}`;
    expect(await verify({ changes: { 'webhook-signature': both } })).toBe('ok');
  });

  it('a changed Standard Webhook is forged', async () => {
    expect(await verify({ text: '{"test": 2432232315}' })).toBe('forged');
    expect(await verify({ changes: { 'webhook-id': 'msg_other' } })).toBe('forged');
    expect(await verify({ changes: { 'webhook-timestamp': '1614265331' } })).toBe('forged');
    expect(await verify({ changes: { 'webhook-signature': 'v1,' } })).toBe('forged');
    expect(await verify({ changes: { 'webhook-signature': 'v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=' } })).toBe(
      'forged',
    );
    expect(await verify({ key: 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' })).toBe('forged');
  });

  it('a Standard Webhook more than five minutes off, or without a valid time, is stale', async () => {
    expect(await verify({ now: 1614265330_000 + 300_000 })).toBe('ok');
    expect(await verify({ now: 1614265330_000 + 301_000 })).toBe('stale');
    expect(await verify({ now: 1614265330_000 - 301_000 })).toBe('stale');
    expect(await verify({ changes: { 'webhook-timestamp': 'now' } })).toBe('stale');
  });

  it('a Standard Webhook without a header is unsigned, and without a secret unverifiable', async () => {
    for (const name of Object.keys(headers)) expect(await verify({ changes: { [name]: '' } })).toBe('unsigned');
    expect(await verify({ key: 'whsec_' })).toBe('no-key');
  });
});

describe('a webhook of fal', () => {
  const now = 1_700_000_000_000;
  const body = '{"request_id":"r-1","status":"OK"}';
  const algorithm = { name: 'Ed25519' };

  async function setUp() {
    const pair = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
    const other = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
    const jwkOf = async (key: CryptoKey) => (await crypto.subtle.exportKey('jwk', key)) as JsonWebKey;
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', bytes(body))).toString('hex');
    const message = bytes(`r-1\nu-1\n${now / 1000}\n${digest}`);
    const signature = Buffer.from(await crypto.subtle.sign('Ed25519', pair.privateKey, message)).toString('hex');
    const headers = {
      'X-Fal-Webhook-Request-Id': 'r-1',
      'X-Fal-Webhook-User-Id': 'u-1',
      'X-Fal-Webhook-Timestamp': String(now / 1000),
      'X-Fal-Webhook-Signature': signature,
    };
    const keys: unknown[] = [{ kty: 'RSA' }, null, await jwkOf(other.publicKey), await jwkOf(pair.publicKey)];
    let asked = 0;
    const verify = ({ changes = {}, text = body, at = now, list = keys as unknown } = {}) =>
      verifyFalWebhook({
        headers: new Headers({ ...headers, ...changes }),
        body: bytes(text),
        now: at,
        fetchKeys: async () => {
          asked += 1;
          return list;
        },
      });
    return { verify, headers, keys, asked: () => asked };
  }

  it('a webhook of fal with a signature of a published key is accepted', async () => {
    const { verify } = await setUp();
    expect(await verify()).toBe('ok');
  });

  it('a changed webhook of fal, or one with an unpublished key, is forged', async () => {
    const { verify, keys } = await setUp();
    expect(await verify({ text: `${body} ` })).toBe('forged');
    expect(await verify({ changes: { 'X-Fal-Webhook-Request-Id': 'r-2' } })).toBe('forged');
    expect(await verify({ changes: { 'X-Fal-Webhook-User-Id': 'u-2' } })).toBe('forged');
    expect(await verify({ changes: { 'X-Fal-Webhook-Signature': '00'.repeat(64) } })).toBe('forged');
    expect(await verify({ changes: { 'X-Fal-Webhook-Signature': 'zz' } })).toBe('forged');
    expect(await verify({ list: keys.slice(0, 3) })).toBe('forged');
  });

  it('a stale or unsigned webhook of fal is refused without fetching keys', async () => {
    const { verify, headers, asked } = await setUp();
    expect(await verify({ at: now + 301_000 })).toBe('stale');
    expect(await verify({ at: now - 301_000 })).toBe('stale');
    for (const name of Object.keys(headers)) expect(await verify({ changes: { [name]: '' } })).toBe('unsigned');
    expect(asked()).toBe(0);
  });

  it('a webhook of fal cannot be verified without published keys', async () => {
    const { verify } = await setUp();
    expect(await verify({ list: null })).toBe('no-key');
    expect(await verify({ list: [] })).toBe('no-key');
  });
});
