import { sizeFor, transformFor } from '~/photos/frame';
import { unlockVideo } from './film-media';
import type { MediaPart, Opened } from './media-cache.client';
import { cropAt } from './still-motion';
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

/** A video without its first picture by then is replaced by its photo. */
const mostPrimingMs = 10_000;
/** The same for `play()` of a primed video. */
const mostStartingMs = 3000;
const mostSeekingMs = 3000;
/** A photo that takes longer to decode is shown undecoded; sooner in place of a video that has broken. */
const mostDecodingMs = 3000;
const mostDecodingInsteadMs = 500;
/** The most stalls within one second of a video. */
const mostStops = 2;
/** `readyState` of a video that has a picture. */
const haveCurrentData = 2;

/**
 * One of the two layers of the film: a muted inline video and an image, one of which shows a segment. While one layer
 * is visible the other is filled and primed, so that a cut is only a change of opacity. `onBroken` is called when the
 * video of a ready layer cannot continue.
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
  /** The seconds of the video at which it stalled lately. */
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

  /** Frees the decoder and its memory. */
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
    await framePresented(video);
    return video.error ? 'broken' : 'playing';
  }

  async function moveTo(localSeconds: number, signal: AbortSignal): Promise<void> {
    const seeked = eventOf(video, 'seeked', signal);
    const lastSecond = Number.isFinite(video.duration) ? Math.max(0, video.duration - 0.05) : localSeconds;
    video.currentTime = Math.min(localSeconds, lastSecond);
    await outcomeWithin(mostSeekingMs, seeked, undefined);
  }

  /** Shows the segment's photo once it is decoded. */
  async function showPhoto(open: OpenPart, signal: AbortSignal, mostMs = mostDecodingMs): Promise<void> {
    const photo = await open('photo');
    if (signal.aborted || !segment) return;
    Object.assign(image.style, sizeFor(segment.motion.from, segment.turned));
    if (photo.ok) image.src = photo.url;
    await outcomeWithin(
      mostMs,
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
    /** True while it shows a photo because the browser needs a tap to play its video. */
    held: false,
    /** The index of its present or coming segment; -1 for none. */
    get index() {
      return segment?.index ?? -1;
    },

    /**
     * Fills the layer with a segment, at `atSeconds` of it. Returns the video's true length, or null for a photo, also
     * for one instead of a video that does not play. A newer fill may take the layer meanwhile: compare `index`.
     */
    async fill(wanted: Segment, atSeconds: number, open: OpenPart): Promise<number | null> {
      clear();
      segment = wanted;
      const { signal } = filling;
      if (wanted.kind === 'video') {
        const file = await open('video');
        if (signal.aborted) return null;
        priming = true;
        const started = file.ok
          ? await outcomeWithin(mostPrimingMs, prime(file.url, atSeconds, signal), 'broken')
          : 'broken';
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

    /** Replaces a video that cannot continue by its photo. */
    async giveWay(open: OpenPart): Promise<void> {
      await showPhoto(open, filling.signal, mostDecodingInsteadMs);
    },

    /** The second of its segment that its video shows; null for a photo, and for a video that has come to its end. */
    playhead(): number | null {
      return shows === 'video' && !video.ended && !video.error ? video.currentTime : null;
    },

    /** False when a video has lost its picture, as on phones in a page in the background. */
    intact(): boolean {
      return shows !== 'video' || (!video.error && video.readyState >= haveCurrentData);
    },

    /** Starts the segment, a video at `rate`. */
    async play({ rate = 1 } = {}): Promise<Started> {
      if (layer.held) return 'refused';
      // `play()` restarts a video at its end.
      if (shows !== 'video' || video.ended || video.error) return 'playing';
      video.playbackRate = rate;
      return outcomeWithin(mostStartingMs, startOf(video), 'broken');
    },

    pause() {
      // Priming pauses by itself.
      if (!priming) video.pause();
    },

    /** Called inside a tap; afterwards its video may be played at any time. */
    unlock() {
      if (priming) video.play().catch(() => undefined);
      else unlockVideo(video);
    },

    /** Counts a stall of the video; true if there were too many to continue with it. */
    stopsOften(): boolean {
      const { currentTime } = video;
      stops = [...stops.filter((at) => at <= currentTime && currentTime - at < 1), currentTime];
      return stops.length > mostStops;
    },

    /** Moves within its segment; resolves when the picture is ready. */
    async seek(localSeconds: number): Promise<void> {
      if (shows === 'video') await moveTo(localSeconds, filling.signal);
    },

    draw({ opacity, above, localSeconds, moving }: LayerLook) {
      element.style.opacity = String(opacity);
      element.style.zIndex = above ? '2' : '1';
      if (shows !== 'photo' || !segment) return;
      const { motion, crop, turned, durationSeconds } = segment;
      const shown = moving ? cropAt(motion, localSeconds / durationSeconds) : crop;
      image.style.transform = transformFor(shown, motion.from, turned);
    },

    clear,
  };
  video.addEventListener('error', () => shows === 'video' && onBroken(layer));
  clear();
  return layer;
}

export type Layer = ReturnType<typeof createLayer>;

/** Calls `play()` and returns its outcome. An aborted start counts as refused, because a tap repeats it. */
function startOf(video: HTMLVideoElement): Promise<Started> {
  return video.play().then(
    () => 'playing',
    ({ name }: DOMException) => (name === 'NotAllowedError' || name === 'AbortError' ? 'refused' : 'broken'),
  );
}

/** Resolves when a frame was presented, or after 100 ms, as without the callback. */
function framePresented(video: HTMLVideoElement): Promise<void> {
  return new Promise((resolve) => {
    video.requestVideoFrameCallback?.(() => resolve());
    setTimeout(resolve, 100);
  });
}

/** The promise's outcome, or `otherwise` when it takes longer than `milliseconds`. */
function outcomeWithin<Outcome>(milliseconds: number, promise: Promise<Outcome>, otherwise: Outcome): Promise<Outcome> {
  return Promise.race([
    promise,
    new Promise<Outcome>((resolve) => {
      setTimeout(resolve, milliseconds, otherwise);
    }),
  ]);
}

/** Resolves at the event, at an error of the element, or when `signal` aborts. */
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
