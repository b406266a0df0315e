import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { handover } from '~/generations/privacy';
import type { ProviderSignal } from '~/providers/breaker';
import { createBreaker } from '~/providers/breaker.server';
import type { ProviderFailure, VideoProvider } from '~/providers/video-provider';
import { defaults } from '~/settings/settings';
import { testServices } from '~/testing/services';
import { pollDelaySeconds } from './polling';
import { createProviderCalls, type LoadedGeneration } from './provider-calls.server';

const task = '17f20503-6c24-4c16-946b-35dbbce2af2f';

const start = 1_900_000_000_000;
let now = start;
const clock = () => now;

beforeEach(async () => {
  now = start;
  await env.DB.batch(['provider_minutes', 'provider_breakers'].map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
});

/** The calls of a generation that Luma accepted at this moment. */
function providerCalls(provider: VideoProvider | null) {
  const signals: ProviderSignal[] = [];
  const generation = {
    id: 'gen_1',
    userId: 'usr_1',
    provider: 'luma',
    state: 'generating',
    stateAt: now,
  } as LoadedGeneration;
  const settings = { read: async () => defaults };
  const callbacks = { addressOf: () => 'https://echoes.test/webhooks/luma/x' };
  const base = { bucket: env.MEDIA, clock };
  return { signals, ...createProviderCalls({ generation, provider, signals, callbacks, settings, base }) };
}

describe('a provider that is no longer set up', () => {
  it('a provider without a key counts as unreachable for a deletion, and the privacy log says so', async () => {
    const outcome = await providerCalls(null).cancel(task);
    expect(outcome).toBe('unreachable');
    const facts = {
      framed: { shape: '9:16' as const, frame: { x: 0.5, y: 0.5, zoom: 1, turn: 0, tilt: 0 } },
      generationId: 'gen_1',
      provider: 'luma',
      isUnderWay: false,
      isCleanedUp: true,
      wasTaken: true,
    };
    expect(handover({ ...facts, sentAt: 1, hasLeft: true, forgotten: { at: 2, outcome } })).toMatchObject({
      end: 'kept',
      text: 'Luma could not be asked to delete its copy, and does not say how long it keeps one.',
    });
  });

  it('a provider without a key gives its breaker no signal', async () => {
    const { poll, cancel, signals } = providerCalls(null);
    expect(await poll(task)).toMatchObject({ outcome: 'unreachable', error: { kind: 'auth' } });
    await cancel(task);
    expect(signals).toEqual([]);
  });
});

/** A provider whose polls all fail with this error, each after `seconds`. */
function silent(error: Partial<ProviderFailure>, seconds = 1): VideoProvider {
  const poll = async () => {
    now += seconds * 1000;
    return {
      outcome: 'unreachable' as const,
      error: { kind: 'retryable' as const, code: null, message: '', ...error },
    };
  };
  return { minPollSeconds: 5, id: 'luma', poll } as unknown as VideoProvider;
}

/**
 * Polls this many generations, accepted a minute apart, as often as allowed for half an hour. Returns the seconds after
 * which the breaker opened, or null.
 */
async function opensAfter(count: number, provider: VideoProvider): Promise<number | null> {
  const { db, settings } = testServices();
  const breaker = createBreaker({ db, settings });
  const open = Array.from({ length: count }, (_, index) => ({ beganAt: start + index * 60_000, dueAt: 0 }));
  const runs = open.map(({ beganAt }) => {
    now = beganAt;
    return providerCalls(provider);
  });
  for (const [index, one] of open.entries()) {
    one.dueAt = one.beganAt + 5_000;
    const accepted = { provider: 'luma', kind: 'accepted' as const, since: one.beganAt, now: one.beganAt };
    await breaker.note(accepted);
    expect(runs[index]?.signals).toEqual([]);
  }
  for (;;) {
    const next = open.reduce((first, one) => (one.dueAt < first.dueAt ? one : first));
    if (next.dueAt - start > 30 * 60_000) return null;
    now = next.dueAt;
    const gap = pollDelaySeconds({ ageSeconds: (now - next.beganAt) / 1000, minPollSeconds: 5, random: () => 0.5 });
    const one = runs[open.indexOf(next)];
    await one?.poll(task);
    for (const signal of one?.signals.splice(0) ?? [])
      if ((await breaker.note(signal)) === 'opened') return (now - start) / 1000;
    next.dueAt = Math.max(now, next.dueAt + gap * 1000);
  }
}

describe('a provider that accepts submits and answers no poll', () => {
  it.each<[string, Partial<ProviderFailure>, number]>([
    ['503', { httpStatus: 503 }, 1],
    ['no answer in time', {}, 30],
    ['a page', { httpStatus: 200 }, 0],
  ])('failed polls of one generation never open the breaker: %s', async (_what, error, seconds) => {
    expect(await opensAfter(1, silent(error, seconds))).toBeNull();
  });

  it.each<[string, Partial<ProviderFailure>, number]>([
    ['503', { httpStatus: 503 }, 1],
    ['no answer in time', {}, 30],
    ['a page', { httpStatus: 200 }, 0],
  ])(
    'failed polls of several generations open the breaker long before the deadline: %s',
    async (_what, error, seconds) => {
      expect(await opensAfter(5, silent(error, seconds))).toBeLessThan(8 * 60);
    },
  );

  it('a refused key opens the breaker at once', async () => {
    expect(await opensAfter(1, silent({ kind: 'auth', httpStatus: 401 }))).toBe(6);
  });

  it.each<[string, Partial<ProviderFailure>]>([
    ['is asked too often', { httpStatus: 429, retryAfterSeconds: 30 }],
    ['has ended without a film', { kind: 'bad-output', httpStatus: 200 }],
  ])('the breaker stays closed when the provider %s', async (_what, error) => {
    expect(await opensAfter(10, silent(error))).toBeNull();
  });
});
