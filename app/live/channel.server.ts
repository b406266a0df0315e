import { log } from '~/log';
import type { LiveFrame } from './frames';

/** What the channel object offers to the rest of Echoes. */
export interface LiveChannelRpc {
  publish(frames: LiveFrame[]): Promise<void>;
}

/** Sends frames to every open page of a person. A lost frame is harmless: pages revalidate when they reconnect. */
export function createLive({ channels }: { channels: { getByName(name: string): LiveChannelRpc } }) {
  return {
    async publish(userId: string, frames: LiveFrame[]): Promise<void> {
      try {
        await channels.getByName(userId).publish(frames);
      } catch (error) {
        log({ event: 'live-publish-failed', userId, detail: String(error) });
      }
    },
  };
}

export type Live = ReturnType<typeof createLive>;
