// The player of a shared film's page, which is plain HTML. One file, built on its own and loaded by the first tap on play.
import type { FilmClip } from '~/projects/share-views';
import { bookmarkedMoment, keepBookmark } from './bookmark';
import { takeFilmMedia } from './film-media';
import {
  createTapFilter,
  drawBars,
  type FilmKey,
  type FilmState,
  keyOf,
  type SharedFilmData,
  spokenState,
  toggleFullscreen,
} from './film-state';
import { createSequentialPlayer } from './sequential-player.client';
import { buildTimeline } from './timeline';
import { findTrack } from './tracks';

const room = document.querySelector('.film') as HTMLElement;
const part = (selector: string) => room.querySelector(selector) as HTMLElement;
const carried = JSON.parse(document.getElementById('film')?.textContent ?? '{}') as SharedFilmData;
const { film, token } = carried;
const timeline = buildTimeline(film);

const shown: { state: FilmState; index: number } = { state: 'loading', index: 0 };
const bars = part('.film-bars');
const toggle = part('[data-do="toggle"]');
const mute = room.querySelector('[data-do="mute"]');

const player = createSequentialPlayer({
  stage: part('.film-stage'),
  timeline,
  track: findTrack(film.trackId),
  fromSeconds: bookmarkedMoment(timeline) ?? 0,
  media: takeFilmMedia(),
  cuts: matchMedia('(prefers-reduced-motion: reduce)').matches,
  refreshClips: freshClips,
  onChange: show,
  onMoment: (moment) => drawBars(bars, moment),
});
keepBookmark(player);

async function freshClips(): Promise<readonly FilmClip[]> {
  const response = await fetch(`/s/${token}/media`, { headers: { Accept: 'application/json' } });
  // The share has ended: the player asks for nothing more, and the page says what has happened.
  if (response.status === 404) {
    player.dispose();
    location.reload();
  }
  if (!response.ok) throw new Error(`${response.status}`);
  return response.json();
}

function show(next: { state: FilmState; index: number }) {
  const before = shown.state;
  Object.assign(shown, next);
  room.dataset.filmState = shown.state;
  for (const each of room.querySelectorAll<HTMLElement>('[data-when]'))
    each.hidden = !each.dataset.when?.includes(shown.state);
  room.dataset.filmClip = String(shown.index);
  toggle.setAttribute('aria-label', shown.state === 'paused' ? 'Play film' : 'Pause');
  part('[data-says]').textContent = spokenState({ ...shown, count: timeline.segments.length });
  if (shown.state === before) return;
  if (shown.state === 'playing') begun ??= tell(carried.ticket);
  if (shown.state === 'ended') {
    void begun?.then((ticket) => ticket && tell(ticket));
    part('[data-do="again"]').focus();
  }
  void keepScreenOn(shown.state === 'playing');
}

/** Reports that the film has begun, and later that it has ended, each with its ticket. Returns the next ticket, if any. */
let begun: Promise<string | null> | undefined;
async function tell(ticket: string): Promise<string | null> {
  const sent = { method: 'POST', body: new URLSearchParams({ ticket }), headers: { Accept: 'application/json' } };
  try {
    // The page may be closed while this is on its way.
    const response = await fetch(`/s/${token}/visits`, { ...sent, keepalive: true });
    const answer = (await response.json()) as { ticket?: string };
    return answer.ticket ?? null;
  } catch {
    // An unreported visit does not stop the film.
    return null;
  }
}

let lock: WakeLockSentinel | null = null;
async function keepScreenOn(on: boolean) {
  await lock?.release().catch(() => undefined);
  lock = on ? ((await navigator.wakeLock?.request('screen').catch(() => null)) ?? null) : null;
}

const acts: Record<FilmKey | 'again', () => void> = {
  toggle: () => (shown.state === 'playing' || shown.state === 'loading' ? player.pause() : player.play()),
  back: () => player.step(-1),
  on: () => player.step(1),
  first: () => player.seek(0),
  last: () => player.seek(timeline.segments.at(-1)?.startSeconds ?? 0),
  mute: () => {
    const isMuted = mute?.getAttribute('aria-pressed') !== 'true';
    mute?.setAttribute('aria-pressed', String(isMuted));
    player.mute(isMuted);
  },
  fullscreen: () => toggleFullscreen(room),
  leave: () => undefined,
  again: () => player.play(),
};

/** Knows the tap that loaded this script. */
const isSecondTap = createTapFilter(Number(room.dataset.loaded));
room.addEventListener('click', (event) => {
  const act = (event.target as Element).closest<HTMLElement>('[data-do]')?.dataset.do;
  if (act === 'toggle' && isSecondTap(event)) return;
  if (act && act in acts) acts[act as keyof typeof acts]();
});
addEventListener('keydown', (event) => {
  const key = keyOf(event);
  if (key === null || key === 'leave') return;
  event.preventDefault();
  acts[key]();
});

// Loaded by a tap on play.
player.play();
