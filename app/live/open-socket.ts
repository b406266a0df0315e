import ReconnectingSocket from 'partysocket/ws';
import { onWaking } from '~/components/waking';
import { openLiveConnection, type SocketOptions } from './live-connection';

/** Opens a socket to a path of this origin and keeps it open until the returned function is called. */
export function connect({ path, onFrame, onOpen, onConnection }: SocketOptions): () => void {
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
  return () => {
    listening.abort();
    connection.end();
  };
}
