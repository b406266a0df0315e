import { type ReactNode, useEffect, useRef, useSyncExternalStore } from 'react';
import { IconButton } from '~/components/button';
import { Sheet } from '~/components/sheet';

const wideQuery = '(min-width: 72rem)';

/** True on a screen with room for the panel beside the strip. */
function useWide(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const query = matchMedia(wideQuery);
      query.addEventListener('change', changed);
      return () => query.removeEventListener('change', changed);
    },
    () => matchMedia(wideQuery).matches,
    () => false,
  );
}

/** The panel's frame: a sheet on a phone, a column beside the page on a wide screen. */
export function PanelFrame({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const wide = useWide();
  if (!wide)
    return (
      <Sheet open onClose={onClose} title={title}>
        {children}
      </Sheet>
    );
  return (
    <Beside title={title} onClose={onClose}>
      {children}
    </Beside>
  );
}

function Beside({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const from = document.activeElement;
    heading.current?.focus({ preventScroll: true });
    return () => {
      if (from instanceof HTMLElement && from.isConnected) from.focus({ preventScroll: true });
    };
  }, []);
  return (
    // Escape closes the column as it closes a sheet.
    <aside
      aria-label={title}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
      className="fixed inset-y-0 end-0 z-20 flex w-[30rem] flex-col gap-4 overflow-y-auto border-s border-line bg-raised p-6 pb-0 transition duration-[240ms] starting:translate-x-8 starting:opacity-0"
    >
      <div className="flex items-center justify-between gap-4">
        <h2 ref={heading} tabIndex={-1} className="text-25 outline-none">
          {title}
        </h2>
        <IconButton icon="x" label="Close" onClick={onClose} className="-me-2" />
      </div>
      {children}
    </aside>
  );
}
