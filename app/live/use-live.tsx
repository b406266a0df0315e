import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { useReload } from '~/components/reload';
import type { LiveFrame } from './frames';
import type { Connection } from './live-connection';
import { openSocket } from './socket';

export type { Connection } from './live-connection';

interface Listener {
  onFrame: (frame: LiveFrame) => void;
  onReconnect: () => void;
}

interface Live {
  connection: Connection;
  /** Adds a listener; the returned function removes it. The first listener opens the socket, the last one closes it. */
  subscribe: (listener: Listener) => () => void;
}

const LiveContext = createContext<Live>({ connection: 'offline', subscribe: () => () => {} });

/** The page's one socket for all `useLive` below it. A page without `useLive` opens none and loads no script for it. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const [connection, setConnection] = useState<Connection>('live');
  const [listeners] = useState(() => new Set<Listener>());
  const socket = useRef<{ end: () => void } | null>(null);

  const subscribe = useMemo(
    () => (listener: Listener) => {
      listeners.add(listener);
      socket.current ??= openPersonSocket({ listeners, setConnection });
      return () => {
        listeners.delete(listener);
        // The socket stays open when the next page subscribes within a second.
        setTimeout(() => {
          if (listeners.size > 0) return;
          socket.current?.end();
          socket.current = null;
        }, 1000);
      };
    },
    [listeners],
  );
  const live = useMemo(() => ({ connection, subscribe }), [connection, subscribe]);
  return <LiveContext.Provider value={live}>{children}</LiveContext.Provider>;
}

/** True while the page's live connection is open, or where the page has none. */
export function useIsLive(): boolean {
  return useContext(LiveContext).connection === 'live';
}

/**
 * Passes every live frame of this person to `onFrame` while the component is mounted, and returns the connection's state.
 * `onReconnect` is called when frames may have been missed; by default the page then loads again.
 */
export function useLive({
  onFrame,
  onReconnect,
}: {
  onFrame: (frame: LiveFrame) => void;
  onReconnect?: () => void;
}): Connection {
  const { connection, subscribe } = useContext(LiveContext);
  const reload = useReload();
  const latest = useRef<Listener>({ onFrame, onReconnect: onReconnect ?? reload });
  useEffect(() => {
    latest.current = { onFrame, onReconnect: onReconnect ?? reload };
  });
  useEffect(
    () =>
      subscribe({
        onFrame: (frame) => latest.current.onFrame(frame),
        onReconnect: () => latest.current.onReconnect(),
      }),
    [subscribe],
  );
  return connection;
}

/** Opens the person's socket, whose frames go to every listener. */
function openPersonSocket({
  listeners,
  setConnection,
}: {
  listeners: ReadonlySet<Listener>;
  setConnection: (connection: Connection) => void;
}): { end: () => void } {
  return openSocket({
    path: '/live',
    onFrame: (frame) => {
      // The session is over, so nothing on this page may be shown any more.
      if (frame.type === 'signed-out') {
        // A page that is signing out leaves by itself, once it has emptied its browser (app/auth/this-device.client.ts).
        if (!('leaving' in document.documentElement.dataset)) location.assign('/');
      } else for (const listener of listeners) listener.onFrame(frame);
    },
    onOpen: () => {
      for (const listener of listeners) listener.onReconnect();
    },
    onConnection: setConnection,
  });
}
