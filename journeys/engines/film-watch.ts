// Watches a film frame by frame from inside its page, by features that every engine has.
import type { Person } from './person.ts';

/** The observations of one clip while it played. */
interface ClipSeen {
  clip: string;
  /** Frames of the page in which its video stood on top, in a film that filled the window. */
  videoFrames: number;
  /** The first and the last moment of the video that stood on top, in seconds. */
  fromSeconds: number;
  toSeconds: number;
}

/** The observations so far. */
export interface FilmSeen {
  /** Every state the film went through, in order. */
  states: string[];
  /** In the order in which they played. */
  clips: ClipSeen[];
  frames: number;
  /** Frames while playing whose picture a canvas could read. */
  readFrames: number;
  /** Frames while playing in which neither video nor photo was on top, or what was on top was black. */
  darkFrames: string[];
  /** How far the audio clock went while music was sounding, in seconds. */
  musicSeconds: number;
  /** The sounds that play now. */
  sounding: number;
}

/** Begins to watch the one film on the page and to listen to its music. */
export function watchFilm(person: Person): Promise<void> {
  return person.evaluate(() => {
    const seen: FilmSeen = {
      states: [],
      clips: [],
      frames: 0,
      readFrames: 0,
      darkFrames: [],
      musicSeconds: 0,
      sounding: 0,
    };
    Object.assign(window, { filmSeen: seen });

    const sounds = new Set<AudioBufferSourceNode>();
    const { start } = AudioBufferSourceNode.prototype;
    AudioBufferSourceNode.prototype.start = function (this: AudioBufferSourceNode, ...moment) {
      sounds.add(this);
      this.addEventListener('ended', () => sounds.delete(this));
      return start.apply(this, moment);
    };

    const canvas = document.createElement('canvas');
    canvas.width = 8;
    canvas.height = 8;
    const painter = canvas.getContext('2d', { willReadFrequently: true });
    function isBlack(picture: HTMLVideoElement | HTMLImageElement): boolean {
      if (!painter) throw new Error('No canvas');
      painter.clearRect(0, 0, 8, 8);
      painter.drawImage(picture, 0, 0, 8, 8);
      const { data } = painter.getImageData(0, 0, 8, 8);
      // A busy WebKitGTK gives a canvas nothing of a video that it shows: screenshots tell whether the film is dark then.
      if (data.every((value) => value === 0)) return false;
      seen.readFrames++;
      return data.every((value, index) => index % 4 === 3 || value < 12);
    }

    function onTop(film: Element): HTMLVideoElement | HTMLImageElement | null {
      const found: { picture: HTMLVideoElement | HTMLImageElement; height: number }[] = [];
      for (const picture of film.querySelectorAll<HTMLVideoElement | HTMLImageElement>('video, img')) {
        if (picture.getClientRects().length === 0) continue;
        let opacity = 1;
        let height = 0;
        for (let each: Element | null = picture; each && each !== film; each = each.parentElement) {
          const style = getComputedStyle(each);
          opacity *= Number(style.opacity);
          height = Math.max(height, Number(style.zIndex) || 0);
        }
        if (opacity >= 0.5) found.push({ picture, height });
      }
      return found.sort((a, b) => b.height - a.height)[0]?.picture ?? null;
    }

    function fillsWindow(film: Element): boolean {
      const { width, height } = film.getBoundingClientRect();
      // Some browsers keep a scroll bar beside it.
      return width > innerWidth - 20 && height > innerHeight - 20;
    }

    function look(picture: HTMLVideoElement | HTMLImageElement): string {
      return picture instanceof HTMLVideoElement
        ? `video at ${picture.currentTime} s, state ${picture.readyState}, seeking ${picture.seeking}`
        : `photo, complete ${picture.complete}`;
    }

    function watch() {
      // The player replaces the poster of a shared film when the film starts.
      const film = document.querySelector<HTMLElement>('[data-film-state]');
      if (film) note(film);
      requestAnimationFrame(watch);
    }
    function note(film: HTMLElement) {
      const { filmState: state = '', filmClip: clip = '' } = film.dataset;
      if (seen.states.at(-1) !== state) seen.states.push(state);
      const heard = [...sounds].filter(
        ({ context, buffer }) => context.state === 'running' && (buffer?.duration ?? 0) > 1,
      );
      seen.sounding = heard.length;
      for (const { context } of heard) seen.musicSeconds = Math.max(seen.musicSeconds, context.currentTime);
      if (state === 'playing') {
        seen.frames++;
        const picture = onTop(film);
        if (!picture || (seen.frames % 3 === 0 && isBlack(picture)))
          seen.darkFrames.push(`frame ${seen.frames} of clip ${clip}: ${picture ? look(picture) : 'no picture'}`);
        let last = seen.clips.at(-1);
        if (last?.clip !== clip) {
          last = { clip, videoFrames: 0, fromSeconds: 0, toSeconds: 0 };
          seen.clips.push(last);
        }
        if (picture instanceof HTMLVideoElement && fillsWindow(film)) {
          if (last.videoFrames === 0) last.fromSeconds = picture.currentTime;
          last.toSeconds = picture.currentTime;
          last.videoFrames++;
        }
      }
    }
    watch();
  });
}

/** Returns the observations so far. */
export function filmSeen(person: Person): Promise<FilmSeen> {
  return person.evaluate(() => (window as unknown as { filmSeen: FilmSeen }).filmSeen);
}
