import { useMatches, useNavigation, useRevalidator } from '@remix-run/react';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { createReloadQueue } from './reload-queue';

const Reload = createContext<() => Promise<void>>(() => Promise.resolve());

/**
 * Loads the page's data again; resolves when they are on the page. Many calls at once are one load, and one more if it
 * was under way. Every reload goes through here: two at a time break each other off.
 */
export function useReload(): () => Promise<void> {
  return useContext(Reload);
}

/** The one queue of reloads for all `useReload` below it. */
export function ReloadProvider({ children }: { children: ReactNode }) {
  const { revalidate } = useRevalidator();
  const { state } = useNavigation();
  // Every load that ends brings new matches. The revalidator's own state may go back to 'idle' before it is rendered.
  const loaded = useMatches();
  const [queue] = useState(() =>
    createReloadQueue({
      load: revalidate,
      later: (act, milliseconds) => {
        const timer = setTimeout(act, milliseconds);
        return () => clearTimeout(timer);
      },
    }),
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the new matches themselves are the news
  useEffect(() => queue.loaded(), [queue, loaded]);
  useEffect(() => queue.navigating(state !== 'idle'), [queue, state]);
  return <Reload.Provider value={queue.request}>{children}</Reload.Provider>;
}
