import { Toaster, toast } from 'sonner';

/** Where the studio's notes appear: above the bar, gone after six seconds. */
export default function Toasts() {
  return (
    <Toaster
      position="bottom-center"
      duration={6000}
      offset={{ bottom: '1.5rem' }}
      mobileOffset={{ bottom: 'calc(5.5rem + env(safe-area-inset-bottom))' }}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            'room flex w-full items-center gap-4 rounded-control py-2 ps-4 pe-2 text-15 shadow-float md:w-[22rem] min-h-14',
          content: 'grow',
          actionButton: 'min-h-11 shrink-0 rounded-control px-4 font-semibold text-light hover:bg-line',
        },
      }}
    />
  );
}

/** Says what was done and offers the way back. */
export function showUndo(words: string, undo: () => void): void {
  toast(words, { action: { label: 'Undo', onClick: undo } });
}

/** Says what did not work. */
export function showProblem(words: string): void {
  toast(words);
}
