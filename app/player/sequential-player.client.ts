// The film in the browser. Two sheets, one seen and one being made ready; one clock for picture and music. The next
// clip is in memory and primed long before its time, starts a quarter of a second early behind the one that is seen,
// and fades in as the clock says. Whatever is late stops both picture and music, and both go on together.
import type { FilmClip } from '~/projects/share-views';
import { createFilmSheets } from './film-sheets.client';
import { createMediaCache } from './media-cache.client';
import type { FilmTrack } from './music';
import { createMusicClock } from './music-clock.client';
import type { SegmentLayer } from './segment-layer.client';
import { indexAt, seek as inside, step, type Timeline, withAddresses, withDuration } from './timeline';

export type FilmState = 'loading' | 'playing' | 'paused' | 'ended';

/** Where the film is, for what is drawn around it. `progress` (0..1) is within the clip. */
export interface FilmMoment {
  index: number;
  progress: number;
  timeSeconds: number;
}

/** A new video starts this early behind the one that is seen: `play()` takes up to 60 ms to show its second frame. */
const preRollSeconds = 0.25;
/** A longer pause between two frames means that the page itself stood still. */
const mostFrameSeconds = 1;
const mostHiccupMs = 200;

export interface SequentialPlayer {
  /** Call inside a person's tap. Where the browser refuses to play, the state is `paused` again. */
  play(): void;
  pause(): void;
  /** Goes to a moment of the film, playing or not as before. */
  seek(seconds: number): void;
  /** Goes to the start of a neighbouring clip. */
  step(by: number): void;
  restart(): void;
  mute(on: boolean): void;
  dispose(): void;
}

/**
 * Plays a film inside `stage`, which it fills with its own elements. `audio` may be an AudioContext made in the tap that
 * asked for the player. `cuts` replaces fades and lets photos stand still. `onChange` tells state and clip when they
 * change, `onMoment` every frame. `refreshClips` brings fresh addresses when one was refused.
 */
export function createSequentialPlayer({
  stage,
  timeline: given,
  track,
  from,
  cuts,
  muted,
  audio = null,
  refreshClips,
  onChange,
  onMoment,
}: {
  stage: HTMLElement;
  timeline: Timeline;
  track: FilmTrack | null;
  from: number;
  cuts: boolean;
  muted: boolean;
  audio?: AudioContext | null;
  refreshClips: () => Promise<readonly FilmClip[]>;
  onChange: (change: { state: FilmState; index: number }) => void;
  onMoment: (moment: FilmMoment) => void;
}): SequentialPlayer {
  let timeline = given;
  let index = from;
  let position = timeline.segments[from]?.startSeconds ?? 0;
  let state: FilmState = 'paused';
  let wanted = false;
  let running = false;
  /** Grows with everything that makes a start under way pointless. */
  let turn = 0;
  let frameRequest = 0;
  let nextStarted = false;

  const clock = createMusicClock({ audio, track, muted, onInterrupted: pause });
  const cache = createMediaCache({
    addressOf(at, part) {
      const segment = timeline.segments[at];
      return (part === 'video' ? segment?.url : segment?.photoUrl) ?? '';
    },
    renewAddresses: async () => {
      timeline = withAddresses(timeline, await refreshClips());
    },
  });
  const sheets = createFilmSheets({ stage, cuts, onWaiting, onFree: prepareNext });

  function change(next: FilmState) {
    state = next;
    onChange({ state, index });
  }

  function load(layer: SegmentLayer, at: number, atSeconds: number) {
    const segment = timeline.segments[at];
    if (!segment) return;
    void layer
      .fill(segment, atSeconds, (part) => cache.open(at, part))
      .then((seconds) => {
        if (layer.index !== at || !layer.ready) return;
        // The file knows its length better than the order did.
        if (seconds !== null && Number.isFinite(seconds) && Math.abs(seconds - segment.durationSeconds) > 0.02) {
          timeline = withDuration(timeline, at, seconds);
          clock.end(timeline.lengthSeconds);
        }
        settle();
      });
  }

  /** Fills the sheet that is free with what comes next, and fetches one clip further. */
  function prepareNext() {
    const { front, back } = sheets;
    if (!front.ready || sheets.covering) return;
    if (back.index !== index + 1) load(back, index + 1, 0);
    cache.keepOnly([index, index + 1, index + 2]);
    const afterNext = timeline.segments[index + 2];
    if (back.ready && afterNext) void cache.open(afterNext.index, afterNext.kind === 'video' ? 'video' : 'photo');
  }

  /** Something became ready: show it, prepare more, and go on where the film waits for it. */
  function settle() {
    paint();
    prepareNext();
    if (wanted && !running) void go();
  }

  function canRun(): boolean {
    const { front, back } = sheets;
    const next = timeline.segments[index + 1];
    const due = next && position >= next.startSeconds;
    return front.ready && front.flows() && (!due || (back.index === next.index && back.ready));
  }

  async function go() {
    turn += 1;
    const mine = turn;
    if (state !== 'loading') change('loading');
    if (!canRun()) return;
    await clock.wake();
    if (mine !== turn) return;
    if (sheets.fading) void sheets.back.play();
    const outcome = await sheets.front.play();
    if (mine !== turn) return;
    if (outcome === 'refused') return pause();
    running = true;
    clock.start({ filmSeconds: position, lengthSeconds: timeline.lengthSeconds });
    change('playing');
    frameRequest = requestAnimationFrame(tick);
  }

  /** Picture and music stand still together. */
  function halt() {
    turn += 1;
    running = false;
    nextStarted = false;
    cancelAnimationFrame(frameRequest);
    clock.stop();
    sheets.pause();
  }

  function wait() {
    halt();
    change('loading');
  }

  /** A video ran dry. A hiccup of a busy decoder is over before anybody would want the music to stop. */
  function onWaiting(layer: SegmentLayer) {
    const mine = turn;
    setTimeout(() => {
      if (layer !== sheets.front || !running || mine !== turn || layer.flows()) return;
      wait();
      void layer.untilFlowing().then(settle);
    }, mostHiccupMs);
  }

  function tick() {
    const heard = clock.filmSeconds();
    if (heard - position > mostFrameSeconds)
      clock.start({ filmSeconds: position, lengthSeconds: timeline.lengthSeconds });
    else position = Math.max(position, heard);
    const next = timeline.segments[index + 1];
    if (next && position >= next.startSeconds - preRollSeconds) approach(next.startSeconds, next.durationSeconds);
    if (!next && position >= timeline.lengthSeconds) return end();
    if (!running) return;
    paint();
    frameRequest = requestAnimationFrame(tick);
  }

  /** The next clip is near: it starts unseen, and becomes the one that is seen when its time has come. */
  function approach(startSeconds: number, durationSeconds: number) {
    const { back, covering } = sheets;
    const ready = back.index === index + 1 && back.ready;
    if (ready && !covering && !nextStarted) {
      nextStarted = true;
      const early = Math.max(0, startSeconds - position);
      // A little slower, evenly, so that it does not run dry before its part of the film is over.
      void back.play({ rate: durationSeconds / (durationSeconds + early) });
    }
    if (position < startSeconds) return;
    if (!ready || covering) {
      position = startSeconds;
      return wait();
    }
    sheets.swap({ fading: true });
    index += 1;
    nextStarted = false;
    clock.listen();
    change('playing');
  }

  function paint() {
    const segment = timeline.segments[index];
    if (!segment) return;
    sheets.draw({ timeline, index, position });
    const progress = Math.min(1, Math.max(0, (position - segment.startSeconds) / segment.durationSeconds));
    onMoment({ index, progress, timeSeconds: position });
  }

  function end() {
    wanted = false;
    position = timeline.lengthSeconds;
    halt();
    paint();
    change('ended');
  }

  function pause() {
    wanted = false;
    halt();
    if (state !== 'ended') change('paused');
  }

  function play() {
    wanted = true;
    clock.allow();
    sheets.allow();
    if (state === 'ended') seek(0);
    else if (!running) void go();
  }

  function seek(seconds: number) {
    const target = inside(timeline, seconds);
    const at = indexAt(timeline, target);
    const local = target - (timeline.segments[at]?.startSeconds ?? 0);
    halt();
    position = target;
    sheets.cutShort();
    if (at === index && sheets.front.ready) {
      void sheets.front.seek(local).then(settle);
    } else {
      // What is seen stays until the new picture is there.
      if (sheets.front.ready) sheets.swap({ fading: false });
      index = at;
      const { front } = sheets;
      if (front.index !== at || !front.ready || local > 0.05) load(front, at, local);
    }
    change(wanted ? 'loading' : 'paused');
    settle();
  }

  function onHidden() {
    if (document.visibilityState === 'hidden' && wanted) pause();
  }
  document.addEventListener('visibilitychange', onHidden);
  load(sheets.front, index, 0);

  return {
    play,
    pause,
    seek,
    step: (by) => seek(step(timeline, index, by)),
    restart() {
      wanted = true;
      clock.allow();
      seek(0);
    },
    mute: clock.mute,
    dispose() {
      wanted = false;
      halt();
      document.removeEventListener('visibilitychange', onHidden);
      cache.keepOnly([]);
      sheets.dispose();
      clock.dispose();
    },
  };
}
