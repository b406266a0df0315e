import { useEffect, useRef } from 'react';

/** What the keyboard can do to a film. */
export type FilmKey = 'toggle' | 'back' | 'on' | 'first' | 'last' | 'mute' | 'fullscreen' | 'leave';

/** Listens to the whole window while `on`: the film is then all there is. */
export function useFilmKeys(on: boolean, acts: Record<FilmKey, () => void>) {
  const latest = useRef(acts);
  latest.current = acts;
  useEffect(() => {
    if (!on) return;
    const listen = (event: KeyboardEvent) => {
      const key = keyOf(event);
      if (key === null) return;
      event.preventDefault();
      latest.current[key]();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [on]);
}

function keyOf({ key, altKey, ctrlKey, metaKey, target }: KeyboardEvent): FilmKey | null {
  if (altKey || ctrlKey || metaKey) return null;
  switch (key) {
    case ' ':
      // A focused button already answers to the space bar.
      return target instanceof HTMLButtonElement ? null : 'toggle';
    case 'ArrowLeft':
      return 'back';
    case 'ArrowRight':
      return 'on';
    case 'Home':
      return 'first';
    case 'End':
      return 'last';
    case 'm':
    case 'M':
      return 'mute';
    case 'f':
    case 'F':
      return 'fullscreen';
    case 'Escape':
      // The browser leaves full screen by itself; the film stays.
      return document.fullscreenElement ? null : 'leave';
    default:
      return null;
  }
}
