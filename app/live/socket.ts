import { load } from '~/components/waking';
import type { SocketOptions } from './live-connection';

/** Opens a socket to a path of this origin once its script is loaded, and keeps it open until `end`. */
export function openSocket(options: SocketOptions): { end: () => void } {
  let close: (() => void) | null = null;
  let isOver = false;

  async function start(): Promise<void> {
    const { connect } = await load(() => import('./open-socket'));
    if (!isOver) close = connect(options);
  }

  // Without its script there is no live connection; the page still loads again at each navigation and action.
  start().catch(() => options.onConnection('offline'));
  return {
    end() {
      isOver = true;
      close?.();
    },
  };
}
