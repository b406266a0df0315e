import { useCallback, useEffect, useState } from 'react';
import { load } from '~/components/waking';
import type { FindingGroup } from './findings';
import { forgetErrors, type RecentError, readErrors } from './recent-errors';
import type { Repaired } from './repair.client';

/** A photo on this device that Echoes does not have yet. */
export interface UnsentPhoto {
  id: string;
  name: string;
}

/** What is known of this browser; `groups` is null until it has been looked at for the first time. */
interface Diagnostics {
  groups: readonly FindingGroup[] | null;
  errors: readonly RecentError[];
  /** Null where their store cannot be opened. */
  unsent: readonly UnsentPhoto[] | null;
  /** When it was looked at, in ms since 1970. */
  at: number;
}

const nothingYet: Diagnostics = { groups: null, errors: [], unsent: [], at: 0 };

/**
 * Looks at this browser once it is shown, and again when asked. `isWaiting` is true while a script that is needed for
 * that has not loaded, and is requested again.
 */
export function useDiagnostics() {
  const [known, setKnown] = useState(nothingYet);
  const [repaired, setRepaired] = useState<Repaired | null>(null);
  const [busy, setBusy] = useState(true);
  const [isWaiting, setWaiting] = useState(false);

  const look = useCallback(async ({ tapped, signal }: { tapped: boolean; signal?: AbortSignal }) => {
    setBusy(true);
    // Both have been loaded before a tap can come: the tap still counts when sound is started.
    const order = { signal, onLost: () => setWaiting(true) };
    const scripts = await Promise.all([
      load(() => import('./examine.client'), order),
      load(() => import('./repair.client'), order),
      // Rejects only when the page is left while a script loads.
    ]).catch(() => null);
    if (scripts === null) return;
    const [{ examine }, { takeOutcome, unsentPhotos }] = scripts;
    setWaiting(false);
    setRepaired((before) => takeOutcome() ?? before);
    const [groups, unsent] = await Promise.all([examine({ tapped }), unsentPhotos()]);
    setKnown({ groups, unsent, errors: storedErrors(), at: Date.now() });
    setBusy(false);
  }, []);

  useEffect(() => {
    const leaving = new AbortController();
    void look({ tapped: false, signal: leaving.signal });
    return () => leaving.abort();
  }, [look]);

  return {
    ...known,
    repaired,
    busy,
    isWaiting,
    look,
    async repair(removeUnsent: boolean) {
      setBusy(true);
      const { reloadWith, repair } = await load(() => import('./repair.client'));
      reloadWith(await repair({ removeUnsent }));
    },
    forget() {
      try {
        forgetErrors(localStorage);
      } catch {
        // A browser that forbids the store has kept none.
      }
      setKnown((before) => ({ ...before, errors: [] }));
    },
  };
}

function storedErrors(): RecentError[] {
  try {
    return readErrors(localStorage);
  } catch {
    return [];
  }
}
