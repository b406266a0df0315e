import { vi } from 'vitest';
import type { FilmState } from '~/player/film-state';
import { createSequentialPlayer } from '~/player/sequential-player.client';
import { buildTimeline } from '~/player/timeline';
import type { FilmClip } from '~/projects/share-views';
import {
  type EngineBehaviour,
  type ImitatedElement,
  type ImitatedVideo,
  MediaEngine,
  type MediaFile,
} from './media-engine';
import { VirtualTime } from './virtual-time';

const track = {
  file: '/music/tune.m4a',
  durationSeconds: 600,
  beatsPerMinute: 60,
  beatsPerBar: 4,
  firstBeatSeconds: 0,
} as const;

/** Opens a film of `clips` (seconds of a video, or null for a photo) in an imitated browser with the real player. */
export function openFilm({
  clips = [5, 5, null, 5],
  behaviour = {},
  music = true,
  files = {},
}: {
  clips?: readonly (number | null)[];
  behaviour?: Partial<EngineBehaviour>;
  music?: boolean;
  /** Files that differ from the default, by address. */
  files?: Record<string, MediaFile>;
} = {}) {
  const time = new VirtualTime();
  const engine = new MediaEngine(time);
  Object.assign(engine.behaviour, behaviour);
  /** Addresses of files that are in memory. */
  const inMemory = new Map<string, string>();
  const network = { requests: [] as string[], hanging: false };
  const screen = { innerWidth: 390, innerHeight: 844, devicePixelRatio: 3 };
  for (const [name, value] of Object.entries({
    ...{ ...engine.globals(), ...screen },
    ...networkOf(engine, network, inMemory),
  }))
    vi.stubGlobal(name, value);
  for (const [index, seconds] of clips.entries())
    if (seconds !== null) engine.files.set(`/video-${index}`, { seconds, ...files[`/video-${index}`] });

  const stage = engine.document.createElement('div') as ImitatedElement;
  const states: { state: FilmState; index: number; at: number }[] = [];
  const film = { time, engine, stage, states, network, inMemory, position: 0, index: 0 };
  const timeline = buildTimeline({ clips: clips.map(clipOf), shape: '9:16' });
  const player = createSequentialPlayer({
    stage: stage as never,
    timeline,
    track: music ? track : null,
    fromSeconds: 0,
    cuts: false,
    refreshClips: async () => clips.map(clipOf),
    onChange: (change) => states.push({ ...change, at: time.nowMs / 1000 }),
    onMoment: ({ index, timeSeconds }) => Object.assign(film, { index, position: timeSeconds }),
  });
  const state = () => states.at(-1)?.state ?? 'paused';
  return Object.assign(film, {
    player,
    timeline,
    state,
    tapPlay: () => engine.tap(() => player.play()),
    reached: (wanted: FilmState, index = -1) =>
      time.until(() => state() === wanted && (index < 0 || states.at(-1)?.index === index)),
    /** The video or photo on top, and whether the stage is black behind it. */
    seen: () => {
      const seen = seenOn(stage);
      return { ...seen, photo: seen.photo && (inMemory.get(seen.photo) ?? seen.photo) };
    },
    /** How far the picture is ahead of the film's clock; null while a photo is seen. */
    pictureAhead: () => {
      const { video } = seenOn(stage);
      const start = timeline.segments[film.index]?.startSeconds ?? 0;
      return video && !video.ended ? start + video.currentTime - film.position : null;
    },
    /** How far the music is ahead of the film's clock; null in silence. */
    musicAhead: () => {
      const heard = engine.contexts.map((context) => context.heardSecond).find((second) => second !== null);
      return heard === undefined || heard === null ? null : heard - film.position;
    },
  });
}

function seenOn(stage: ImitatedElement): { video: ImitatedVideo | null; photo: string | null; dark: boolean } {
  const pictures = stage.children
    .filter(({ style }) => Number(style.opacity) > 0)
    .sort((a, b) => Number(b.style.zIndex) - Number(a.style.zIndex))
    .map((layer) => {
      const [video, image] = layer.children as [ImitatedVideo, ImitatedElement];
      const plays = !video.hidden && video.hasAttribute('src') && video.readyState >= 2 && video.error === null;
      const photo = !image.hidden && image.hasAttribute('src') ? image.src : null;
      return { full: layer.style.opacity === '1', video: plays ? video : null, photo };
    });
  const [top] = pictures.filter(({ video, photo }) => video || photo);
  const covered = pictures.some(({ full, video, photo }) => full && (video || photo));
  return {
    video: top?.video ?? null,
    photo: top?.video ? null : (top?.photo ?? null),
    dark: 'filmShown' in stage.dataset && !covered,
  };
}

/** A network without delay, and object URLs of the files it delivers. */
function networkOf(
  engine: MediaEngine,
  network: { requests: string[]; hanging: boolean },
  inMemory: Map<string, string>,
) {
  let made = 0;
  const read = (address: string, signal?: AbortSignal) => {
    const parts = network.hanging ? [] : [new Uint8Array(engine.files.get(address)?.bytes ?? 1000)];
    return async () => {
      const value = parts.shift();
      if (network.hanging)
        await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('Aborted'))));
      return { value, done: value === undefined };
    };
  };
  return {
    fetch: async (address: string, { signal }: { signal?: AbortSignal } = {}) => {
      network.requests.push(address);
      const type = `file${address}`;
      return {
        ok: true,
        status: 200,
        headers: new Headers({ 'Content-Type': type }),
        body: { getReader: () => ({ read: read(address, signal), cancel: async () => undefined }) },
        blob: async () => new Blob([new Uint8Array(1000)], { type }),
        arrayBuffer: async () => new ArrayBuffer(8),
      };
    },
    URL: Object.assign(class extends URL {}, {
      createObjectURL: ({ type }: Blob) => {
        made += 1;
        const url = `blob:${made}`;
        const address = type.slice('file'.length);
        inMemory.set(url, address);
        const file = engine.files.get(address);
        if (file) engine.files.set(url, file);
        return url;
      },
      revokeObjectURL: (url: string) => inMemory.delete(url),
    }),
  };
}

function clipOf(seconds: number | null, index: number): FilmClip {
  return {
    id: `clp_${index}`,
    photo: { url: `/photo-${index}`, width: 1200, height: 1600, colour: null },
    frame: { x: 0.5, y: 0.5, zoom: 1, turn: 0, tilt: 0 },
    approved: seconds === null ? null : { videoUrl: `/video-${index}`, durationSeconds: seconds },
  };
}
