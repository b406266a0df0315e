import { AV_LOG_ERROR } from 'node-av/constants';
import { Log } from 'node-av/lib';
import { encodeMovie } from '../../../stand-ins/encode.ts';
import type { Pixels } from './raster.ts';

type Movie = {
  file: string;
  width: number;
  height: number;
  frames: number;
  framesPerSecond: number;
  /** x264's constant rate factor: higher is smaller. */
  crf: number;
  /** The picture of frame `index`. It is read before the next one is asked for. */
  frameAt(index: number): Promise<Pixels>;
};

/** Writes a silent H.264 MP4 (yuv420p, BT.709, `moov` first) of the frames, encoded for size, not for speed. */
export async function writeMovie({ file, width, height, frames, framesPerSecond, crf, frameAt }: Movie): Promise<void> {
  Log.setLevel(AV_LOG_ERROR);
  const planes = Buffer.alloc((width * height * 3) / 2);
  let coming = frameAt(0);
  await encodeMovie({
    file,
    width,
    height,
    frames,
    framesPerSecond,
    keyEverySeconds: 4,
    threads: 1,
    options: { preset: 'slow', crf, refs: 4 },
    async planesAt(index) {
      const pixels = await coming;
      if (index + 1 < frames) coming = frameAt(index + 1);
      toPlanes(pixels, planes);
      return planes;
    },
  });
}

/** RGBA to planar 4:2:0, BT.709, video range. */
function toPlanes({ data, width, height }: Pixels, planes: Uint8Array): void {
  const [lumaSize, half] = [width * height, width / 2];
  const colourSize = lumaSize / 4;
  const at = (index: number) => data[index] ?? 0;
  for (let index = 0; index < lumaSize; index += 1) {
    const from = index * 4;
    planes[index] = 16.5 + 0.18259 * at(from) + 0.61423 * at(from + 1) + 0.06201 * at(from + 2);
  }
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      const [above, below] = [(y * width + x) * 4, ((y + 1) * width + x) * 4];
      const mean = (channel: number) =>
        (at(above + channel) + at(above + 4 + channel) + at(below + channel) + at(below + 4 + channel)) / 4;
      const [red, green, blue] = [mean(0), mean(1), mean(2)];
      const to = lumaSize + (y / 2) * half + x / 2;
      planes[to] = 128.5 - 0.10064 * red - 0.33857 * green + 0.43922 * blue;
      planes[to + colourSize] = 128.5 + 0.43922 * red - 0.39894 * green - 0.04027 * blue;
    }
  }
}
