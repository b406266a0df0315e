import { log } from '~/log';
import type { LiveFrame } from './frames';

/** What the channel object offers to the rest of Echoes. */
export interface LiveChannelRpc {
  publish(frames: LiveFrame[]): Promise<void>;
  /** Closes the sockets of one session, or of all with null. */
  signOut(session: string | null): Promise<void>;
  /** Takes a socket upgrade that the door has checked. */
  fetch(request: Request): Promise<Response>;
}

/** Headers by which the door tells the channel whose socket it is; the browser's own never get that far. */
export const sessionHeader = 'X-Echoes-Session';
export const sessionEndsHeader = 'X-Echoes-Session-Ends';

/** Reaches every open page of a person. A lost frame is harmless: pages revalidate when they reconnect. */
export function createLive({ channels }: { channels: { getByName(name: string): LiveChannelRpc } }) {
  async function send(userId: string, call: (channel: LiveChannelRpc) => Promise<void>): Promise<void> {
    try {
      await call(channels.getByName(userId));
    } catch (error) {
      log({ event: 'live-publish-failed', userId, detail: String(error) });
    }
  }

  return {
    /** Sends frames to every open page of this person. */
    publish: (userId: string, frames: LiveFrame[]): Promise<void> => send(userId, (channel) => channel.publish(frames)),

    /** Tells the pages of one session (of all with null) that it is over, and closes their sockets. */
    signOut: ({ userId, session }: { userId: string; session: string | null }): Promise<void> =>
      send(userId, (channel) => channel.signOut(session)),

    /** Opens a socket for a session that was checked; ends by itself at `endsAt` (ms since 1970). */
    connect({ userId, session, endsAt }: { userId: string; session: string; endsAt: number }): Promise<Response> {
      const headers = { Upgrade: 'websocket', [sessionHeader]: session, [sessionEndsHeader]: String(endsAt) };
      return channels.getByName(userId).fetch(new Request('https://live.invalid/', { headers }));
    },
  };
}

export type Live = ReturnType<typeof createLive>;
