// Runs in the browser: plays the rendered clips with the real player, and records every picture presented.
import { createRoot } from 'react-dom/client';
import { FilmPlayer } from '~/player/film-player';
import type { FilmMoment } from '~/player/film-state';
import { buildTimeline } from '~/player/timeline';
import { tracks } from '~/player/tracks';
import type { ClipView } from '~/projects/views';
import '~/styles/app.css';
import type { CinemaWindow, Presented, RenderedClip } from './player-cinema.ts';

const cinema = window as unknown as CinemaWindow;
const root = document.getElementById('root') as HTMLElement;
const { clips: made, what } = JSON.parse(document.getElementById('film')?.textContent ?? '{}') as {
  clips: RenderedClip[];
  what: 'player' | 'inline' | 'engine';
};

cinema.presented = [];
cinema.moments = [];
cinema.states = [];
cinema.refreshes = 0;
const watched = new WeakSet<HTMLVideoElement>();

let pass = 1;
const clipViews = () => made.map((clip) => viewOf(clip, pass));
const refresh = async () => {
  cinema.refreshes += 1;
  pass += 1;
  return clipViews();
};

if (what === 'engine') {
  root.innerHTML =
    '<div class="film room" style="--film-aspect:0.5625"><div class="film-stage"></div></div><button id="play" style="position:fixed;z-index:99">Play</button>';
  const { createSequentialPlayer } = await import('~/player/sequential-player.client');
  const player = createSequentialPlayer({
    stage: root.querySelector('.film-stage') as HTMLElement,
    timeline: buildTimeline({ clips: clipViews(), shape: '9:16' }),
    track: tracks[0] ?? null,
    fromSeconds: 0,
    cuts: false,
    refreshClips: refresh,
    onChange: ({ state, index }) => {
      cinema.states.push(state);
      Object.assign((root.firstElementChild as HTMLElement).dataset, { filmState: state, filmClip: String(index) });
    },
    onMoment: ({ timeSeconds }: FilmMoment) => cinema.moments.push({ at: performance.now(), timeSeconds }),
  });
  root.querySelector('#play')?.addEventListener('click', () => player.play());
} else {
  createRoot(root).render(
    <FilmPlayer
      clips={clipViews()}
      shape="9:16"
      trackId={tracks[0]?.id ?? null}
      title="A day by the sea"
      variant={what === 'inline' ? 'inline' : 'full'}
      onClose={() => {
        cinema.left = true;
      }}
      onRefreshUrls={refresh}
    />,
  );
}
requestAnimationFrame(watch);

/** Each presented video frame, and each painted frame of a photo, with the opacity of its layer. */
function watch(now: number) {
  for (const layer of document.querySelectorAll<HTMLElement>('.film-layer')) {
    const video = layer.querySelector('video');
    if (video && !watched.has(video)) {
      watched.add(video);
      follow(video, layer);
    }
    const image = layer.querySelector('img');
    if (image && !image.hidden) note({ source: image.src, at: now, mediaSeconds: null, opacity: opacityOf(layer) });
  }
  requestAnimationFrame(watch);
}

function follow(video: HTMLVideoElement, layer: HTMLElement) {
  video.requestVideoFrameCallback((_, { expectedDisplayTime, mediaTime }) => {
    note({ source: video.src, at: expectedDisplayTime, mediaSeconds: mediaTime, opacity: opacityOf(layer) });
    follow(video, layer);
  });
}

function note(frame: Presented) {
  if (frame.opacity > 0) cinema.presented.push(frame);
}

function opacityOf(layer: HTMLElement): number {
  return Number(layer.style.opacity);
}

function viewOf({ kind, seconds, index }: RenderedClip, pass: number): ClipView {
  const video = {
    id: `gen_${index}`,
    state: 'ready' as const,
    progress: null,
    heldBack: false,
    createdAt: 0,
    stateAt: 0,
    durationSeconds: seconds,
    presetId: 'gentle',
    words: '',
    cost: 1,
    paidBy: 'credits' as const,
    stopping: 'finished' as const,
    failureReason: null,
    videoUrl: `/media/video-${index}.mp4?pass=${pass}`,
  };
  const approved = kind === 'video' ? video : null;
  return {
    id: `clp_${index}`,
    projectId: 'prj_1',
    position: `a${index}`,
    version: 1,
    status: approved ? 'ready' : 'still',
    photo: {
      id: `pho_${index}`,
      url: `/media/photo-${index}.png?pass=${pass}`,
      width: 828,
      height: 1472,
      colour: null,
      takenAt: null,
    },
    frame: { x: 0.5, y: 0.5, zoom: 1, turn: 0, tilt: 0 },
    frameOrigin: 'middle',
    presetId: 'gentle',
    words: '',
    isLeftAsPhoto: false,
    addedAt: 0,
    keptApartAt: null,
    latest: approved,
    ready: approved,
    approved,
  };
}
