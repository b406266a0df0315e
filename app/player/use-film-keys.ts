import { useEffect, useRef } from 'react';
import { type FilmKey, keyOf } from './film-state';

/** Handles the film's keys on the whole window while `on`. */
export function useFilmKeys(on: boolean, acts: Record<FilmKey, () => void>) {
  const latest = useRef(acts);
  latest.current = acts;
  useEffect(() => {
    if (!on) return;
    const listen = (event: KeyboardEvent) => {
      const key = keyOf(event);
      // Keys belong to a sheet that lies over the film.
      if (key === null || document.querySelector('dialog.sheet[open]')) return;
      event.preventDefault();
      latest.current[key]();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [on]);
}
