import type { SequentialPlayer } from './film-state';
import { momentOf, type Place, type Timeline } from './timeline';

const key = () => `film-place ${location.pathname}`;

/**
 * Remembers where the film is whenever the page is put away: a phone may close it without a word, and load it again
 * when the person comes back. Call the returned function when the film is left on purpose: it is then forgotten.
 */
export function rememberPlace(player: Pick<SequentialPlayer, 'place'>): () => void {
  const listening = new AbortController();
  const save = () => store(player.place());
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && save(), listening);
  window.addEventListener('pagehide', save, listening);
  return () => {
    listening.abort();
    store(null);
  };
}

/** The moment of the film at which this page was put away last; null when there is none. */
export function rememberedMoment(timeline: Timeline): number | null {
  try {
    const { clipId, seconds } = JSON.parse(sessionStorage.getItem(key()) ?? '{}') as Partial<Place>;
    return clipId !== undefined && typeof seconds === 'number' ? momentOf(timeline, { clipId, seconds }) : null;
  } catch {
    return null;
  }
}

function store(place: Place | null) {
  try {
    if (place) sessionStorage.setItem(key(), JSON.stringify(place));
    else sessionStorage.removeItem(key());
  } catch {
    // Without storage the film begins anew.
  }
}
