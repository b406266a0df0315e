import { describe, expect, it } from 'vitest';
import type { LiveFrame } from './frames';
import { type Connection, openLiveConnection } from './live-connection';

/** A live connection over a socket and a clock that the test controls. */
function setUp({ random = () => 1 } = {}) {
  const listeners: Record<string, ((event: { data: unknown }) => void)[]> = {};
  const waiting = new Map<number, { at: number; act: () => void }>();
  const socket = { sent: [] as unknown[], reconnects: 0, closed: false };
  const received = { frames: [] as LiveFrame[], opens: 0, states: [] as Connection[] };
  const device = { isOnline: true, isVisible: true };
  let now = 0;
  let count = 0;
  const connection = openLiveConnection({
    socket: {
      addEventListener: (type: string, listener: (event: { data: unknown }) => void) => {
        listeners[type] = [...(listeners[type] ?? []), listener];
      },
      send: (text) => socket.sent.push(text),
      reconnect: () => {
        socket.reconnects += 1;
      },
      close: () => {
        socket.closed = true;
      },
    },
    later(act, milliseconds) {
      const id = ++count;
      waiting.set(id, { at: now + milliseconds, act });
      return () => void waiting.delete(id);
    },
    random,
    isOnline: () => device.isOnline,
    isVisible: () => device.isVisible,
    onFrame: (frame) => received.frames.push(frame),
    onOpen: () => {
      received.opens += 1;
    },
    onConnection: (state) => received.states.push(state),
  });
  const emit = (type: string, data: unknown = '') => {
    for (const listener of listeners[type] ?? []) listener({ data });
  };
  const advance = (milliseconds: number) => {
    const until = now + milliseconds;
    for (;;) {
      const [next] = [...waiting].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at);
      if (!next) break;
      waiting.delete(next[0]);
      now = next[1].at;
      next[1].act();
    }
    now = until;
  };
  return { connection, emit, advance, socket, received, device };
}

const balance: LiveFrame = { type: 'balance', balance: 2, version: 2 };

describe('the live connection', () => {
  it('the live connection passes frames on, and reports each opening', () => {
    const { emit, received } = setUp();
    emit('open');
    emit('message', JSON.stringify([balance]));
    emit('close');
    emit('open');
    expect(received).toEqual({ frames: [balance], opens: 2, states: ['live', 'reconnecting', 'live'] });
  });

  it('the live connection ignores messages that it cannot read', () => {
    const { emit, received } = setUp();
    for (const data of ['pong', '{', '7', new ArrayBuffer(1)]) emit('message', data);
    expect(received.frames).toEqual([]);
  });

  it('the live connection pings after 30 s of silence, and reconnects without an answer', () => {
    const { emit, advance, socket } = setUp();
    emit('open');
    advance(30_000);
    expect(socket).toMatchObject({ sent: ['ping'], reconnects: 0 });
    emit('message', 'pong');
    advance(30_000);
    expect(socket).toMatchObject({ sent: ['ping', 'ping'], reconnects: 0 });
    advance(10_000);
    expect(socket.reconnects).toBe(1);
  });

  it('the live connection reconnects at once when the page becomes visible', () => {
    const { connection, emit, socket } = setUp();
    emit('close');
    connection.wake();
    expect(socket.reconnects).toBe(1);
    emit('open');
    connection.wake();
    expect(socket).toMatchObject({ reconnects: 1, sent: ['ping'] });
  });

  it('a visible page polls with growing pauses while sockets are blocked, until one opens', () => {
    const { emit, advance, received, device } = setUp();
    for (let failure = 0; failure < 3; failure++) emit('close');
    advance(5_000);
    expect(received.opens).toBe(1);
    advance(9_999);
    expect(received.opens).toBe(1);
    advance(1);
    expect(received.opens).toBe(2);
    device.isVisible = false;
    advance(3_600_000);
    expect(received.opens).toBe(2);
    device.isVisible = true;
    advance(60_000);
    expect(received.opens).toBe(3);
    emit('open');
    advance(20_000);
    expect(received.opens).toBe(4);
  });

  it('the live connection reports a device without network, and does not reconnect', () => {
    const { connection, emit, received, device, socket } = setUp();
    device.isOnline = false;
    emit('close');
    connection.wake();
    expect(received.states).toEqual(['offline', 'offline']);
    expect(socket.reconnects).toBe(0);
  });

  it('a live connection that was ended stays closed', () => {
    const { connection, emit, advance, socket, received } = setUp();
    emit('open');
    connection.end();
    emit('close');
    advance(3_600_000);
    expect(socket).toMatchObject({ closed: true, sent: [], reconnects: 0 });
    expect(received).toMatchObject({ opens: 1, states: ['live'] });
  });
});
