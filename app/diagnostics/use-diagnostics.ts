import { useCallback, useEffect, useState } from 'react';
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

/** Looks at this browser once it is shown, and again when asked. */
export function useDiagnostics() {
  const [known, setKnown] = useState(nothingYet);
  const [repaired, setRepaired] = useState<Repaired | null>(null);
  const [busy, setBusy] = useState(true);

  const look = useCallback(async ({ tapped }: { tapped: boolean }) => {
    setBusy(true);
    // Both have been loaded before a tap can come: the tap still counts when sound is started.
    const { examine } = await import('./examine.client');
    const { takeOutcome, unsentPhotos } = await import('./repair.client');
    setRepaired((before) => takeOutcome() ?? before);
    const [groups, unsent] = await Promise.all([examine({ tapped }), unsentPhotos()]);
    setKnown({ groups, unsent, errors: storedErrors(), at: Date.now() });
    setBusy(false);
  }, []);

  useEffect(() => {
    void look({ tapped: false });
  }, [look]);

  return {
    ...known,
    repaired,
    busy,
    look,
    async repair(removeUnsent: boolean) {
      setBusy(true);
      const { reloadWith, repair } = await import('./repair.client');
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
