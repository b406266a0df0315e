import { type LiveFrame, ping, pong } from './frames';

/** The state of the live connection: open, reconnecting (with polling after some failures), or without network. */
export type Connection = 'live' | 'reconnecting' | 'offline';

/** A socket to a path of this origin, and what its page is told. */
export interface SocketOptions {
  path: string;
  onFrame: (frame: LiveFrame) => void;
  /** Called when frames may have been missed. */
  onOpen: () => void;
  onConnection: (connection: Connection) => void;
}

/** The part of a reconnecting socket (partysocket) that the live connection uses. */
export interface Socket {
  addEventListener(type: 'open' | 'close', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  send(text: string): unknown;
  reconnect(): void;
  close(): void;
}

/** Runs `act` after so many milliseconds; returns a function that cancels it. */
export type Later = (act: () => void, milliseconds: number) => () => void;

const beat = 30_000;
const answerWithin = 10_000;
const failuresUntilPolling = 3;
const pollBase = 5_000;
const pollLongest = 60_000;

/**
 * The live connection of a page. `onOpen` is called whenever frames may have been missed, so that the page loads again.
 * Where sockets are blocked, it is called repeatedly with growing pauses (full jitter) while the page is visible. `wake`
 * checks the connection at once; `end` closes it for good.
 */
export function openLiveConnection({
  socket,
  later,
  random,
  isOnline,
  isVisible,
  onFrame,
  onOpen,
  onConnection,
}: {
  socket: Socket;
  later: Later;
  random: () => number;
  isOnline: () => boolean;
  isVisible: () => boolean;
  onFrame: (frame: LiveFrame) => void;
  onOpen: () => void;
  onConnection: (connection: Connection) => void;
}): { wake(): void; end(): void } {
  let isOpen = false;
  let isOver = false;
  let failures = 0;
  let polls = 0;
  let cancelPoll: (() => void) | null = null;
  let cancelBeat: (() => void) | null = null;

  function listen(milliseconds: number): void {
    cancelBeat?.();
    cancelBeat = later(ask, milliseconds);
  }

  /** Sends a ping and reconnects without an answer: a dead socket may never report that it closed. */
  function ask(): void {
    socket.send(ping);
    cancelBeat?.();
    cancelBeat = later(() => socket.reconnect(), answerWithin);
  }

  function poll(): void {
    const pause = random() * Math.min(pollLongest, pollBase * 2 ** polls);
    polls += 1;
    cancelPoll = later(() => {
      if (isOnline() && isVisible()) onOpen();
      poll();
    }, pause);
  }

  function stopPolling(): void {
    cancelPoll?.();
    cancelPoll = null;
    polls = 0;
  }

  socket.addEventListener('open', () => {
    isOpen = true;
    failures = 0;
    stopPolling();
    listen(beat);
    onConnection('live');
    onOpen();
  });

  socket.addEventListener('message', ({ data }) => {
    listen(beat);
    if (typeof data === 'string' && data !== pong) for (const frame of framesOf(data)) onFrame(frame);
  });

  socket.addEventListener('close', () => {
    if (isOver) return;
    isOpen = false;
    failures += 1;
    cancelBeat?.();
    onConnection(isOnline() ? 'reconnecting' : 'offline');
    if (failures >= failuresUntilPolling && cancelPoll === null) poll();
  });

  return {
    wake() {
      if (isOver) return;
      if (isOpen) ask();
      else if (isOnline()) socket.reconnect();
      else onConnection('offline');
    },
    end() {
      isOver = true;
      cancelBeat?.();
      stopPolling();
      socket.close();
    },
  };
}

/** The frames of a message; none if it cannot be read, which the next load makes up for. */
function framesOf(text: string): LiveFrame[] {
  try {
    const frames: unknown = JSON.parse(text);
    return Array.isArray(frames) ? frames : [];
  } catch {
    return [];
  }
}
