import { useCallback, useEffect, useRef, useState } from 'react';

/** A sentence about what was done; `undo` takes it back if it can be taken back. */
export interface Note {
  words: string;
  undo: (() => void) | null;
}

const shownMilliseconds = 6000;

/** The newest note, shown for six seconds, and longer while it has the pointer or the focus. */
export function useNote() {
  const [note, setNote] = useState<Note | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const dismiss = useCallback(() => setNote(null), []);
  const wait = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(dismiss, shownMilliseconds);
  }, [dismiss]);
  const say = useCallback(
    (words: string, undo: (() => void) | null = null) => {
      setNote({ words, undo });
      wait();
    },
    [wait],
  );
  const hold = useCallback(() => clearTimeout(timer.current), []);
  useEffect(() => hold, [hold]);
  return { note, say, dismiss, hold, wait };
}

/** The live region of the notes, rendered without a note too so that screen readers hear the next one. */
export function NotePlace({
  notes: { note, dismiss, hold, wait },
  className = '',
}: {
  notes: ReturnType<typeof useNote>;
  className?: string;
}) {
  return (
    <div role="status" className={className}>
      {note && (
        // biome-ignore lint/a11y/noStaticElementInteractions: the pointer only keeps the note on the screen
        <div
          key={note.words}
          onPointerEnter={hold}
          onPointerLeave={wait}
          onFocus={hold}
          onBlur={wait}
          className="room mx-auto flex min-h-14 w-full max-w-[26rem] items-center gap-3 rounded-control border border-line py-1.5 ps-4 pe-2 text-15 shadow-float transition duration-[240ms] starting:translate-y-3 starting:opacity-0"
        >
          <span className="grow">{note.words}</span>
          {note.undo && (
            <button
              type="button"
              onClick={() => {
                note.undo?.();
                dismiss();
              }}
              className="min-h-11 shrink-0 rounded-control px-4 font-semibold text-light transition hover:bg-line"
            >
              Undo
            </button>
          )}
        </div>
      )}
    </div>
  );
}
