import { useRevalidator } from '@remix-run/react';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';
import type { LiveFrame } from './frames';
import { type Connection, openLine } from './line';

export type { Connection } from './line';

interface Listener {
  onFrame: (frame: LiveFrame) => void;
  onReconnect: () => void;
}

interface Live {
  connection: Connection;
  /** Listens until the answer is called. The first listener opens the socket, the last one closes it. */
  subscribe: (listener: Listener) => () => void;
}

const LiveContext = createContext<Live>({ connection: 'offline', subscribe: () => () => {} });

/** The page's one socket, for all that listen below. Pages where nobody listens have none, and load no code for it. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const [connection, setConnection] = useState<Connection>('live');
  const [listeners] = useState(() => new Set<Listener>());
  const line = useRef<{ end: () => void } | null>(null);

  const subscribe = useMemo(
    () => (listener: Listener) => {
      listeners.add(listener);
      line.current ??= openSocket({ listeners, setConnection });
      return () => {
        listeners.delete(listener);
        // The next page may listen in the same breath: then the socket stays.
        setTimeout(() => {
          if (listeners.size > 0) return;
          line.current?.end();
          line.current = null;
        }, 1000);
      };
    },
    [listeners],
  );
  const live = useMemo(() => ({ connection, subscribe }), [connection, subscribe]);
  return <LiveContext.Provider value={live}>{children}</LiveContext.Provider>;
}

/**
 * Hears every frame for this person while the component is shown, and says how well it hears. `onReconnect` is called
 * when frames may have been missed; by default the page then reads again.
 */
export function useLive({
  onFrame,
  onReconnect,
}: {
  onFrame: (frame: LiveFrame) => void;
  onReconnect?: () => void;
}): Connection {
  const { connection, subscribe } = useContext(LiveContext);
  const { revalidate } = useRevalidator();
  const latest = useRef<Listener>({ onFrame, onReconnect: onReconnect ?? revalidate });
  useEffect(() => {
    latest.current = { onFrame, onReconnect: onReconnect ?? revalidate };
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

/** Opens the socket as soon as its code is here. */
function openSocket({
  listeners,
  setConnection,
}: {
  listeners: ReadonlySet<Listener>;
  setConnection: (connection: Connection) => void;
}): { end: () => void } {
  let hangUp: (() => void) | null = null;
  let isOver = false;

  async function start(): Promise<void> {
    const { default: ReconnectingSocket } = await import('partysocket/ws');
    if (isOver) return;
    const socket = new ReconnectingSocket(`${location.origin.replace(/^http/, 'ws')}/live`, null, {
      // Asked for before each try: full jitter, so that not everybody comes back in the same second.
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
    const line = openLine({
      socket,
      later: (act, milliseconds) => {
        const timer = setTimeout(act, milliseconds);
        return () => clearTimeout(timer);
      },
      random: Math.random,
      isOnline: () => navigator.onLine,
      isVisible: () => document.visibilityState === 'visible',
      onFrame: (frame) => {
        // Nothing on this page is theirs any more.
        if (frame.type === 'signed-out') location.assign('/');
        else for (const listener of listeners) listener.onFrame(frame);
      },
      onOpen: () => {
        for (const listener of listeners) listener.onReconnect();
      },
      onConnection: setConnection,
    });
    const look = () => {
      if (document.visibilityState === 'visible') line.wake();
    };
    document.addEventListener('visibilitychange', look);
    addEventListener('online', look);
    addEventListener('offline', look);
    hangUp = () => {
      document.removeEventListener('visibilitychange', look);
      removeEventListener('online', look);
      removeEventListener('offline', look);
      line.end();
    };
  }

  // Without its code there is no line; the page still reads with every visit and every act.
  start().catch(() => setConnection('offline'));
  return {
    end() {
      isOver = true;
      hangUp?.();
    },
  };
}
