import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { defaults } from '~/admin/settings';
import type { Noted } from '~/providers/breaker';
import type { VideoProvider } from '~/providers/video-provider';
import { createAsking, type Order } from './asking.server';
import { handover } from './privacy';

const task = '17f20503-6c24-4c16-946b-35dbbce2af2f';

/** A try at Luma that was taken at this moment, 0. */
function asking(provider: VideoProvider | null) {
  const news: Noted[] = [];
  const order = { id: 'gen_1', userId: 'usr_1', provider: 'luma', state: 'generating', stateAt: 0 } as Order;
  const settings = { read: async () => defaults };
  const callbacks = { addressOf: () => 'https://echoes.test/webhooks/luma/x' };
  return { news, ...createAsking({ order, provider, news, bucket: env.MEDIA, settings, callbacks, clock: () => 0 }) };
}

describe('a provider that is no longer set up', () => {
  it('has deleted nothing: nobody asked it, and no person reads that it has', async () => {
    const outcome = await asking(null).cancel(task);
    expect(outcome).toBe('unreachable');
    const facts = { generationId: 'gen_1', provider: 'luma', isUnderWay: false, isCleanedUp: true, wasTaken: true };
    expect(handover({ ...facts, sentAt: 1, hasLeft: true, forgotten: { at: 2, outcome } })).toMatchObject({
      end: 'kept',
      text: 'Luma could not be asked to delete its copy, and does not say how long it keeps one.',
    });
  });

  it('is no news about it', async () => {
    const { poll, cancel, news } = asking(null);
    expect(await poll(task)).toMatchObject({ outcome: 'unreachable', error: { kind: 'auth' } });
    await cancel(task);
    expect(news).toEqual([]);
  });
});
