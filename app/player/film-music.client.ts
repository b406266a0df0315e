import { type FilmTrack, loopOf, loudness, musicAt } from './music';

const silencingSeconds = 0.04;

/** The music of a film: one track, looped, faded in wherever the film begins and out at its end. */
export function createFilmMusic(track: FilmTrack) {
  let muted = false;
  let buffer: AudioBuffer | null = null;
  let loading: Promise<void> | null = null;
  let volume: GainNode | null = null;
  let playing: { source: AudioBufferSourceNode; fade: GainNode } | null = null;

  const music = {
    /** Loads the samples once. Resolves when they are there, or cannot be had: a film without music is still a film. */
    load(): Promise<void> {
      loading ??= load(track).then((loaded) => {
        buffer = loaded;
      });
      return loading;
    },

    /** Sounds through this context from now on. */
    connect(audio: AudioContext) {
      if (volume?.context === audio) return;
      playing = null;
      volume = new GainNode(audio, { gain: muted ? 0 : 1 });
      volume.connect(audio.destination);
    },

    /** Starts at once with what belongs to `filmSeconds` of a film of that length; slowly where the film runs already. */
    play({ filmSeconds, lengthSeconds, joins }: { filmSeconds: number; lengthSeconds: number; joins: boolean }) {
      music.stop();
      if (!buffer || !volume) return;
      const { context: audio } = volume;
      const at = audio.currentTime;
      const { startSeconds, endSeconds } = loopOf(track);
      const source = new AudioBufferSourceNode(audio, { buffer, loop: true });
      source.loopStart = startSeconds;
      source.loopEnd = Math.min(endSeconds, buffer.duration);
      const fade = new GainNode(audio, { gain: 0 });
      for (const [index, { atSeconds, gain }] of loudness({
        fromSeconds: filmSeconds,
        lengthSeconds,
        joins,
      }).entries()) {
        const when = at + atSeconds - filmSeconds;
        if (index === 0) fade.gain.setValueAtTime(gain, when);
        else fade.gain.linearRampToValueAtTime(gain, when);
      }
      source.connect(fade).connect(volume);
      source.start(at, musicAt(track, filmSeconds));
      playing = { source, fade };
    },

    /** Falls silent without a click; returns the seconds that takes. */
    stop(): number {
      if (!playing) return 0;
      const { source, fade } = playing;
      const { currentTime } = source.context;
      playing = null;
      fade.gain.cancelScheduledValues(currentTime);
      fade.gain.setTargetAtTime(0, currentTime, silencingSeconds / 4);
      source.stop(currentTime + silencingSeconds);
      return silencingSeconds;
    },

    mute(on: boolean) {
      muted = on;
      volume?.gain.setTargetAtTime(on ? 0 : 1, volume.context.currentTime, 0.02);
    },
  };
  return music;
}

/** The track as samples; null where it cannot be had. */
async function load({ file }: FilmTrack): Promise<AudioBuffer | null> {
  try {
    const response = await fetch(file);
    if (!response.ok) return null;
    return await new OfflineAudioContext(2, 1, 48_000).decodeAudioData(await response.arrayBuffer());
  } catch {
    return null;
  }
}
