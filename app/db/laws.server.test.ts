import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { fingerprintOfLaws, lawsFingerprint } from './laws.server';

describe('the laws of the schema', () => {
  it('have the fingerprint that the health check looks for', async () => {
    expect(await fingerprintOfLaws(env.DB)).toBe(lawsFingerprint);
  });

  it('are missed when one is gone', async () => {
    await env.DB.prepare('DROP TRIGGER entries_2_overdraft').run();
    expect(await fingerprintOfLaws(env.DB)).not.toBe(lawsFingerprint);
  });
});
