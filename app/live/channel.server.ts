import { log } from '~/log';
import type { LiveFrame } from './frames';

/** The methods of the live channel's object. */
export interface LiveChannelRpc {
  publish(frames: LiveFrame[]): Promise<void>;
  /** Moves the end of one session's sockets to `endsAt` (ms since 1970). */
  prolong(session: string, endsAt: number): Promise<void>;
  /** Closes the sockets of one session, or of all with null. */
  signOut(session: string | null): Promise<void>;
  /** Accepts a socket upgrade that the door has checked. */
  fetch(request: Request): Promise<Response>;
}

/** Headers that tell the channel a socket's session. The door makes them; a browser's headers are not passed on. */
export const sessionHeader = 'X-Echoes-Session';
export const sessionEndsHeader = 'X-Echoes-Session-Ends';

/** Passes a socket upgrade for a checked session to the channel; the socket ends at `endsAt` (ms since 1970). */
export function connectTo(
  channel: Pick<LiveChannelRpc, 'fetch'>,
  { session, endsAt }: { session: string; endsAt: number },
): Promise<Response> {
  const headers = { Upgrade: 'websocket', [sessionHeader]: session, [sessionEndsHeader]: String(endsAt) };
  return channel.fetch(new Request('https://live.invalid/', { headers }));
}

/** Sends to the open pages of a person. A lost frame is harmless: pages revalidate when they reconnect. */
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

    /** Opens a socket for a checked session; it ends at `endsAt` (ms since 1970). */
    connect: ({ userId, ...attachment }: { userId: string; session: string; endsAt: number }): Promise<Response> =>
      connectTo(channels.getByName(userId), attachment),
  };
}

export type Live = ReturnType<typeof createLive>;
