import { type LiveFrame, ping, pong } from './frames';

/** How a page hears the server: at once, by asking again and again, or not at all. */
export type Connection = 'live' | 'reconnecting' | 'offline';

/** What the line needs of a socket that reconnects by itself (partysocket). */
export interface Socket {
  addEventListener(type: 'open' | 'close', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  send(text: string): unknown;
  reconnect(): void;
  close(): void;
}

/** Runs `act` after so many milliseconds; the answer cancels it. */
export type Later = (act: () => void, milliseconds: number) => () => void;

const beat = 30_000;
const answerWithin = 10_000;
const failuresUntilPolling = 3;
const pollBase = 5_000;
const pollLongest = 60_000;

/**
 * The live line of a page. `onOpen` is called whenever frames may have been missed: the page then reads again. Where
 * sockets are blocked, it is called again and again, with growing pauses (full jitter), while the page is looked at.
 * `wake` asks at once whether the line still holds; `end` hangs up.
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

  /** A line can be dead without anybody having said so. */
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

/** What a message holds; one that cannot be read is as good as lost, and the next load makes up for it. */
function framesOf(text: string): LiveFrame[] {
  try {
    const frames: unknown = JSON.parse(text);
    return Array.isArray(frames) ? frames : [];
  } catch {
    return [];
  }
}
