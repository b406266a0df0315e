import { unlockVideo } from './film-media';
import type { MediaPart, Opened } from './media-cache.client';
import { cropAt, sizeFor, transformFor } from './still-motion';
import type { Segment } from './timeline';

/** How a layer is drawn. `localSeconds` counts from the start of its segment. */
export interface LayerLook {
  opacity: number;
  above: boolean;
  localSeconds: number;
  /** False for a person who asked for less motion: photos then stand still. */
  moving: boolean;
}

/** `refused`: the browser wants a tap first. `broken`: this video does not play in this browser. */
export type Started = 'playing' | 'refused' | 'broken';

/** Brings one of a segment's files into memory. */
export type OpenPart = (part: MediaPart) => Promise<Opened>;

/** A video whose first picture has not come by then is shown as its photo. */
const mostPrimingMs = 10_000;
/** The same for a video that was primed and is told to play. */
const mostStartingMs = 3000;
const mostSeekingMs = 3000;
/** A photo that takes longer to decode is shown when the browser has it. */
const mostDecodingMs = 3000;
/** So often a picture may stop within one second of its video. */
const mostStops = 2;
/** `readyState` of a video that has a picture. */
const haveCurrentData = 2;

/**
 * One of the two layers of the film: a muted inline video and an image, one of which shows a segment. While one layer
 * is visible the other is filled and primed, so that a cut is only a change of opacity. `onBroken` tells that the video
 * of a ready layer cannot go on.
 */
export function createLayer({ video, onBroken }: { video: HTMLVideoElement; onBroken: (layer: Layer) => void }) {
  const element = document.createElement('div');
  element.className = 'film-layer';
  const image = document.createElement('img');
  image.alt = '';
  for (const part of [video, image]) element.appendChild(part);

  let filling = new AbortController();
  let segment: Segment | null = null;
  let shows: 'nothing' | MediaPart = 'nothing';
  let priming = false;
  /** The seconds of the video at which its picture stopped lately. */
  let stops: number[] = [];

  function clear() {
    filling.abort();
    filling = new AbortController();
    layer.ready = false;
    layer.held = false;
    segment = null;
    shows = 'nothing';
    priming = false;
    stops = [];
    element.style.opacity = '0';
    image.removeAttribute('src');
    image.hidden = true;
    emptyVideo();
  }

  /** Gives the decoder and its memory back. */
  function emptyVideo() {
    video.pause();
    video.hidden = true;
    video.removeAttribute('src');
    video.load();
  }

  /** Plays, pauses and seeks. Nothing is awaited before `play()`: on a phone nothing is loaded before it. */
  async function prime(url: string, atSeconds: number, signal: AbortSignal): Promise<Started> {
    video.hidden = false;
    video.src = url;
    video.playbackRate = 1;
    const started = await startOf(video);
    if (started !== 'playing' || signal.aborted) return started;
    video.pause();
    await moveTo(atSeconds, signal);
    await pictured(video);
    return video.error ? 'broken' : 'playing';
  }

  async function moveTo(localSeconds: number, signal: AbortSignal): Promise<void> {
    const seeked = eventOf(video, 'seeked', signal);
    const lastSecond = Number.isFinite(video.duration) ? Math.max(0, video.duration - 0.05) : localSeconds;
    video.currentTime = Math.min(localSeconds, lastSecond);
    await within(mostSeekingMs, seeked, undefined);
  }

  /** Shows the segment's photo; until it is decoded, what is shown stays. */
  async function showPhoto(open: OpenPart, signal: AbortSignal): Promise<void> {
    const photo = await open('photo');
    if (signal.aborted || !segment) return;
    Object.assign(image.style, sizeFor(segment.motion.from));
    if (photo.ok) image.src = photo.url;
    await within(
      mostDecodingMs,
      image.decode().catch(() => undefined),
      undefined,
    );
    if (signal.aborted) return;
    shows = 'photo';
    image.hidden = false;
    layer.ready = true;
    emptyVideo();
  }

  const layer = {
    element,
    /** True once its segment can be shown at once. */
    ready: false,
    /** True while it shows a photo only because the browser wants a tap before it plays a video. */
    held: false,
    /** The segment it shows or is being filled with; -1 for none. */
    get index() {
      return segment?.index ?? -1;
    },

    /**
     * Fills the layer with a segment, at `atSeconds` of it. Returns the video's true length, or null for a photo, also
     * for one in place of a video that does not play. A newer fill may take the layer meanwhile: compare `index`.
     */
    async fill(wanted: Segment, atSeconds: number, open: OpenPart): Promise<number | null> {
      clear();
      segment = wanted;
      const { signal } = filling;
      if (wanted.kind === 'video') {
        const file = await open('video');
        if (signal.aborted) return null;
        priming = true;
        const started = file.ok ? await within(mostPrimingMs, prime(file.url, atSeconds, signal), 'broken') : 'broken';
        if (signal.aborted) return null;
        priming = false;
        if (started === 'playing') {
          shows = 'video';
          layer.ready = true;
          return video.duration;
        }
        layer.held = started === 'refused';
      }
      await showPhoto(open, signal);
      return null;
    },

    /** Replaces a video that cannot continue by its photo, without waiting for the decoding. */
    async giveWay(open: OpenPart): Promise<void> {
      await showPhoto(open, filling.signal);
    },

    /** The second of its segment that its video shows; null for a photo, and for a video that has come to its end. */
    playhead(): number | null {
      return shows === 'video' && !video.ended && !video.error ? video.currentTime : null;
    },

    /** False when a video has lost its picture: phones take it from a page that is put away. */
    intact(): boolean {
      return shows !== 'video' || (!video.error && video.readyState >= haveCurrentData);
    },

    /** Sets it moving, a video at `rate`. */
    async play({ rate = 1 } = {}): Promise<Started> {
      if (layer.held) return 'refused';
      // A video at its end would begin anew.
      if (shows !== 'video' || video.ended || video.error) return 'playing';
      video.playbackRate = rate;
      return within(mostStartingMs, startOf(video), 'broken');
    },

    pause() {
      // Priming pauses by itself.
      if (!priming) video.pause();
    },

    /** Inside a tap: from then on its video may be played at any time. */
    unlock() {
      if (priming) video.play().catch(() => undefined);
      else unlockVideo(video);
    },

    /** Notes that its picture has stopped; true when that happens too often to go on with the video. */
    stopsOften(): boolean {
      const { currentTime } = video;
      stops = [...stops.filter((at) => at <= currentTime && currentTime - at < 1), currentTime];
      return stops.length > mostStops;
    },

    /** Moves within its segment; resolves when the picture is there. */
    async seek(localSeconds: number): Promise<void> {
      if (shows === 'video') await moveTo(localSeconds, filling.signal);
    },

    draw({ opacity, above, localSeconds, moving }: LayerLook) {
      element.style.opacity = String(opacity);
      element.style.zIndex = above ? '2' : '1';
      if (shows !== 'photo' || !segment) return;
      const { motion, crop, durationSeconds } = segment;
      image.style.transform = transformFor(moving ? cropAt(motion, localSeconds / durationSeconds) : crop, motion.from);
    },

    clear,
  };
  video.addEventListener('error', () => shows === 'video' && onBroken(layer));
  clear();
  return layer;
}

export type Layer = ReturnType<typeof createLayer>;

/** Calls `play()` and says how it went. A start that something else stopped counts as refused: a tap repeats it. */
function startOf(video: HTMLVideoElement): Promise<Started> {
  return video.play().then(
    () => 'playing',
    ({ name }: DOMException) => (name === 'NotAllowedError' || name === 'AbortError' ? 'refused' : 'broken'),
  );
}

/** A frame has been handed to the screen. Without the callback, and where it has been already, a moment is enough. */
function pictured(video: HTMLVideoElement): Promise<void> {
  return new Promise((resolve) => {
    video.requestVideoFrameCallback?.(() => resolve());
    setTimeout(resolve, 100);
  });
}

/** The promise's outcome, or `otherwise` when it takes longer than `milliseconds`. */
function within<Outcome>(milliseconds: number, promise: Promise<Outcome>, otherwise: Outcome): Promise<Outcome> {
  return Promise.race([
    promise,
    new Promise<Outcome>((resolve) => {
      setTimeout(resolve, milliseconds, otherwise);
    }),
  ]);
}

/** Resolves with the event, with an error of the element, and when `signal` says so. */
function eventOf(target: HTMLMediaElement, name: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const over = new AbortController();
    const end = () => {
      over.abort();
      resolve();
    };
    target.addEventListener(name, end, over);
    target.addEventListener('error', end, over);
    signal.addEventListener('abort', end, over);
  });
}
