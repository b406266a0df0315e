import type { SequentialPlayer } from './film-state';
import { type Bookmark, momentOf, type Timeline } from './timeline';

const key = () => `bookmark ${location.pathname}`;

/**
 * Keeps a bookmark of the film whenever the page is put away: a phone may close it without a word, and load it again
 * when the person comes back. Call the returned function when the film is left on purpose: it is then forgotten.
 */
export function keepBookmark(player: Pick<SequentialPlayer, 'bookmark'>): () => void {
  const listening = new AbortController();
  const save = () => store(player.bookmark());
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && save(), listening);
  window.addEventListener('pagehide', save, listening);
  return () => {
    listening.abort();
    store(null);
  };
}

/** The moment of the film at which this page was put away last; null when there is none. */
export function bookmarkedMoment(timeline: Timeline): number | null {
  try {
    const { clipId, seconds } = JSON.parse(sessionStorage.getItem(key()) ?? '{}') as Partial<Bookmark>;
    return clipId !== undefined && typeof seconds === 'number' ? momentOf(timeline, { clipId, seconds }) : null;
  } catch {
    return null;
  }
}

function store(bookmark: Bookmark | null) {
  try {
    if (bookmark) sessionStorage.setItem(key(), JSON.stringify(bookmark));
    else sessionStorage.removeItem(key());
  } catch {
    // Without storage the film begins anew.
  }
}
