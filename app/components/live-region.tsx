import { createContext, type ReactNode, useCallback, useContext, useState } from 'react';

const Announce = createContext<(words: string) => void>(() => {});

/** Announces words to screen readers, politely: `announce('Clip 2 is ready')`. */
export function useAnnounce(): (words: string) => void {
  return useContext(Announce);
}

/** The page's one polite live region, for `useAnnounce` in all its children. */
export function LiveRegion({ children }: { children: ReactNode }) {
  // The count makes a repeated announcement a change, so that it is spoken again.
  const [said, setSaid] = useState({ words: '', count: 0 });
  const announce = useCallback((words: string) => setSaid(({ count }) => ({ words, count: count + 1 })), []);
  return (
    <Announce.Provider value={announce}>
      {children}
      <div role="status" className="sr-only">
        <span key={said.count}>{said.words}</span>
      </div>
    </Announce.Provider>
  );
}
