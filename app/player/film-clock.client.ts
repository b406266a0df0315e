import { openSound } from './film-media';
import { createFilmMusic } from './film-music.client';
import type { FilmTrack } from './music';

/** How long a start waits for the browser's audio; audio that comes later joins in. */
const mostWakingMs = 500;
/** How long a start waits for the music to be loaded; music that comes later joins in. */
const mostLoadingMs = 500;
/** An audio clock that has not moved for so long is stuck in any state. */
const mostStandingSeconds = 0.3;
/** Between two looks the page itself may have stood still; that does not count as the clock's standing. */
const mostLookSeconds = 0.1;
const restingMs = 80;

/**
 * The film's one clock, and its music. Time is what a person hears: the audio clock, less the time that sound needs to
 * reach the loudspeaker. While the audio clock does not move, the page's clock drives; as soon as it moves, music joins
 * at the film's second.
 */
export function createFilmClock({
  audio: given,
  track,
  onInterrupted,
}: {
  audio: AudioContext | null;
  track: FilmTrack | null;
  /** The system took the audio away (a call, another app). */
  onInterrupted: () => void;
}) {
  const music = track && createFilmMusic(track);
  let audio: AudioContext | null = null;
  let driver: 'audio' | 'page' = 'page';
  let latencySeconds = 0;
  let run: { filmSeconds: number; at: number; lengthSeconds: number } | null = null;
  /** The audio clock as it was looked at last, and since when it stands. */
  let look = { audioSeconds: 0, pageSeconds: 0, movedAt: 0, stoodSeconds: 0 };
  let resting: ReturnType<typeof setTimeout> | undefined;

  if (music && given) adopt(given);

  function adopt(context: AudioContext) {
    audio = context;
    music?.connect(context);
    context.addEventListener('statechange', () => {
      if (!run || context !== audio) return;
      if (context.state === 'interrupted') onInterrupted();
      else if (context.state === 'suspended') context.resume().catch(() => undefined);
    });
  }

  const pageSeconds = () => performance.now() / 1000;
  const driverSeconds = () => (driver === 'audio' && audio ? audio.currentTime - latencySeconds : pageSeconds());

  /** Looks at the audio clock; true when it has moved since the last look. */
  function audioMoves(): boolean {
    const now = pageSeconds();
    const audioSeconds = audio?.currentTime ?? 0;
    const moves = audio?.state === 'running' && audioSeconds > look.audioSeconds;
    const passed = Math.min(mostLookSeconds, now - look.pageSeconds);
    look = {
      audioSeconds,
      pageSeconds: now,
      movedAt: moves ? now : look.movedAt,
      stoodSeconds: moves ? 0 : look.stoodSeconds + passed,
    };
    return moves;
  }

  /** From now on another clock drives; the film is at `filmSeconds`. */
  function drive(next: 'audio' | 'page', filmSeconds: number) {
    if (!run) return;
    clock.listen();
    driver = next;
    run.filmSeconds = filmSeconds;
    run.at = driverSeconds();
    if (driver === 'audio') playMusic();
    else music?.stop();
  }

  /** Plays the music of the second that is heard when sound started now reaches the loudspeaker. */
  function playMusic({ joins = false } = {}) {
    if (!run || !audio) return;
    const { filmSeconds, at, lengthSeconds } = run;
    music?.play({ filmSeconds: filmSeconds + audio.currentTime - at, lengthSeconds, joins });
  }

  const clock = {
    /** Inside a tap: browsers allow sound only from there. A stuck context is replaced by a new one. */
    unlock() {
      if (!music) return;
      if (audio && look.stoodSeconds > mostStandingSeconds) {
        audio.close().catch(() => undefined);
        audio = null;
      }
      if (audio) audio.resume().catch(() => undefined);
      else {
        const opened = openSound();
        if (opened) adopt(opened);
      }
    },

    /** Makes time and music ready to run. The music is not loaded before: the first picture has the connection alone. */
    async wake(): Promise<void> {
      clearTimeout(resting);
      if (!audio) return;
      const loading = music?.load();
      void loading?.then(() => run && driver === 'audio' && playMusic({ joins: true }));
      await Promise.race([audio.resume().catch(() => undefined), after(mostWakingMs)]);
      await Promise.race([loading, after(mostLoadingMs)]);
    },

    /** Film time runs from here, with its music. */
    start({ filmSeconds, lengthSeconds }: { filmSeconds: number; lengthSeconds: number }) {
      clearTimeout(resting);
      clock.listen();
      driver = audio?.state === 'running' ? 'audio' : 'page';
      look = {
        audioSeconds: audio?.currentTime ?? 0,
        pageSeconds: pageSeconds(),
        movedAt: pageSeconds(),
        stoodSeconds: 0,
      };
      run = { filmSeconds, at: driver === 'audio' && audio ? audio.currentTime : pageSeconds(), lengthSeconds };
      if (driver === 'audio') playMusic();
    },

    /** Measures anew how long sound is on its way: headphones change it. Asked at each clip. */
    listen() {
      latencySeconds = audio ? audio.outputLatency || audio.baseLatency || 0 : 0;
    },

    /** The moment of the film that is heard now. Asked at each frame; stands still unless started. */
    filmSeconds(): number {
      if (!run) return 0;
      const moves = audioMoves();
      const filmSeconds = run.filmSeconds + driverSeconds() - run.at;
      if (driver === 'audio' && look.stoodSeconds > mostStandingSeconds)
        drive('page', filmSeconds + pageSeconds() - look.movedAt);
      else if (driver === 'page' && moves) drive('audio', filmSeconds);
      return run.filmSeconds + driverSeconds() - run.at;
    },

    /** The film turned out longer or shorter: the music's end moves with it. */
    end(lengthSeconds: number) {
      if (!run || run.lengthSeconds === lengthSeconds) return;
      run.lengthSeconds = lengthSeconds;
      if (driver === 'audio') playMusic();
    },

    /** Time and music stand still. */
    stop() {
      if (!run) return;
      run = null;
      music?.stop();
      // The loudspeaker rests too, once the last sound has faded.
      resting = setTimeout(() => audio?.suspend().catch(() => undefined), restingMs);
    },

    mute(on: boolean) {
      music?.mute(on);
    },

    dispose() {
      run = null;
      clearTimeout(resting);
      if (audio?.state !== 'closed') audio?.close().catch(() => undefined);
    },
  };
  return clock;
}

function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
