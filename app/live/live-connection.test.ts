import { describe, expect, it } from 'vitest';
import type { LiveFrame } from './frames';
import { type Connection, openLiveConnection } from './live-connection';

/** A live connection over a socket and a clock that the test controls. */
function setUp({ random = () => 1 } = {}) {
  const listeners: Record<string, ((event: { data: unknown }) => void)[]> = {};
  const waiting = new Map<number, { at: number; act: () => void }>();
  const seen = { sent: [] as unknown[], reconnects: 0, closed: false };
  const heard = { frames: [] as LiveFrame[], opens: 0, states: [] as Connection[] };
  const place = { isOnline: true, isVisible: true };
  let now = 0;
  let count = 0;
  const line = openLiveConnection({
    socket: {
      addEventListener: (type: string, listener: (event: { data: unknown }) => void) => {
        listeners[type] = [...(listeners[type] ?? []), listener];
      },
      send: (text) => seen.sent.push(text),
      reconnect: () => {
        seen.reconnects += 1;
      },
      close: () => {
        seen.closed = true;
      },
    },
    later(act, milliseconds) {
      const id = ++count;
      waiting.set(id, { at: now + milliseconds, act });
      return () => void waiting.delete(id);
    },
    random,
    isOnline: () => place.isOnline,
    isVisible: () => place.isVisible,
    onFrame: (frame) => heard.frames.push(frame),
    onOpen: () => {
      heard.opens += 1;
    },
    onConnection: (state) => heard.states.push(state),
  });
  const tell = (type: string, data: unknown = '') => {
    for (const listener of listeners[type] ?? []) listener({ data });
  };
  const pass = (milliseconds: number) => {
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
  return { line, tell, pass, seen, heard, place };
}

const balance: LiveFrame = { type: 'balance', balance: 2, version: 2 };

describe('the live connection', () => {
  it('the live connection passes frames on, and reports each opening', () => {
    const { tell, heard } = setUp();
    tell('open');
    tell('message', JSON.stringify([balance]));
    tell('close');
    tell('open');
    expect(heard).toEqual({ frames: [balance], opens: 2, states: ['live', 'reconnecting', 'live'] });
  });

  it('the live connection ignores messages that it cannot read', () => {
    const { tell, heard } = setUp();
    for (const data of ['pong', '{', '7', new ArrayBuffer(1)]) tell('message', data);
    expect(heard.frames).toEqual([]);
  });

  it('the live connection pings after 30 s of silence, and reconnects without an answer', () => {
    const { tell, pass, seen } = setUp();
    tell('open');
    pass(30_000);
    expect(seen).toMatchObject({ sent: ['ping'], reconnects: 0 });
    tell('message', 'pong');
    pass(30_000);
    expect(seen).toMatchObject({ sent: ['ping', 'ping'], reconnects: 0 });
    pass(10_000);
    expect(seen.reconnects).toBe(1);
  });

  it('the live connection reconnects at once when the page becomes visible', () => {
    const { line, tell, seen } = setUp();
    tell('close');
    line.wake();
    expect(seen.reconnects).toBe(1);
    tell('open');
    line.wake();
    expect(seen).toMatchObject({ reconnects: 1, sent: ['ping'] });
  });

  it('a visible page polls with growing pauses while sockets are blocked, until one opens', () => {
    const { tell, pass, heard, place } = setUp();
    for (let failure = 0; failure < 3; failure++) tell('close');
    pass(5_000);
    expect(heard.opens).toBe(1);
    pass(9_999);
    expect(heard.opens).toBe(1);
    pass(1);
    expect(heard.opens).toBe(2);
    place.isVisible = false;
    pass(3_600_000);
    expect(heard.opens).toBe(2);
    place.isVisible = true;
    pass(60_000);
    expect(heard.opens).toBe(3);
    tell('open');
    pass(20_000);
    expect(heard.opens).toBe(4);
  });

  it('the live connection reports a device without network, and does not reconnect', () => {
    const { line, tell, heard, place, seen } = setUp();
    place.isOnline = false;
    tell('close');
    line.wake();
    expect(heard.states).toEqual(['offline', 'offline']);
    expect(seen.reconnects).toBe(0);
  });

  it('a live connection that was ended stays closed', () => {
    const { line, tell, pass, seen, heard } = setUp();
    tell('open');
    line.end();
    tell('close');
    pass(3_600_000);
    expect(seen).toMatchObject({ closed: true, sent: [], reconnects: 0 });
    expect(heard).toMatchObject({ opens: 1, states: ['live'] });
  });
});
