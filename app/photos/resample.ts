/** Pixels as RGBA bytes, row by row. */
export interface Pixels {
  data: Uint8ClampedArray;
  width: number;
  height: number;
}

interface Rectangle {
  left: number;
  top: number;
  width: number;
  height: number;
}

/**
 * Cuts `crop` (fractions of the upright picture) out of a stored picture, scales it to `size` (upright pixels) and turns
 * it upright. Each new pixel is the weighted mean of all the source pixels that it covers, which avoids aliasing.
 */
export function cropAndScale({
  source,
  orientation,
  crop,
  size,
}: {
  source: Pixels;
  orientation: number;
  crop: Rectangle;
  size: { width: number; height: number };
}): Pixels {
  const stored = storedCrop(crop, orientation);
  const swapped = orientation >= 5;
  const width = swapped ? size.height : size.width;
  const height = swapped ? size.width : size.height;
  const columns = weightsFor({
    from: stored.left * source.width,
    extent: stored.width * source.width,
    limit: source.width,
    count: width,
  });
  const rows = weightsFor({
    from: stored.top * source.height,
    extent: stored.height * source.height,
    limit: source.height,
    count: height,
  });
  return turnedUpright(scaled({ source, columns, rows }), orientation);
}

/** Where a rectangle of the upright picture lies in the stored one. */
function storedCrop({ left, top, width, height }: Rectangle, orientation: number): Rectangle {
  const right = 1 - left - width;
  const bottom = 1 - top - height;
  switch (orientation) {
    case 2:
      return { left: right, top, width, height };
    case 3:
      return { left: right, top: bottom, width, height };
    case 4:
      return { left, top: bottom, width, height };
    case 5:
      return { left: top, top: left, width: height, height: width };
    case 6:
      return { left: top, top: right, width: height, height: width };
    case 7:
      return { left: bottom, top: right, width: height, height: width };
    case 8:
      return { left: bottom, top: left, width: height, height: width };
    default:
      return { left, top, width, height };
  }
}

/** The EXIF orientation (1 to 8) of a stored picture after its upright picture is turned by quarters, clockwise. */
export function turnedOrientation(orientation: number, quarters: number): number {
  let turned = orientation >= 2 && orientation <= 8 ? orientation : 1;
  for (let quarter = 0; quarter < quarters; quarter++) turned = [1, 6, 7, 8, 5, 2, 3, 4, 1][turned] as number;
  return turned;
}

/**
 * A window of `size` around the middle of a picture that is turned clockwise by the angle of `cos` and `sin`. Each pixel is
 * the weighted mean of the four around its place.
 */
export function sampleTilted({
  source,
  size,
  cos,
  sin,
}: {
  source: Pixels;
  size: { width: number; height: number };
  cos: number;
  sin: number;
}): Pixels {
  const { width, height } = size;
  const from = new Uint32Array(source.data.buffer, source.data.byteOffset, source.width * source.height);
  const to = new Uint32Array(width * height);
  const [lastX, lastY] = [source.width - 1, source.height - 1];
  for (let y = 0, at = 0; y < height; y++) {
    const down = y + 0.5 - height / 2;
    for (let x = 0; x < width; x++, at++) {
      const across = x + 0.5 - width / 2;
      const sourceX = Math.min(lastX, Math.max(0, source.width / 2 + across * cos + down * sin - 0.5));
      const sourceY = Math.min(lastY, Math.max(0, source.height / 2 - across * sin + down * cos - 0.5));
      const left = Math.min(lastX - 1, sourceX | 0);
      const top = Math.min(lastY - 1, sourceY | 0);
      // Two colours at a time, each with eight bits of room above it; the weights are parts of 256.
      const partX = ((sourceX - left) * 256) | 0;
      const partY = ((sourceY - top) * 256) | 0;
      const row = top * source.width + left;
      const [a, b] = [from[row] as number, from[row + 1] as number];
      const [c, d] = [from[row + source.width] as number, from[row + source.width + 1] as number];
      const upper = mixed(a, b, partX);
      to[at] = mixed(upper, mixed(c, d, partX), partY) | 0xff000000;
    }
  }
  return { data: new Uint8ClampedArray(to.buffer), width, height };
}

/** The mean of two colours, `part` of 256 of the second one. */
function mixed(one: number, other: number, part: number): number {
  const rest = 256 - part;
  const redBlue = ((one & 0xff00ff) * rest + (other & 0xff00ff) * part + 0x800080) >>> 8;
  const green = (((one >>> 8) & 0xff) * rest + ((other >>> 8) & 0xff) * part + 0x80) >>> 8;
  return (redBlue & 0xff00ff) | ((green & 0xff) << 8);
}

/** Turns or mirrors stored pixels so that the picture stands upright (EXIF orientation 1 to 8). */
export function turnedUpright(stored: Pixels, orientation: number): Pixels {
  if (orientation < 2 || orientation > 8) return stored;
  const { width: w, height: h } = stored;
  const swapped = orientation >= 5;
  const width = swapped ? h : w;
  const height = swapped ? w : h;
  const from = new Uint32Array(stored.data.buffer, stored.data.byteOffset, w * h);
  const to = new Uint32Array(w * h);
  const mirrorsX = orientation === 2 || orientation === 3 || orientation === 7 || orientation === 8;
  const mirrorsY = orientation === 3 || orientation === 4 || orientation === 6 || orientation === 7;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const along = swapped ? y : x;
      const down = swapped ? x : y;
      const sourceX = mirrorsX ? w - 1 - along : along;
      const sourceY = mirrorsY ? h - 1 - down : down;
      to[y * width + x] = from[sourceY * w + sourceX] as number;
    }
  }
  return { data: new Uint8ClampedArray(to.buffer), width, height };
}

/** For each new pixel of one axis: the first source pixel it covers, how many, and their weights (their sum is 1). */
interface Weights {
  count: number;
  first: Int32Array;
  reach: number;
  weights: Float32Array;
}

function weightsFor({
  from,
  extent,
  limit,
  count,
}: {
  from: number;
  extent: number;
  limit: number;
  count: number;
}): Weights {
  const step = extent / count;
  const radius = Math.max(1, step);
  const reach = Math.ceil(radius * 2) + 1;
  const first = new Int32Array(count);
  const weights = new Float32Array(count * reach);
  for (let index = 0; index < count; index++) {
    const centre = from + (index + 0.5) * step - 0.5;
    const start = Math.min(Math.max(0, Math.ceil(centre - radius)), Math.max(0, limit - reach));
    first[index] = start;
    let sum = 0;
    for (let tap = 0; tap < reach; tap++) {
      const weight = start + tap < limit ? Math.max(0, 1 - Math.abs(start + tap - centre) / radius) : 0;
      weights[index * reach + tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < reach; tap++) weights[index * reach + tap] = (weights[index * reach + tap] as number) / sum;
  }
  return { count, first, reach, weights };
}

function scaled({ source, columns, rows }: { source: Pixels; columns: Weights; rows: Weights }): Pixels {
  const width = columns.count;
  const height = rows.count;
  const data = new Uint8ClampedArray(width * height * 4);
  const top = rows.first[0] as number;
  const bottom = Math.min(source.height, (rows.first[height - 1] as number) + rows.reach);
  const narrow = narrowed({ source, columns, top, bottom });
  const sums = new Float32Array(width * 3);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    for (let tap = 0; tap < rows.reach; tap++) {
      const weight = rows.weights[y * rows.reach + tap] as number;
      if (weight === 0) continue;
      const row = ((rows.first[y] as number) + tap - top) * width * 3;
      for (let index = 0; index < width * 3; index++)
        sums[index] = (sums[index] as number) + weight * (narrow[row + index] as number);
    }
    for (let x = 0, at = y * width * 4; x < width; x++, at += 4) {
      data[at] = sums[x * 3] as number;
      data[at + 1] = sums[x * 3 + 1] as number;
      data[at + 2] = sums[x * 3 + 2] as number;
      data[at + 3] = 255;
    }
  }
  return { data, width, height };
}

/** The rows between `top` and `bottom` at their new width, three colours a pixel. */
function narrowed({
  source,
  columns,
  top,
  bottom,
}: {
  source: Pixels;
  columns: Weights;
  top: number;
  bottom: number;
}): Float32Array {
  const narrow = new Float32Array((bottom - top) * columns.count * 3);
  let to = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = 0; x < columns.count; x++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      let at = (y * source.width + (columns.first[x] as number)) * 4;
      for (let tap = 0; tap < columns.reach; tap++, at += 4) {
        const weight = columns.weights[x * columns.reach + tap] as number;
        if (weight === 0) continue;
        red += weight * (source.data[at] as number);
        green += weight * (source.data[at + 1] as number);
        blue += weight * (source.data[at + 2] as number);
      }
      narrow[to++] = red;
      narrow[to++] = green;
      narrow[to++] = blue;
    }
  }
  return narrow;
}
