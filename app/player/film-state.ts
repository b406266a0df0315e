// What every page around a film does alike, with or without React.
import type { FilmMoment, FilmState } from './sequential-player.client';

/** What the keyboard can do to a film. */
export type FilmKey = 'toggle' | 'back' | 'on' | 'first' | 'last' | 'mute' | 'fullscreen' | 'leave';

/** What a key means to a film that is all there is on the page; null for keys that mean something else. */
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

/** Fills the hairlines without React: it happens every frame. */
export function drawBars(bars: HTMLElement | null, { index, progress }: FilmMoment): void {
  for (const [place, bar] of Array.from(bars?.children ?? []).entries()) {
    const filled = place < index ? 1 : place > index ? 0 : progress;
    const line = bar.firstElementChild;
    if (line instanceof HTMLElement) line.style.transform = `scaleX(${filled})`;
  }
}

/** What somebody who listens to the page hears of a film. */
export function saying({ state, index, count }: { state: FilmState; index: number; count: number }): string {
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

/** In and out of the whole screen, where the browser has such a thing. */
export function toggleFullscreen(element: HTMLElement | null): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  else element?.requestFullscreen?.().catch(() => undefined);
}
