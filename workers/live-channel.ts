import { DurableObject } from 'cloudflare:workers';
import type { LiveChannelRpc } from '~/live/channel.server';
import type { LiveFrame } from '~/live/frames';

/** One object per user. */
export class LiveChannel extends DurableObject<Env> implements LiveChannelRpc {
  async publish(frames: LiveFrame[]): Promise<void> {
    const text = JSON.stringify(frames);
    for (const socket of this.ctx.getWebSockets()) socket.send(text);
  }
}
