import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { IconButton } from './button';
import { useSwipeDown } from './use-swipe-down';

/**
 * A sheet over the page: from below on a phone, at the side or in the middle on a wide screen, or over most of it. It is modal: the page
 * behind is inert. Escape, a tap outside, a swipe down and its button close it, and the focus goes back to the element
 * that had it before. Its head stays in view while its content scrolls.
 */
export function Sheet({
  open,
  onClose,
  title,
  place = 'beside',
  actions,
  children,
}: {
  open: boolean;
  onClose: () => void;
  title: string;
  place?: 'beside' | 'middle' | 'wide';
  /** Buttons in the head, before "Close". */
  actions?: ReactNode;
  children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  // A page may arrive with its sheet open: it is visible before any script runs, and becomes modal here.
  const [arrivedOpen] = useState(open);
  useEffect(() => {
    const element = dialog.current;
    if (!element || element.matches(':modal') === open) return;
    if (!open) return element.close();
    element.removeAttribute('open');
    element.showModal();
    // Focus on the first control would open the keyboard of a phone, or rest on "Close".
    heading.current?.focus();
  }, [open]);
  useSwipeDown(dialog, onClose);

  return (
    // Escape is reported by the dialog as `close`.
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click on the backdrop does what Escape does
    <dialog
      ref={dialog}
      open={arrivedOpen}
      aria-label={title}
      data-place={place}
      className="sheet"
      // Called when the person closes it, not when `open` becomes false.
      onClose={() => open && onClose()}
      // Head and body fill the dialog, so a click whose target is the dialog is one on the backdrop.
      onClick={(event) => event.target === event.currentTarget && onClose()}
    >
      <SheetHead title={title} heading={heading} actions={actions} onClose={onClose} />
      <SheetBody>{open && children}</SheetBody>
    </dialog>
  );
}

/** The head of a sheet: its title and its buttons, "Close" last. */
export function SheetHead({
  title,
  heading,
  actions,
  onClose,
}: {
  title: string;
  heading: RefObject<HTMLHeadingElement>;
  actions?: ReactNode;
  onClose: () => void;
}) {
  return (
    <div className="sheet-head flex shrink-0 items-center justify-between gap-2 ps-4 pe-2 pt-3 pb-2 md:ps-6 md:pe-4 md:pt-5">
      <h2 ref={heading} tabIndex={-1} className="min-w-0 text-20 wrap-anywhere outline-none md:text-25">
        {title}
      </h2>
      <div className="flex shrink-0 items-center">
        {actions}
        <IconButton icon="x" label="Close" onClick={onClose} />
      </div>
    </div>
  );
}

/** The part of a sheet that scrolls. */
export function SheetBody({ children }: { children: ReactNode }) {
  return (
    <div className="min-h-0 grow overflow-x-hidden overflow-y-auto overscroll-contain">
      <div className="flex min-h-full flex-col gap-4 px-4 pt-2 pb-[max(1rem,env(safe-area-inset-bottom))] md:px-6 md:pb-6">
        {children}
      </div>
    </div>
  );
}
