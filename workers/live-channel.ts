import { DurableObject } from 'cloudflare:workers';
import { type LiveChannelRpc, sessionEndsHeader, sessionHeader } from '~/live/channel.server';
import { type LiveFrame, ping, pong } from '~/live/frames';
import { createLogRateLimit } from '~/live/log-rate-limit';

/** What a socket keeps about its session through hibernation. */
interface SessionAttachment {
  session: string;
  endsAt: number;
  /** Messages that the client has sent; absent in sockets of the release before it was counted. */
  messages?: number;
}

const socketsPerPerson = 8;
const longestMessage = 1024;
/** Pages send `ping` alone, which the platform answers. A client that says more than this is none of ours. */
const mostMessages = 5;
const signedOut = 4001;

/**
 * The sockets of one person's open pages. It passes frames on and stores nothing: D1 holds the data, and a page that
 * missed a frame loads again when its socket opens. It hibernates between frames, so it has no timer; the platform
 * answers `ping` without waking it.
 */
export class LiveChannel extends DurableObject<Env> implements LiveChannelRpc {
  /** Limits log frames. Hibernation resets it, which is harmless: no frame has come for a while then. */
  readonly #logRateLimit = createLogRateLimit();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(ping, pong));
  }

  /** Accepts a socket that the door has checked; 429 when the person has eight open already. */
  override async fetch(request: Request): Promise<Response> {
    if (this.#open().length >= socketsPerPerson) return new Response(null, { status: 429 });
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    server.serializeAttachment({
      session: request.headers.get(sessionHeader) ?? '',
      endsAt: Number(request.headers.get(sessionEndsHeader)),
      messages: 0,
    } satisfies SessionAttachment);
    return new Response(null, { status: 101, webSocket: client });
  }

  async publish(frames: LiveFrame[]): Promise<void> {
    const passed = frames.map((frame) => (frame.type === 'log' ? this.#logRateLimit.pass(frame, Date.now()) : frame));
    const text = JSON.stringify(passed.filter((frame) => frame !== null));
    if (text === '[]') return;
    for (const socket of this.#open()) {
      if (attachmentOf(socket).endsAt > Date.now()) send(socket, text);
      else bidFarewell(socket);
    }
  }

  async prolong(session: string, endsAt: number): Promise<void> {
    for (const socket of this.#open()) {
      const known = attachmentOf(socket);
      if (known.session === session) socket.serializeAttachment({ ...known, endsAt } satisfies SessionAttachment);
    }
  }

  async signOut(session: string | null): Promise<void> {
    for (const socket of this.#open())
      if (session === null || attachmentOf(socket).session === session) bidFarewell(socket);
  }

  /** Counts messages, which no page sends: an oversized one, or one too many, closes the socket. */
  override async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    const size = typeof message === 'string' ? message.length : message.byteLength;
    if (size > longestMessage) return socket.close(1009, 'too long');
    const known = attachmentOf(socket);
    const messages = known.messages ?? 0;
    if (messages >= mostMessages) return socket.close(1008, 'too many messages');
    socket.serializeAttachment({ ...known, messages: messages + 1 } satisfies SessionAttachment);
  }

  override async webSocketClose(socket: WebSocket): Promise<void> {
    socket.close();
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    socket.close(1011, 'broken');
  }

  #open(): WebSocket[] {
    return this.ctx.getWebSockets().filter((socket) => socket.readyState === WebSocket.OPEN);
  }
}

function attachmentOf(socket: WebSocket): SessionAttachment {
  return socket.deserializeAttachment() as SessionAttachment;
}

function bidFarewell(socket: WebSocket): void {
  send(socket, JSON.stringify([{ type: 'signed-out' }] satisfies LiveFrame[]));
  socket.close(signedOut, 'signed out');
}

/** Sends a text, or closes a broken socket without keeping the frame from the others. */
function send(socket: WebSocket, text: string): void {
  try {
    socket.send(text);
  } catch {
    socket.close(1011, 'broken');
  }
}
