import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { AV_LOG_ERROR } from 'node-av/constants';
import { Log } from 'node-av/lib';
import { moveFor, poseAt } from './camera.ts';
import { encodeMovie } from './encode.ts';
import { lightAt } from './light.ts';
import { type Picture, pictureFrom, shoot } from './picture.ts';
import type { ClipOrder, RenderAnswer } from './renderer.ts';

/** The photo is decoded larger than the film by this factor, so that a zoom does not blur it. */
const overscan = 1.15;

async function render({ image, width, height, durationSeconds, prompt, fps = 24 }: ClipOrder): Promise<Uint8Array> {
  const source = await pictureFrom(image, even(width * overscan), even(height * overscan));
  const folder = await mkdtemp(join(tmpdir(), 'echoes-clip-'));
  try {
    const file = join(folder, 'clip.mp4');
    await film({ source, file, width, height, frames: Math.round(durationSeconds * fps), fps, prompt });
    return new Uint8Array(await readFile(file));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Film = {
  source: Picture;
  file: string;
  width: number;
  height: number;
  frames: number;
  fps: number;
  prompt: string;
};

async function film({ source, file, width, height, frames, fps, prompt }: Film): Promise<void> {
  const move = moveFor(prompt);
  const pixels = Buffer.alloc((width * height * 3) / 2);
  await encodeMovie({
    file,
    width,
    height,
    frames,
    framesPerSecond: fps,
    keyEverySeconds: 2,
    threads: 2,
    options: { preset: 'veryfast', crf: 20 },
    planesAt(index) {
      const progress = frames === 1 ? 0 : index / (frames - 1);
      const light = lightAt(index / fps, progress, width);
      shoot({ source, pixels, width, height, pose: poseAt(move, progress), light });
      return pixels;
    },
  });
}

function even(length: number): number {
  return Math.ceil(length / 2) * 2;
}

async function answer(): Promise<RenderAnswer> {
  try {
    return { ok: true, video: await render(workerData as ClipOrder) };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

Log.setLevel(AV_LOG_ERROR);
parentPort?.postMessage(await answer());
