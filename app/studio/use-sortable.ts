import { type ComponentType, useEffect, useState } from 'react';
import { load } from '~/components/waking';
import type { SortableProps } from './strip-sortable';

/** The draggable list once its script is loaded and the list does not have the focus; null until then. */
export function useSortable(list: { readonly current: HTMLElement | null }): ComponentType<SortableProps> | null {
  const [Sortable, setSortable] = useState<ComponentType<SortableProps> | null>(null);
  useEffect(() => {
    const leaving = new AbortController();
    load(() => import('./strip-sortable'), { signal: leaving.signal }).then(
      ({ SortableCards }) => {
        const takeOver = () => {
          if (leaving.signal.aborted || list.current?.contains(document.activeElement)) return;
          setSortable(() => SortableCards);
          leaving.abort();
        };
        list.current?.addEventListener('focusout', () => setTimeout(takeOver), { signal: leaving.signal });
        takeOver();
        // Rejects only when the page is left while the script loads.
      },
      () => undefined,
    );
    return () => leaving.abort();
  }, [list]);
  return Sortable;
}
