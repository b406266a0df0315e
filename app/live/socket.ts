import { load, onWaking } from '~/components/waking';
import type { LiveFrame } from './frames';
import { type Connection, openLiveConnection } from './live-connection';

/** Opens a socket to a path of this origin once its script is loaded, and keeps it open until `end`. */
export function openSocket({
  path,
  onFrame,
  onOpen,
  onConnection,
}: {
  path: string;
  onFrame: (frame: LiveFrame) => void;
  /** Called when frames may have been missed. */
  onOpen: () => void;
  onConnection: (connection: Connection) => void;
}): { end: () => void } {
  let close: (() => void) | null = null;
  let isOver = false;

  async function start(): Promise<void> {
    const { default: ReconnectingSocket } = await load(() => import('partysocket/ws'));
    if (isOver) return;
    const socket = new ReconnectingSocket(location.origin.replace(/^http/, 'ws') + path, null, {
      // Read before each attempt: full jitter spreads the reconnects of all pages.
      get minReconnectionDelay() {
        return Math.random() * 1000;
      },
      get maxReconnectionDelay() {
        return Math.random() * 30_000;
      },
      reconnectionDelayGrowFactor: 2,
      connectionTimeout: 8000,
      maxEnqueuedMessages: 0,
    });
    const connection = openLiveConnection({
      socket,
      later: (act, milliseconds) => {
        const timer = setTimeout(act, milliseconds);
        return () => clearTimeout(timer);
      },
      random: Math.random,
      isOnline: () => navigator.onLine,
      isVisible: () => document.visibilityState === 'visible',
      onFrame,
      onOpen,
      onConnection,
    });
    const listening = new AbortController();
    onWaking(connection.wake, listening.signal);
    addEventListener('offline', connection.wake, listening);
    close = () => {
      listening.abort();
      connection.end();
    };
  }

  // Without its script there is no live connection; the page still loads again at each navigation and action.
  start().catch(() => onConnection('offline'));
  return {
    end() {
      isOver = true;
      close?.();
    },
  };
}
