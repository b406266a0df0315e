import { type ReactNode, useEffect, useRef, useState } from 'react';
import { IconButton } from './button';

/**
 * A sheet over the page: from below on a phone, beside or in the middle on a wide screen. Modal: the page behind is
 * inert, Escape and a tap outside close it, and focus goes back to where it came from.
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
  // A page may arrive with its sheet open: then it stands there before any script runs, and becomes modal here.
  const [arrivedOpen] = useState(open);
  useEffect(() => {
    const element = dialog.current;
    if (!element || element.matches(':modal') === open) return;
    if (!open) return element.close();
    element.removeAttribute('open');
    element.showModal();
    // Not the first control: on a phone that would bring up the keyboard, or offer to close what was just opened.
    heading.current?.focus();
  }, [open]);

  return (
    // The keyboard closes it with Escape, which the dialog itself reports as `close`.
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click on the backdrop is the pointer's way to say Escape
    <dialog
      ref={dialog}
      open={arrivedOpen}
      aria-label={title}
      data-place={place}
      className="sheet"
      // Only what the person did: when the page closes it, the page knows.
      onClose={() => open && onClose()}
      onClick={(event) => event.target === event.currentTarget && onClose()}
    >
      {/* Fills the dialog, so that only the backdrop is a click on the dialog itself. */}
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
