// What the pages around a film share, with or without React.
import type { FilmClip, SharedFilm } from '~/projects/share-views';
import type { FilmMedia } from './film-media';
import type { FilmTrack } from './music';
import type { Bookmark, Timeline } from './timeline';

export type FilmState = 'loading' | 'playing' | 'paused' | 'ended';

/** Where the film is, for what is drawn around it. `progress` (0..1) is within the clip. */
export interface FilmMoment {
  index: number;
  progress: number;
  timeSeconds: number;
}

/** What a player is made with. */
export interface FilmSettings {
  stage: HTMLElement;
  timeline: Timeline;
  track: FilmTrack | null;
  /** The moment of the film to begin with. */
  fromSeconds: number;
  /** Replaces fades by cuts, and lets photos stand still. */
  cuts: boolean;
  /** What was made in the tap that asked for the player, if any. */
  media?: FilmMedia | undefined;
  /** Brings fresh addresses when one was refused. */
  refreshClips: () => Promise<readonly FilmClip[]>;
  /** State or clip have changed. */
  onChange: (change: { state: FilmState; index: number }) => void;
  /** Called every frame. */
  onMoment: (moment: FilmMoment) => void;
}

export interface SequentialPlayer {
  /** Call inside a tap. Begins anew at the end. Where the browser refuses to play, the state is `paused` again. */
  play(): void;
  pause(): void;
  /** Goes to a moment of the film, playing or not as before. */
  seek(seconds: number): void;
  /** Goes to the start of a neighbouring clip. */
  step(by: number): void;
  mute(on: boolean): void;
  /** Where the film is, to resume there; null at its very start and at its end. */
  bookmark(): Bookmark | null;
  dispose(): void;
}

/** What the page of a shared film carries for its player. */
export interface SharedFilmData {
  film: SharedFilm;
  /** The link's token, for fresh addresses. */
  token: string;
  /** Proof of when the page was opened. */
  ticket: string;
}

/** What the keyboard can do to a film. */
export type FilmKey = 'toggle' | 'back' | 'on' | 'first' | 'last' | 'mute' | 'fullscreen' | 'leave';

/** What a key means to a film that fills the page; null for keys that mean something else. */
export function keyOf({ key, altKey, ctrlKey, metaKey, target }: KeyboardEvent): FilmKey | null {
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

/** Two taps within this time are one double tap. */
const doubleTapMs = 400;

/**
 * Returns a function that tells the second tap of a double tap, which must not undo the first. `tappedAt` is the time
 * stamp of an earlier tap.
 */
export function createTapFilter(tappedAt = Number.NEGATIVE_INFINITY) {
  let lastAt = tappedAt;
  return ({ detail, timeStamp }: Pick<MouseEvent, 'detail' | 'timeStamp'>): boolean => {
    // A key or a script that presses a button has no click count.
    if (detail === 0) return false;
    const isSecond = timeStamp - lastAt < doubleTapMs;
    if (!isSecond) lastAt = timeStamp;
    return isSecond;
  };
}

/** Fills the hairlines without React, since it happens every frame. */
export function drawBars(bars: HTMLElement | null, { index, progress }: FilmMoment): void {
  const lines = Array.from(bars?.children ?? []);
  const isOne = lines.length === 1;
  for (const [clip, line] of lines.entries()) {
    const whole = (index + progress) / Number(bars?.dataset.clips);
    const filled = isOne ? whole : clip < index ? 1 : clip > index ? 0 : progress;
    const bar = line.firstElementChild;
    if (bar instanceof HTMLElement) bar.style.transform = `scaleX(${filled})`;
  }
}

/** The film's state as a screen reader says it. */
export function spokenState({ state, index, count }: { state: FilmState; index: number; count: number }): string {
  switch (state) {
    case 'playing':
      return 'Playing';
    case 'loading':
      return 'One moment, the next picture is on its way';
    case 'paused':
      return `Paused at clip ${index + 1} of ${count}`;
    case 'ended':
      return 'The end';
    default:
      return state satisfies never;
  }
}

/** In and out of full screen, where the browser has it. */
export function toggleFullscreen(element: HTMLElement | null): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  else element?.requestFullscreen?.().catch(() => undefined);
}
