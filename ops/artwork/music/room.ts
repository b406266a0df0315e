import { type Loop, sampleRate } from './instruments.ts';

const combs = [1557, 1617, 1491, 1422, 1277, 1356, 1188, 1116];
const allpasses = [556, 441, 341, 225];
const spread = 23;

/**
 * A small warm room around the loop (Freeverb's filters, dampened). The loop runs through it twice and the second
 * time is kept, so that the room already rings at the start as it does at the end.
 */
export function inRoom(loop: Loop, wet: number): Loop {
  const mono = loop.left.map((value, index) => (value + (loop.right[index] ?? 0)) * 0.5);
  const left = reverb(mono, 0);
  const right = reverb(mono, spread);
  return {
    left: loop.left.map((value, index) => value + wet * (left[index] ?? 0)),
    right: loop.right.map((value, index) => value + wet * (right[index] ?? 0)),
  };
}

function reverb(input: Float32Array, offset: number): Float32Array {
  const twice = new Float32Array(input.length * 2);
  twice.set(input);
  twice.set(input, input.length);
  let sound = new Float32Array(twice.length);
  for (const size of combs) addComb(twice, sound, size + offset);
  for (const size of allpasses) sound = allpass(sound, size + offset);
  return sound.slice(input.length);
}

function addComb(input: Float32Array, to: Float32Array, size: number): void {
  const [feedback, damp] = [0.83, 0.42];
  const line = new Float32Array(size);
  let dull = 0;
  for (let index = 0; index < input.length; index += 1) {
    const at = index % size;
    const out = line[at] ?? 0;
    dull = out * (1 - damp) + dull * damp;
    line[at] = (input[index] ?? 0) + dull * feedback;
    to[index] = (to[index] ?? 0) + out * 0.05;
  }
}

function allpass(input: Float32Array, size: number): Float32Array<ArrayBuffer> {
  const line = new Float32Array(size);
  return Float32Array.from(input, (value, index) => {
    const at = index % size;
    const kept = line[at] ?? 0;
    line[at] = value + kept * 0.5;
    return kept - value;
  });
}

/** The loudness the ear hears, in LUFS (ITU-R BS.1770: two filters, then gated blocks of 400 ms). */
export function loudnessOf({ left, right }: Loop): number {
  const heard = [left, right].map((channel) => biquad(biquad(channel, shelf), highPass));
  const block = Math.round(sampleRate * 0.4);
  const powers: number[] = [];
  for (let start = 0; start + block <= left.length; start += block / 4) {
    let sum = 0;
    for (const channel of heard)
      for (let index = Math.floor(start); index < start + block; index += 1) sum += (channel[index] ?? 0) ** 2;
    powers.push(sum / block);
  }
  const level = (list: readonly number[]) =>
    -0.691 + 10 * Math.log10(list.reduce((sum, power) => sum + power, 0) / Math.max(1, list.length) + 1e-12);
  const audible = powers.filter((power) => -0.691 + 10 * Math.log10(power + 1e-12) > -70);
  const gate = level(audible) - 10;
  return level(audible.filter((power) => -0.691 + 10 * Math.log10(power + 1e-12) > gate));
}

type Filter = { b: readonly [number, number, number]; a: readonly [number, number] };
const shelf: Filter = {
  b: [1.5308412300503478, -2.6509799951547297, 1.1690790799215869],
  a: [-1.6636551132560204, 0.7125954280732254],
};
const highPass: Filter = { b: [1, -2, 1], a: [-1.9891696736297957, 0.9891990357870394] };

function biquad(input: Float32Array, { b, a }: Filter): Float32Array {
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  return input.map((x) => {
    const y = b[0] * x + b[1] * x1 + b[2] * x2 - a[0] * y1 - a[1] * y2;
    [x2, x1, y2, y1] = [x1, x, y1, y];
    return y;
  });
}

/** Brings the loop to `lufs`; peaks above `ceiling` are bent, not cut. */
export function mastered(loop: Loop, lufs: number, ceiling: number): Loop {
  const gain = 10 ** ((lufs - loudnessOf(loop)) / 20);
  const knee = ceiling * 0.7;
  const bent = (value: number) => {
    const loud = Math.abs(value);
    if (loud <= knee) return value;
    return Math.sign(value) * (knee + (ceiling - knee) * Math.tanh((loud - knee) / (ceiling - knee)));
  };
  return { left: loop.left.map((value) => bent(value * gain)), right: loop.right.map((value) => bent(value * gain)) };
}
