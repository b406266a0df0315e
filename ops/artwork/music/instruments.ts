/** The instruments: each adds one note to a stereo loop. All are sums of decaying sines; nothing is sampled. */

export const sampleRate = 44_100;

/** A stereo loop. Sound that rings past its end comes back in at the start, so that the end meets the beginning. */
export type Loop = { left: Float32Array; right: Float32Array };

/** A note to be played: when (seconds), MIDI pitch, how long it is held, how hard (0..1), where (-1 left to 1 right). */
export type Note = { at: number; pitch: number; hold: number; force: number; pan: number };

export type Instrument = (loop: Loop, note: Note) => void;

/** Silence of a whole number of samples. */
export function silence(seconds: number): Loop {
  const length = Math.round(seconds * sampleRate);
  return { left: new Float32Array(length), right: new Float32Array(length) };
}

const hertz = (pitch: number) => 440 * 2 ** ((pitch - 69) / 12);

/** Adds `level(t)` times a sine to the loop, round the end and in again. */
function sing(loop: Loop, note: Note, frequency: number, seconds: number, level: (t: number) => number): void {
  const count = Math.floor(seconds * sampleRate);
  const start = Math.round(note.at * sampleRate);
  const length = loop.left.length;
  const angle = ((note.pan + 1) * Math.PI) / 4;
  const [toLeft, toRight] = [Math.cos(angle), Math.sin(angle)];
  const step = (2 * Math.PI * frequency) / sampleRate;
  for (let index = 0; index < count; index += 1) {
    const value = Math.sin(step * index) * level(index / sampleRate);
    const at = (((start + index) % length) + length) % length;
    loop.left[at] = (loop.left[at] ?? 0) + value * toLeft;
    loop.right[at] = (loop.right[at] ?? 0) + value * toRight;
  }
}

/** A felt piano: soft hammer, few overtones, slightly stretched; the damper comes down after `hold`. */
export const feltPiano: Instrument = (loop, note) => {
  const base = hertz(note.pitch);
  const ring = 2.6 * 2 ** ((60 - note.pitch) / 24);
  const release = 0.22;
  for (let partial = 1; partial <= 6; partial += 1) {
    const frequency = base * partial * Math.sqrt(1 + 0.00035 * partial * partial);
    if (frequency > 5000) break;
    const loud = (note.force * (0.55 + 0.45 * note.force) ** (partial - 1)) / partial ** 1.9;
    const decay = ring / (1 + (partial - 1) * 0.55);
    const end = note.hold + release * 3;
    for (const [detune, share] of [
      [-0.0004, 0.5],
      [0.0005, 0.5],
    ] as const) {
      sing(loop, note, frequency * (1 + detune), end, (t) => {
        const attack = 1 - Math.exp(-t / 0.007);
        const damper = t < note.hold ? 1 : Math.exp(-(t - note.hold) / release) * Math.min(1, (end - t) / 0.02);
        return share * loud * attack * damper * (0.75 * Math.exp(-t / decay) + 0.25 * Math.exp(-t / (decay * 3)));
      });
    }
  }
};

/** A nylon string, plucked near its middle: quick, round, dying away by itself. */
export const nylon: Instrument = (loop, note) => {
  const base = hertz(note.pitch);
  const seconds = Math.min(note.hold + 0.9, 2.6);
  for (let partial = 1; partial <= 9; partial += 1) {
    const frequency = base * partial;
    if (frequency > 6000) break;
    const shape = Math.abs(Math.sin(partial * Math.PI * 0.37)) / partial ** (1.75 - 0.3 * note.force);
    const decay = (0.95 * 2 ** ((57 - note.pitch) / 30)) / (1 + (partial - 1) * 0.42);
    sing(loop, note, frequency, seconds, (t) => {
      const end = Math.min(1, (seconds - t) / 0.25);
      return note.force * shape * (1 - Math.exp(-t / 0.0025)) * Math.exp(-t / decay) * end;
    });
  }
};

/** A warm pad: slow in, slow out, two voices a little apart, breathing. */
export const pad: Instrument = (loop, note) => {
  const base = hertz(note.pitch);
  const [rise, fall] = [1.3, 1.8];
  const seconds = note.hold + fall;
  for (const [side, detune] of [
    [-0.7, -0.0022],
    [0.7, 0.0022],
    [0, 0.0004],
  ] as const) {
    for (let partial = 1; partial <= 4; partial += 1) {
      sing(loop, { ...note, pan: side }, base * partial * (1 + detune), seconds, (t) => {
        const rising = 0.5 - 0.5 * Math.cos(Math.PI * Math.min(1, t / rise));
        const falling = t < note.hold ? 1 : 0.5 + 0.5 * Math.cos((Math.PI * (t - note.hold)) / fall);
        return (
          (note.force / (3 * partial ** 2.3)) *
          rising *
          falling *
          (1 + 0.12 * Math.sin(t * 1.9 + side * 2 + note.pitch))
        );
      });
    }
  }
};

/** A double bass under a soft finger. */
export const bass: Instrument = (loop, note) => {
  const base = hertz(note.pitch);
  const seconds = note.hold + 0.35;
  for (let partial = 1; partial <= 4; partial += 1) {
    sing(loop, note, base * partial, seconds, (t) => {
      const falling = t < note.hold ? 1 : Math.exp(-(t - note.hold) / 0.09) * Math.min(1, (seconds - t) / 0.02);
      return (
        ((note.force * falling) / partial ** 1.8) * (1 - Math.exp(-t / 0.014)) * Math.exp(-t * (0.7 + partial * 0.35))
      );
    });
  }
};
