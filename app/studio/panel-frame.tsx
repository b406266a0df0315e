import { type ReactNode, useEffect, useRef, useSyncExternalStore } from 'react';
import { Sheet, SheetBody, SheetHead } from '~/components/sheet';

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

interface FrameProps {
  title: string;
  /** Buttons in the head, before "Close". */
  actions: ReactNode;
  onClose: () => void;
  children: ReactNode;
}

/** The panel's frame: a sheet on a phone, a column beside the page on a wide screen. */
export function PanelFrame(props: FrameProps) {
  return useWide() ? <Beside {...props} /> : <Sheet open {...props} />;
}

function Beside({ title, actions, onClose, children }: FrameProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const latest = useRef(onClose);
  useEffect(() => {
    latest.current = onClose;
  });
  useEffect(() => {
    const from = document.activeElement;
    heading.current?.focus({ preventScroll: true });
    // Escape closes the column as it closes a sheet, wherever the focus is, unless it belongs to what lies over the page.
    const listening = new AbortController();
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('dialog[open]')) return;
      latest.current();
    };
    document.addEventListener('keydown', onKey, listening);
    return () => {
      listening.abort();
      if (from instanceof HTMLElement && from.isConnected) from.focus({ preventScroll: true });
    };
  }, []);
  return (
    <aside
      aria-label={title}
      className="fixed inset-y-0 end-0 z-20 flex w-[30rem] flex-col border-s border-line bg-raised transition duration-[240ms] starting:translate-x-8 starting:opacity-0"
    >
      <SheetHead title={title} heading={heading} actions={actions} onClose={onClose} />
      <SheetBody>{children}</SheetBody>
    </aside>
  );
}
