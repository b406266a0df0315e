import { useEffect, useRef, useState } from 'react';
import type { LiveFrame } from '~/live/frames';
import type { Connection } from '~/live/live-connection';
import { openSocket } from '~/live/socket';
import { tailHeartbeatSeconds } from './logbook';

/** A line as the page shows it; `key` numbers the lines of this page. */
export type TailLine = (LiveFrame & { type: 'log' })['lines'][number] & { key: number };

/** Lines that the page holds; older ones are dropped from the page. */
const mostHeld = 500;

/** Receives the log while the component is mounted, newest line first. `isPaused` freezes the list. */
export function useTail({ isPaused }: { isPaused: boolean }) {
  const [lines, setLines] = useState<TailLine[]>([]);
  const [leftOut, setLeftOut] = useState(0);
  const [connection, setConnection] = useState<Connection>('reconnecting');
  const paused = useRef(isPaused);
  const waiting = useRef<TailLine[]>([]);
  const count = useRef(0);

  useEffect(() => {
    paused.current = isPaused;
    if (isPaused) return;
    const held = waiting.current;
    waiting.current = [];
    if (held.length > 0) setLines((lines) => [...held, ...lines].slice(0, mostHeld));
  }, [isPaused]);

  useEffect(() => {
    const onFrame = (frame: LiveFrame) => {
      if (frame.type !== 'log') return;
      const received = frame.lines.map((line) => ({ ...line, key: ++count.current })).reverse();
      setLeftOut((before) => before + frame.leftOut);
      if (paused.current) waiting.current = [...received, ...waiting.current].slice(0, mostHeld);
      else setLines((lines) => [...received, ...lines].slice(0, mostHeld));
    };
    // The server sends lines only while heartbeats arrive.
    const heartbeat = () =>
      void fetch('/admin/log/heartbeat', { method: 'POST', body: new URLSearchParams() }).catch(() => {});
    heartbeat();
    const timer = setInterval(heartbeat, tailHeartbeatSeconds * 1000);
    const socket = openSocket({ path: '/live?tail', onFrame, onOpen: heartbeat, onConnection: setConnection });
    return () => {
      clearInterval(timer);
      socket.end();
    };
  }, []);

  const clear = () => {
    waiting.current = [];
    setLines([]);
    setLeftOut(0);
  };
  return { lines, leftOut, connection, clear };
}
