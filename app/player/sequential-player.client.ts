// The film in the browser. Two layers, one visible and one being made ready; one clock for picture and music. The next
// clip is in memory and primed long before its time, starts a quarter of a second early behind the visible one, and
// fades in as the clock says. What is late stops both picture and music, and both go on together.
import { createFilmClock } from './film-clock.client';
import { createFilmLoader } from './film-loader.client';
import { createFilmMedia } from './film-media';
import type { FilmSettings, FilmState, SequentialPlayer } from './film-state';
import type { Layer } from './layer.client';
import { createLayerPair } from './layer-pair.client';
import { bookmarkAt, indexAt, seek as inside, step } from './timeline';

/** A new video starts this early behind the visible one: `play()` takes up to 60 ms to show its second frame. */
const preRollSeconds = 0.25;
/** A longer pause between two frames means that the page itself stood still. */
const mostFrameSeconds = 1;
/** A picture that is further behind the clock has stopped, or runs dry. */
const mostBehindSeconds = 0.4;

/** Plays a film inside a stage, which it fills with its own elements. */
export function createSequentialPlayer({
  stage,
  timeline,
  track,
  fromSeconds,
  cuts,
  media = createFilmMedia({ music: false }),
  refreshClips,
  onChange,
  onMoment,
}: FilmSettings): SequentialPlayer {
  let position = inside(timeline, fromSeconds);
  let index = Math.max(0, indexAt(timeline, position));
  let state: FilmState = 'paused';
  let wanted = false;
  let running = false;
  /** The number of calls of `play`. */
  let starts = 0;
  /** Grows with everything that makes a start under way pointless. */
  let turn = 0;
  let frameRequest = 0;
  let nextStarted = false;

  const clock = createFilmClock({ audio: media.audio, track, onInterrupted: pause });
  const loader = createFilmLoader({ timeline, refreshClips, onFilled: settle, onLength: clock.end });
  const layers = createLayerPair({ stage, videos: media.videos, cuts, onBroken, onFree: prepareNext });
  const segmentAt = (at: number) => loader.timeline.segments[at];
  const local = () => position - (segmentAt(index)?.startSeconds ?? 0);

  function change(next: FilmState) {
    state = next;
    onChange({ state, index });
  }

  /** Fills the free layer with what comes next, and loads one clip further. */
  function prepareNext() {
    const { front, back } = layers;
    if (!front.ready || layers.covering) return;
    if (back.index !== index + 1) loader.fill(back, index + 1, 0);
    loader.keepOnly([index, index + 1, index + 2]);
    if (back.ready) loader.loadAhead(index + 2);
  }

  /** A layer became ready: show it, prepare more, and go on where the film waits for it. */
  function settle() {
    paint();
    prepareNext();
    if (wanted && !running) void go();
  }

  function canRun(): boolean {
    const { front, back } = layers;
    const next = segmentAt(index + 1);
    const due = next && position >= next.startSeconds;
    return front.ready && (!due || (back.index === next.index && back.ready));
  }

  async function go() {
    turn += 1;
    const mine = turn;
    if (state !== 'loading') change('loading');
    if (!canRun()) return;
    await clock.wake();
    if (mine !== turn) return;
    const { front, back } = layers;
    if (layers.fading) void back.play();
    const started = await front.play();
    if (mine !== turn) return;
    // Refused after a tap too: the film continues with the photo.
    if (started === 'refused' && (!front.held || starts < 2)) return pause();
    if (started === 'broken') loader.giveWay(front);
    const behind = local() - (front.playhead() ?? local());
    if (Math.abs(behind) > 0.1) position -= behind;
    running = true;
    clock.start({ filmSeconds: position, lengthSeconds: loader.timeline.lengthSeconds });
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
    layers.pause();
  }

  function wait() {
    halt();
    change('loading');
  }

  function onBroken(layer: Layer) {
    // A page that is put away loses its videos; they are filled anew when it comes back.
    if (document.visibilityState === 'visible') loader.giveWay(layer);
  }

  function tick() {
    const next = segmentAt(index + 1);
    const heard = clock.filmSeconds();
    // After a blocked thread the film continues where picture and music are by now, but leaves out no clip.
    const late = heard - position > mostFrameSeconds && next && heard > next.startSeconds;
    position = Math.max(position, late ? next.startSeconds : heard);
    if (late) clock.start({ filmSeconds: position, lengthSeconds: loader.timeline.lengthSeconds });
    if (next && position >= next.startSeconds - preRollSeconds) approach(next.startSeconds, next.durationSeconds);
    if (!next && position >= loader.timeline.lengthSeconds) return end();
    if (!running) return;
    paint();
    if (!pictureStopped()) frameRequest = requestAnimationFrame(tick);
  }

  /** The next clip is near: it starts unseen, and comes to the front when its time has come. */
  function approach(startSeconds: number, durationSeconds: number) {
    const { back, covering } = layers;
    const ready = back.index === index + 1 && back.ready;
    if (ready && !covering && !nextStarted) {
      nextStarted = true;
      const early = Math.max(0, startSeconds - position);
      // A little slower, evenly, so that it does not end before its part of the film is over.
      void back.play({ rate: durationSeconds / (durationSeconds + early) });
    }
    if (position < startSeconds) return;
    if (!ready || covering) {
      position = startSeconds;
      // A fade that is not drawn to its end would keep the layer of the next clip for ever.
      layers.cutShort();
      paint();
      return wait();
    }
    layers.swap({ fading: true });
    index += 1;
    nextStarted = false;
    clock.listen();
    change('playing');
  }

  /** Waits for a picture that does not keep up; where it stops too often, the photo takes over. */
  function pictureStopped(): boolean {
    const playhead = layers.front.playhead();
    if (playhead === null || local() - playhead < mostBehindSeconds) return false;
    if (layers.front.stopsOften()) loader.giveWay(layers.front);
    wait();
    void go();
    return true;
  }

  function paint() {
    const segment = segmentAt(index);
    if (!segment) return;
    layers.draw({ timeline: loader.timeline, index, position });
    const progress = Math.min(1, Math.max(0, local() / segment.durationSeconds));
    onMoment({ index, progress, timeSeconds: position });
  }

  function end() {
    wanted = false;
    position = loader.timeline.lengthSeconds;
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
    starts += 1;
    clock.unlock();
    if (running) return;
    layers.unlock();
    prepareNext();
    if (state === 'ended' || layers.front.held) seek(state === 'ended' ? 0 : position);
    else void go();
  }

  function seek(seconds: number) {
    const target = inside(loader.timeline, seconds);
    const at = indexAt(loader.timeline, target);
    halt();
    position = target;
    layers.cutShort();
    const { front: seen } = layers;
    if (at === index && seen.ready && seen.intact() && !seen.held) {
      void seen.seek(local()).then(settle);
    } else {
      // What is visible stays until the new picture is there.
      if (seen.ready && seen.intact()) layers.swap({ fading: false });
      index = at;
      const { front } = layers;
      const stands = front.index === at && front.ready && front.intact() && !front.held && local() < 0.05;
      if (!stands) loader.fill(front, at, local());
      loader.keepOnly([layers.back.index, at, at + 1, at + 2]);
    }
    change(wanted ? 'loading' : 'paused');
    settle();
  }

  function onAway() {
    if (wanted) pause();
  }

  /** A page that comes back fills again what the phone took from it. */
  function onReturn() {
    const { front, back, covering } = layers;
    if (!running && state !== 'ended' && (!front.intact() || front.held)) seek(position);
    else if (!covering && (!back.intact() || back.held)) {
      back.clear();
      prepareNext();
    }
  }

  const listening = new AbortController();
  const onVisibility = () => (document.visibilityState === 'hidden' ? onAway() : onReturn());
  document.addEventListener('visibilitychange', onVisibility, listening);
  window.addEventListener('pagehide', onAway, listening);
  window.addEventListener('pageshow', onReturn, listening);
  loader.fill(layers.front, index, local());

  return {
    play,
    pause,
    seek,
    step: (by) => seek(step(loader.timeline, index, by)),
    mute: clock.mute,
    bookmark: () => (state === 'ended' ? null : bookmarkAt(loader.timeline, position)),
    dispose() {
      wanted = false;
      halt();
      listening.abort();
      loader.keepOnly([]);
      layers.dispose();
      clock.dispose();
    },
  };
}
