import { describe, expect, it } from 'vitest';
import { readConfig } from '~/config.server';
import { createCallbacks } from './callbacks.server';
import { createProviders } from './registry.server';

const needed = {
  APP_ORIGIN: 'https://echoes.test',
  GOOGLE_ISSUER: 'https://google.test',
  GOOGLE_CLIENT_ID: 'x',
  GOOGLE_CLIENT_SECRET: 'x',
  RUNWAYML_BASE_URL: 'https://runway.test',
  RUNWAYML_API_SECRET: 'key_0123456789abcdef',
  RUNWAYML_OUTPUT_HOSTS: 'out.test',
  STRIPE_SECRET_KEY: 'sk_test_0123456789abcdef',
  STRIPE_WEBHOOK_SECRET: 'whsec_0123456789abcdef',
  SESSION_SECRET: 's'.repeat(16),
  MEDIA_SIGNING_SECRET: 'm'.repeat(16),
  IDENTITY_SECRET: 'i'.repeat(16),
};
const luma = { LUMA_API_KEY: 'luma-0123456789abcdef', LUMA_BASE_URL: 'https://luma.test', LUMA_OUTPUT_HOSTS: 'a, b' };

function offered(more: Record<string, string> = {}) {
  const read = readConfig({ ...needed, ...more });
  if (!read.ok) return read.names;
  const providers = createProviders({ config: read.config, fetch });
  return ['runway', 'luma', 'fal', 'replicate', 'veo'].filter((id) => providers.find(id));
}

describe('an optional provider', () => {
  it('an optional provider exists exactly where it has a key', () => {
    expect(offered()).toEqual(['runway']);
    expect(offered({ LUMA_BASE_URL: 'https://luma.test', LUMA_OUTPUT_HOSTS: 'a' })).toEqual(['runway']);
    expect(offered(luma)).toEqual(['runway', 'luma']);
  });

  it('a key without its URL, and a host that all buckets share, stop the start and are named', () => {
    expect(offered({ LUMA_API_KEY: luma.LUMA_API_KEY })).toEqual(['LUMA_BASE_URL', 'LUMA_OUTPUT_HOSTS']);
    expect(offered({ FAL_KEY: 'fal-0123456789abcdef', FAL_QUEUE_URL: 'https://fal.test' })).toEqual([
      'FAL_JWKS_URL',
      'FAL_OUTPUT_HOSTS',
    ]);
    const veo = { VEO_API_KEY: 'veo-0123456789abcdef', VEO_BASE_URL: 'https://veo.test' };
    expect(offered({ ...veo, VEO_OUTPUT_HOSTS: 'veo.test,storage.googleapis.com' })).toEqual(['VEO_OUTPUT_HOSTS']);
    expect(offered({ ...veo, VEO_OUTPUT_HOSTS: 'veo.test,storage.googleapis.com/ours' })).toEqual(['runway', 'veo']);
    expect(offered({ VEO_API_KEY: 'short', VEO_BASE_URL: 'no address' })).toEqual(['VEO_API_KEY', 'VEO_BASE_URL']);
  });

  it('a provider that takes URLs only is left out where it cannot reach Echoes', () => {
    const local = { ...luma, APP_ORIGIN: 'http://localhost:8787' };
    expect(offered(local)).toEqual(['runway']);
    expect(offered({ ...local, LUMA_BASE_URL: 'http://localhost:8788/luma' })).toEqual(['runway', 'luma']);
  });
});

describe('a webhook URL', () => {
  const callbacks = createCallbacks({ secrets: ['m'.repeat(16)], appOrigin: 'https://echoes.test' });
  const tokenOf = (provider: string) =>
    callbacks.addressOf({ provider, generationId: 'gen_1' }).replace(`https://echoes.test/webhooks/${provider}/`, '');

  it('a webhook token is valid for its generation and provider only', () => {
    expect(callbacks.check({ provider: 'luma', token: tokenOf('luma') })).toBe('gen_1');
    for (const token of [tokenOf('fal'), `${tokenOf('luma')}A`, tokenOf('luma').replace('gen_1', 'gen_2'), 'gen_1', ''])
      expect(callbacks.check({ provider: 'luma', token })).toBeNull();
  });
});
