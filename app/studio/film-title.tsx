import { useEffect, useRef, useState } from 'react';
import { Icon } from '~/components/icon';
import { isComposing, typedText } from '~/components/written';
import { maxTitleLength } from '~/projects/projects-page';

/** The film's title as a field of its own: Enter or leaving it saves, Escape restores the old title. */
export function FilmTitle({ title, onChange }: { title: string; onChange: (title: string) => void }) {
  const [text, setText] = useState(title);
  const editing = useRef(false);
  useEffect(() => {
    if (!editing.current) setText(title);
  }, [title]);
  const keep = () => {
    // Escape has restored the old title already.
    if (!editing.current) return;
    editing.current = false;
    const wanted = text.trim();
    if (wanted === '' || wanted === title) setText(title);
    else onChange(wanted);
  };
  return (
    <h1 className="relative min-w-0">
      <input
        dir="auto"
        aria-label="Title of the film"
        value={text}
        enterKeyHint="done"
        autoComplete="off"
        onFocus={() => {
          editing.current = true;
        }}
        {...typedText(maxTitleLength, setText)}
        onBlur={keep}
        onKeyDown={(event) => {
          // Enter and Escape of an input method choose and dismiss its candidates.
          if (isComposing(event)) return;
          if (event.key === 'Escape') {
            setText(title);
            editing.current = false;
          }
          if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur();
        }}
        className="peer -mx-2 md:text-32 min-h-12 w-[calc(100%+1rem)] min-w-0 truncate rounded-control bg-transparent pr-10 pl-2 font-title text-25 hover:bg-raised focus:bg-raised"
      />
      <Icon
        name="pencil"
        size={16}
        className="pointer-events-none absolute end-1 top-1/2 -translate-y-1/2 text-quiet peer-focus:hidden"
      />
    </h1>
  );
}
