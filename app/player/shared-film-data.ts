import type { SharedFilm } from '~/projects/share-views';

/** What the page of a shared film carries for its player. */
export interface SharedFilmData {
  film: SharedFilm;
  /** The link's token: where fresh addresses come from. */
  token: string;
  /** Proof of when the page was opened. */
  ticket: string;
}

/** What the page's own few lines leave for the player: the sound made in the tap, null where there is none. */
export interface SharedFilmWindow {
  filmAudio: AudioContext | null | undefined;
}
