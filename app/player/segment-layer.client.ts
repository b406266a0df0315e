import type { MediaPart, Opened } from './media-cache.client';
import { cropAt, sizeFor, transformFor } from './still-motion';
import type { Segment } from './timeline';

/** How a layer is asked to look. `localSeconds` counts from its segment's start. */
export interface LayerLook {
  opacity: number;
  above: boolean;
  localSeconds: number;
  /** Photos stand still where a person asked for less motion. */
  moving: boolean;
}

/** Enough data to go on playing, as `readyState` counts it. */
const flowing = 3;
/** A video that is not ready by then is shown as its photo. */
const mostPrimingMs = 10_000;

/**
 * One of the two sheets the film is shown on: a muted inline video and a picture, one of which holds a segment. While
 * one sheet is seen, the other is filled and primed, so that a cut is only a change of opacity.
 */
export function createSegmentLayer({ onWaiting }: { onWaiting: (layer: SegmentLayer) => void }) {
  const element = document.createElement('div');
  element.className = 'film-layer';
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.preload = 'auto';
  video.disablePictureInPicture = true;
  video.tabIndex = -1;
  const image = document.createElement('img');
  image.alt = '';
  for (const each of [video, image]) element.appendChild(each);

  let filling = new AbortController();
  let segment: Segment | null = null;
  let shows: 'nothing' | MediaPart = 'nothing';

  function clear() {
    filling.abort();
    filling = new AbortController();
    layer.ready = false;
    segment = null;
    shows = 'nothing';
    element.style.opacity = '0';
    video.pause();
    for (const each of [video, image]) {
      each.removeAttribute('src');
      each.hidden = true;
    }
    video.load();
  }

  /** The decoder's first start is the slow one: it happens here, unseen, and the picture waits on its first frame. */
  async function prime(url: string, atSeconds: number, signal: AbortSignal): Promise<boolean> {
    try {
      video.hidden = false;
      video.src = url;
      video.load();
      await heard(video, 'canplaythrough', signal);
      await video.play().catch(() => undefined);
      if (signal.aborted) return false;
      video.pause();
      const there = heard(video, 'seeked', signal);
      video.currentTime = Math.min(atSeconds, Math.max(0, video.duration - 0.05));
      await there;
      await pictured(video);
      return !signal.aborted;
    } catch {
      return false;
    }
  }

  const layer = {
    element,
    video,
    /** True once what it holds can be shown at once. */
    ready: false,
    /** The segment it holds or is being filled with; -1 for none. */
    get index() {
      return segment?.index ?? -1;
    },

    /**
     * Fills the sheet with a segment, standing at `atSeconds` of it. A video that cannot play gives way to its photo.
     * Answers the video's true length, or null. Something newer may take the sheet meanwhile: then `index` tells.
     */
    async fill(wanted: Segment, atSeconds: number, open: (part: MediaPart) => Promise<Opened>): Promise<number | null> {
      clear();
      segment = wanted;
      const { signal } = filling;
      if (wanted.kind === 'video') {
        const file = await open('video');
        if (signal.aborted) return null;
        const primed = file.ok && (await Promise.race([prime(file.url, atSeconds, signal), tooLate()]));
        if (signal.aborted) return null;
        if (primed) {
          shows = 'video';
          layer.ready = true;
          return video.duration;
        }
        video.hidden = true;
        video.removeAttribute('src');
      }
      const photo = await open('photo');
      if (signal.aborted) return null;
      Object.assign(image.style, sizeFor(wanted.motion.from));
      if (photo.ok) image.src = photo.url;
      await image.decode().catch(() => undefined);
      if (signal.aborted) return null;
      shows = 'photo';
      image.hidden = false;
      layer.ready = true;
      return null;
    },

    /** True when it can go on now: a photo always, a video when it has data or is at its end. */
    flows(): boolean {
      return shows !== 'video' || video.ended || (!video.seeking && video.readyState >= flowing);
    },

    /** Resolves when a video that had run dry can go on. */
    async untilFlowing(): Promise<void> {
      if (!layer.flows()) await heard(video, 'canplay', filling.signal).catch(() => undefined);
    },

    /** Sets it moving. `refused`: the browser wants a person's tap first. */
    async play({ rate }: { rate?: number } = {}): Promise<'playing' | 'refused'> {
      if (rate !== undefined) video.playbackRate = rate;
      // Played again at its end, a video would begin anew.
      if (shows !== 'video' || video.ended) return 'playing';
      try {
        await video.play();
      } catch (error) {
        if (error instanceof DOMException && error.name === 'NotAllowedError') return 'refused';
      }
      return 'playing';
    },

    pause() {
      video.pause();
    },

    /** Inside a person's tap: some browsers then let this element play whenever it is asked to. */
    allow() {
      if (video.hasAttribute('src')) return;
      video.play().catch(() => undefined);
      video.pause();
    },

    /** Moves within its segment; resolves when the picture is there. */
    async seek(localSeconds: number): Promise<void> {
      if (shows !== 'video') return;
      const there = heard(video, 'seeked', filling.signal);
      video.currentTime = Math.min(localSeconds, video.duration - 0.05);
      await there.catch(() => undefined);
    },

    look({ opacity, above, localSeconds, moving }: LayerLook) {
      element.style.opacity = String(opacity);
      element.style.zIndex = above ? '2' : '1';
      if (shows !== 'photo' || !segment) return;
      const { motion, crop, durationSeconds } = segment;
      image.style.transform = transformFor(moving ? cropAt(motion, localSeconds / durationSeconds) : crop, motion.from);
    },

    clear,
  };
  video.addEventListener('waiting', () => {
    if (!video.seeking && !layer.flows()) onWaiting(layer);
  });
  clear();
  return layer;
}

export type SegmentLayer = ReturnType<typeof createSegmentLayer>;

/** A frame has reached the screen's side. Where the browser does not tell, or has it already, a moment is enough. */
function pictured(video: HTMLVideoElement): Promise<void> {
  return new Promise((resolve) => {
    video.requestVideoFrameCallback?.(() => resolve());
    setTimeout(resolve, 100);
  });
}

function tooLate(): Promise<false> {
  return new Promise((resolve) => setTimeout(resolve, mostPrimingMs, false));
}

/** Resolves with the event; rejects on the element's error or when the signal says so. */
function heard(target: HTMLMediaElement, name: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settled = new AbortController();
    const end = (act: () => void) => () => {
      settled.abort();
      act();
    };
    const { signal: once } = settled;
    target.addEventListener(name, end(resolve), { signal: once });
    target.addEventListener(
      'error',
      end(() => reject(new Error(`No ${name}`))),
      { signal: once },
    );
    signal.addEventListener(
      'abort',
      end(() => reject(new Error(`No ${name} in time`))),
      { signal: once },
    );
    if (signal.aborted) end(() => reject(new Error(`No ${name} wanted`)))();
  });
}
