/** Plays the three tunes and writes them to `public/music` as AAC: `node ops/artwork/music/compose.ts`. */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { random } from '../scenes/draw.ts';
import { bass, feltPiano, type Instrument, type Loop, nylon, pad, sampleRate, silence } from './instruments.ts';
import { inRoom, loudnessOf, mastered } from './room.ts';
import { readChords, readMelody, type Tune, tunes } from './score.ts';
import { writeSong } from './song.ts';

const folder = fileURLToPath(new URL('../../../public/music/', import.meta.url));
const lufs = -18;
const ceiling = 10 ** (-1.5 / 20);

/** A hand that is never quite even: `force` varies a little, and so does the moment of notes off the beat. */
function hand(tune: Tune, loop: Loop, seed: number) {
  const next = random(seed);
  const beatSeconds = 60 / tune.beatsPerMinute;
  return (play: Instrument, pitch: number, beat: number, beats: number, force: number, pan: number) => {
    const late = beat % 1 === 0 ? 0 : next() * 0.012;
    const even = 0.92 + next() * 0.16;
    play(loop, { at: beat * beatSeconds + late, pitch, hold: beats * beatSeconds, force: force * even, pan });
  };
}

/** Louder towards the middle of a phrase of eight bars, softer at its ends. */
const phrase = (bar: number) => 0.82 + 0.22 * Math.sin((((bar % 8) + 0.5) / 8) * Math.PI);

function perform(tune: Tune): Loop {
  const chords = readChords(tune);
  const bar = tune.beatsPerBar;
  const loop = silence((chords.length * bar * 60) / tune.beatsPerMinute);
  const play = hand(tune, loop, tune.beatsPerMinute);
  const lead = tune.style === 'sunday' ? nylon : feltPiano;
  for (const note of readMelody(tune)) {
    const accent = note.beat % bar === 0 ? 1.06 : 0.96;
    play(lead, note.pitch, note.beat, note.beats * 1.02, 0.62 * accent * phrase(Math.floor(note.beat / bar)), 0.18);
    if (tune.style === 'sunday' && note.beats >= 2) play(feltPiano, note.pitch + 12, note.beat, note.beats, 0.1, 0.3);
  }
  for (const [index, [root = 48, ...voices]] of chords.entries()) accompany(tune, play, index, root, voices);
  return loop;
}

function accompany(
  tune: Tune,
  play: ReturnType<typeof hand>,
  index: number,
  root: number,
  voices: readonly number[],
): void {
  const bar = tune.beatsPerBar;
  const start = index * bar;
  const swell = phrase(index);
  const [low = root, middle = root, high = root] = voices;
  switch (tune.style) {
    case 'evening': {
      const pattern = [root, low, middle, high, middle, low, middle, high];
      pattern.forEach((pitch, step) => {
        play(
          feltPiano,
          pitch,
          start + step / 2,
          step === 0 ? 4 : 1.6,
          (step === 0 ? 0.42 : 0.22 + (step % 4) * 0.02) * swell,
          -0.25,
        );
      });
      for (const pitch of [root + 12, low, middle, high]) play(pad, pitch, start, bar, 0.15, 0);
      break;
    }
    case 'sunday': {
      const pattern = [root, middle, low, high, root + (index % 2 ? 7 : 12), middle, low, high];
      pattern.forEach((pitch, step) => {
        play(
          nylon,
          pitch,
          start + step / 2,
          0.9,
          (step % 4 === 0 ? 0.42 : 0.26 + (step % 2) * 0.05) * swell,
          step % 2 ? -0.42 : -0.3,
        );
      });
      play(bass, root, start, 1.4, 0.3, 0);
      play(bass, root, start + 2.5, 1.2, 0.2, 0);
      if (index >= 8) for (const pitch of [low + 12, high]) play(pad, pitch, start, bar, 0.07, 0);
      break;
    }
    case 'letters': {
      play(feltPiano, root, start, 2.8, 0.44 * swell, -0.2);
      for (const beat of [1, 2])
        for (const pitch of voices) play(feltPiano, pitch, start + beat, 0.85, 0.19 * swell, -0.12);
      for (const pitch of index >= 16 ? [root + 12, low, high] : [root + 12]) play(pad, pitch, start, bar, 0.13, 0);
      break;
    }
    default:
      tune.style satisfies never;
  }
}

/** A breath of five milliseconds at both ends, so that it may begin and stop anywhere without a click. */
function withSoftEnds(loop: Loop): Loop {
  const count = Math.round(sampleRate * 0.005);
  const soften = (channel: Float32Array) =>
    channel.map((value, index) => value * Math.min(1, (index + 1) / count, (channel.length - index) / count));
  return { left: soften(loop.left), right: soften(loop.right) };
}

await mkdir(folder, { recursive: true });
for (const tune of tunes) {
  const song = withSoftEnds(mastered(inRoom(perform(tune), 0.5), lufs, ceiling));
  await writeSong(song, `${folder}${tune.id}.m4a`);
  const peak = song.left.reduce(
    (most, value, index) => Math.max(most, Math.abs(value), Math.abs(song.right[index] ?? 0)),
    0,
  );
  const seconds = song.left.length / sampleRate;
  console.log(
    `${tune.id}  ${seconds.toFixed(3)} s  ${loudnessOf(song).toFixed(1)} LUFS  peak ${(20 * Math.log10(peak)).toFixed(1)} dBFS`,
  );
}
