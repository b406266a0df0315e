import type { Pixels } from '../resample';

/**
 * The layers of the tiny face detector in the order of their numbers in `tiny-face-detector.bin`: each number is one byte,
 * `min + scale * byte`. The file is that of @vladmandic/face-api 1.7.15 (MIT; the licence lies beside it).
 */
const layers = [
  ['conv0', 27 * 16, 0.009007044399485869, -1.2069439495311063],
  ['conv0 bias', 16, 0.005263455241334205, -0.9211046672334858],
  ['conv1 depth', 9 * 16, 0.004001977630690033, -0.5042491814669441],
  ['conv1 point', 16 * 32, 0.013836609615999109, -1.411334180831909],
  ['conv1 bias', 32, 0.0015159862590771096, -0.30926119685173037],
  ['conv2 depth', 9 * 32, 0.002666276225856706, -0.317286870876948],
  ['conv2 point', 32 * 64, 0.015265831292844286, -1.6792414422128714],
  ['conv2 bias', 64, 0.0020280554598453, -0.37113414915168985],
  ['conv3 depth', 9 * 64, 0.006100742489683862, -0.8907084034938438],
  ['conv3 point', 64 * 128, 0.016276211832083907, -2.0508026908425725],
  ['conv3 bias', 128, 0.003394414279975143, -0.7637432129944072],
  ['conv4 depth', 9 * 128, 0.006716050119961009, -0.8059260143953211],
  ['conv4 point', 128 * 256, 0.021875603993733724, -2.8875797271728514],
  ['conv4 bias', 256, 0.0041141652009066415, -0.8187188749804216],
  ['conv5 depth', 9 * 256, 0.008423839597141042, -0.9013508368940915],
  ['conv5 point', 256 * 512, 0.030007277283014035, -3.8709387695088107],
  ['conv5 bias', 512, 0.008402082966823203, -1.4871686851277068],
  ['conv8', 512 * 25, 0.028336129469030042, -4.675461362389957],
  ['conv8 bias', 25, 0.002268134028303857, -0.41053225912299807],
] as const;

type LayerName = (typeof layers)[number][0];
type Weights = ReadonlyMap<LayerName, Float32Array>;

/** Values of a layer: `size` rows of `size` places with `depth` numbers each. */
export interface Grid {
  size: number;
  depth: number;
  data: Float32Array;
}

/** The mean colour that the net was trained with is taken off, and colours count from 0 to 1. */
const meanColour = [117.001, 114.697, 97.404] as const;

/** Reads the net's file. Throws for a file of another length. */
export function readFaceNet(file: ArrayBuffer): Weights {
  const bytes = new Uint8Array(file);
  const length = layers.reduce((sum, [, count]) => sum + count, 0);
  if (bytes.length !== length) throw new Error(`a face net of ${bytes.length} bytes instead of ${length}`);
  let at = 0;
  return new Map(
    layers.map(([name, count, scale, min]) => {
      const numbers = Float32Array.from(bytes.subarray(at, at + count), (byte) => min + scale * byte);
      at += count;
      return [name, numbers];
    }),
  );
}

/** Runs the net on a square picture. Each place of its answer has five boxes of five numbers (faces.ts reads them). */
export function runFaceNet(weights: Weights, picture: Pixels): Grid {
  const of = (name: LayerName) => weights.get(name) as Float32Array;
  let grid = halved(firstLayer(picture, of('conv0'), of('conv0 bias')));
  for (const layer of ['conv1', 'conv2', 'conv3', 'conv4'] as const)
    grid = halved(leaky(pointwise(depthwise(grid, of(`${layer} depth`)), of(`${layer} point`), of(`${layer} bias`))));
  grid = leaky(pointwise(depthwise(grid, of('conv5 depth')), of('conv5 point'), of('conv5 bias')));
  return pointwise(pooled(grid, 1), of('conv8'), of('conv8 bias'));
}

function firstLayer({ data: colours, width }: Pixels, filters: Float32Array, bias: Float32Array): Grid {
  const size = width - 2;
  const depth = bias.length;
  const data = new Float32Array(size * size * depth);
  const sums = new Float32Array(depth);
  for (let y = 0, to = 0; y < size; y++)
    for (let x = 0; x < size; x++, to += depth) {
      sums.set(bias);
      for (let tap = 0; tap < 9; tap++) {
        const from = ((y + ((tap / 3) | 0)) * width + x + (tap % 3)) * 4;
        for (let colour = 0; colour < 3; colour++) {
          const value = ((colours[from + colour] as number) - (meanColour[colour] as number)) / 255;
          const row = (tap * 3 + colour) * depth;
          for (let one = 0; one < depth; one++)
            sums[one] = (sums[one] as number) + value * (filters[row + one] as number);
        }
      }
      data.set(sums, to);
    }
  return leaky({ size, depth, data });
}

/** Each depth by itself: the weighted sum of the nine places around each place, with nothing beyond the edges. */
function depthwise({ size, depth, data }: Grid, filters: Float32Array): Grid {
  const out = new Float32Array(data.length);
  for (let y = 0; y < size; y++)
    for (let down = -1; down <= 1; down++) {
      if (y + down < 0 || y + down >= size) continue;
      for (let x = 0; x < size; x++) {
        const to = (y * size + x) * depth;
        for (let across = -1; across <= 1; across++) {
          if (x + across < 0 || x + across >= size) continue;
          const from = ((y + down) * size + x + across) * depth;
          const tap = ((down + 1) * 3 + across + 1) * depth;
          for (let one = 0; one < depth; one++)
            out[to + one] = (out[to + one] as number) + (data[from + one] as number) * (filters[tap + one] as number);
        }
      }
    }
  return { size, depth, data: out };
}

/** Each place by itself: every new number is a weighted sum of all numbers of the place. */
function pointwise({ size, depth, data }: Grid, filters: Float32Array, bias: Float32Array): Grid {
  const made = bias.length;
  const out = new Float32Array(size * size * made);
  const sums = new Float32Array(made);
  for (let place = 0; place < size * size; place++) {
    sums.set(bias);
    for (let one = 0; one < depth; one++) {
      const value = data[place * depth + one] as number;
      const row = one * made;
      for (let other = 0; other < made; other++)
        sums[other] = (sums[other] as number) + value * (filters[row + other] as number);
    }
    out.set(sums, place * made);
  }
  return { size, depth: made, data: out };
}

function leaky(grid: Grid): Grid {
  const { data } = grid;
  for (let at = 0; at < data.length; at++) if ((data[at] as number) < 0) data[at] = (data[at] as number) * 0.1;
  return grid;
}

const halved = (grid: Grid) => pooled(grid, 2);

/** The largest of each number in two by two places, `step` places apart. */
function pooled({ size, depth, data }: Grid, step: 1 | 2): Grid {
  const made = Math.ceil(size / step);
  const out = new Float32Array(made * made * depth);
  for (let y = 0, to = 0; y < made; y++)
    for (let x = 0; x < made; x++, to += depth) {
      const [top, left] = [y * step, x * step];
      const [bottom, right] = [Math.min(size - 1, top + 1), Math.min(size - 1, left + 1)];
      const [a, b] = [(top * size + left) * depth, (top * size + right) * depth];
      const [c, d] = [(bottom * size + left) * depth, (bottom * size + right) * depth];
      for (let one = 0; one < depth; one++)
        out[to + one] = Math.max(
          data[a + one] as number,
          data[b + one] as number,
          data[c + one] as number,
          data[d + one] as number,
        );
    }
  return { size: made, depth, data: out };
}
