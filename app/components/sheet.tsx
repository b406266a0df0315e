import { type ReactNode, useEffect, useRef, useState } from 'react';
import { IconButton } from './button';

/**
 * A sheet over the page: from below on a phone, at the side or in the middle on a wide screen. It is modal: the page
 * behind is inert, Escape and a tap outside close it, and the focus goes back to the element that had it before.
 */
export function Sheet({
  open,
  onClose,
  title,
  place = 'beside',
  children,
}: {
  open: boolean;
  onClose: () => void;
  title: string;
  place?: 'beside' | 'middle';
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
      onClick={(event) => event.target === event.currentTarget && onClose()}
    >
      {/* Fills the dialog, so that a click whose target is the dialog is one on the backdrop. */}
      <div className="flex min-h-full flex-col gap-4 p-4 md:p-6">
        <div className="flex items-center justify-between gap-4">
          <h2 ref={heading} tabIndex={-1} className="text-25 outline-none">
            {title}
          </h2>
          <IconButton icon="x" label="Close" onClick={onClose} className="-me-2" />
        </div>
        {open && children}
      </div>
    </dialog>
  );
}
