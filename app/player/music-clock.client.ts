import { type FilmTrack, loopOf, loudness, musicAt } from './music';

/** How long a browser may take to start its audio before the film goes on without sound. */
const mostWakingMs = 500;
/** How long the film waits for its music at the start; music that comes later joins in. */
const mostWaitingMs = 4000;
const silencingSeconds = 0.04;

/**
 * The film's one clock, and its sound. Time is what a person hears: the audio clock less what is still on its way to
 * the loudspeaker. Where audio cannot run, the page's clock takes over and the film is silent.
 */
export function createMusicClock({
  audio: given,
  track,
  muted,
  onInterrupted,
}: {
  audio: AudioContext | null;
  track: FilmTrack | null;
  muted: boolean;
  /** The system took the audio away (a call, another app). */
  onInterrupted: () => void;
}) {
  let audio = given;
  let sound: GainNode | null = null;
  let playing: { source: AudioBufferSourceNode; loud: GainNode } | null = null;
  let music: AudioBuffer | null = null;
  let heardBy: 'audio' | 'page' = 'page';
  let latencySeconds = 0;
  let run: { filmSeconds: number; at: number; lengthSeconds: number } | null = null;

  const loaded = track ? load(track).then((buffer) => join(buffer)) : Promise.resolve();

  /** Music that came after the film had begun starts where the film is. */
  function join(buffer: AudioBuffer | null) {
    music = buffer;
    if (run) sing(clock.filmSeconds());
  }

  function now(): number {
    return heardBy === 'audio' && audio ? audio.currentTime - latencySeconds : performance.now() / 1000;
  }

  /** Starts the music at a moment of the film, softly, and plans its end. */
  function sing(filmSeconds: number) {
    hush();
    if (!audio || !sound || !music || !track || !run || heardBy !== 'audio') return;
    const at = audio.currentTime;
    const source = new AudioBufferSourceNode(audio, { buffer: music, loop: true });
    const { startSeconds, endSeconds } = loopOf(track);
    source.loopStart = startSeconds;
    source.loopEnd = Math.min(endSeconds, music.duration);
    const loud = new GainNode(audio, { gain: 0 });
    for (const [place, { atSeconds, gain }] of loudness({
      fromSeconds: filmSeconds,
      lengthSeconds: run.lengthSeconds,
    }).entries()) {
      const when = at + atSeconds - filmSeconds;
      if (place === 0) loud.gain.setValueAtTime(gain, when);
      else loud.gain.linearRampToValueAtTime(gain, when);
    }
    source.connect(loud).connect(sound);
    source.start(at, musicAt(track, filmSeconds));
    playing = { source, loud };
  }

  function hush() {
    if (!playing || !audio) return;
    const { source, loud } = playing;
    playing = null;
    loud.gain.cancelScheduledValues(audio.currentTime);
    loud.gain.setTargetAtTime(0, audio.currentTime, silencingSeconds / 4);
    source.stop(audio.currentTime + silencingSeconds);
  }

  const clock = {
    /** Inside a person's tap: browsers allow sound only from there. */
    allow() {
      if (!audio && typeof AudioContext !== 'undefined') audio = new AudioContext();
      if (audio && !sound) {
        const context = audio;
        sound = new GainNode(context, { gain: muted ? 0 : 1 });
        sound.connect(context.destination);
        context.addEventListener('statechange', () => {
          if (run && heardBy === 'audio' && context.state !== 'running') onInterrupted();
        });
      }
      audio?.resume().catch(() => undefined);
    },

    /** Makes time and sound ready to run. */
    async wake(): Promise<void> {
      if (audio) await Promise.race([audio.resume().catch(() => undefined), after(mostWakingMs)]);
      heardBy = audio?.state === 'running' ? 'audio' : 'page';
      await Promise.race([loaded, after(mostWaitingMs)]);
    },

    /** Film time runs from here, with its music. */
    start({ filmSeconds, lengthSeconds }: { filmSeconds: number; lengthSeconds: number }) {
      clock.listen();
      run = { filmSeconds, at: heardBy === 'audio' && audio ? audio.currentTime : now(), lengthSeconds };
      sing(filmSeconds);
    },

    /** Looks again how long sound is on its way: it changes when somebody puts headphones on. Asked at each clip. */
    listen() {
      latencySeconds = audio ? audio.outputLatency || audio.baseLatency || 0 : 0;
    },

    /** The moment of the film that is heard now. Stands still unless started. */
    filmSeconds(): number {
      return run ? run.filmSeconds + now() - run.at : 0;
    },

    /** The film turned out longer or shorter: the music's end moves with it. */
    end(lengthSeconds: number) {
      if (!run || run.lengthSeconds === lengthSeconds) return;
      run.lengthSeconds = lengthSeconds;
      sing(clock.filmSeconds());
    },

    /** Time and music stand still. */
    stop() {
      if (!run) return;
      run = null;
      hush();
      // The loudspeaker rests too, once the last sound has faded.
      setTimeout(
        () => {
          if (!run) audio?.suspend().catch(() => undefined);
        },
        1000 * silencingSeconds * 2,
      );
    },

    mute(on: boolean) {
      muted = on;
      if (sound && audio) sound.gain.setTargetAtTime(on ? 0 : 1, audio.currentTime, 0.02);
    },

    dispose() {
      run = null;
      if (audio?.state !== 'closed') audio?.close().catch(() => undefined);
    },
  };
  return clock;
}

/** The music as samples; null where it cannot be had: a film without music is still a film. */
async function load(track: FilmTrack): Promise<AudioBuffer | null> {
  try {
    const response = await fetch(track.file);
    if (!response.ok) return null;
    return await new OfflineAudioContext(2, 1, 48_000).decodeAudioData(await response.arrayBuffer());
  } catch {
    return null;
  }
}

function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
