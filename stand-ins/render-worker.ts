import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { Encoder, Muxer } from 'node-av/api';
import {
  AV_LOG_ERROR,
  AV_PIX_FMT_YUV420P,
  AVCOL_PRI_BT709,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_BT709,
  AVCOL_TRC_BT709,
  FF_ENCODER_LIBX264,
} from 'node-av/constants';
import { Frame, Log, type Packet, Rational } from 'node-av/lib';
import { moveFor, poseAt } from './camera.ts';
import { lightAt } from './light.ts';
import { type Picture, pictureFrom, shoot } from './picture.ts';
import type { ClipOrder, RenderAnswer } from './renderer.ts';

/** The photo is held a little larger than the film, so that moving in does not blur it. */
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

/**
 * Written to a file, because moving `moov` to the front reads back what was written.
 * The encoder is used asynchronously on purpose: its synchronous calls free packets twice (node-av 6.1.1).
 */
async function film({ source, file, width, height, frames, fps, prompt }: Film): Promise<void> {
  const move = moveFor(prompt);
  const pixels = Buffer.alloc((width * height * 3) / 2);
  await using encoder = await Encoder.create(FF_ENCODER_LIBX264, {
    options: { preset: 'veryfast', crf: 20 },
    context: {
      gopSize: fps * 2,
      threadCount: 2,
      framerate: new Rational(fps, 1),
      colorSpace: AVCOL_SPC_BT709,
      colorPrimaries: AVCOL_PRI_BT709,
      colorTrc: AVCOL_TRC_BT709,
      colorRange: AVCOL_RANGE_MPEG,
    },
  });
  await using output = await Muxer.open(file, { format: 'mp4', options: { movflags: '+faststart' } });
  const track = output.addStream(encoder);
  for (let index = 0; index < frames; index += 1) {
    const progress = frames === 1 ? 0 : index / (frames - 1);
    shoot({
      source,
      pixels,
      width,
      height,
      pose: poseAt(move, progress),
      light: lightAt(index / fps, progress, width),
    });
    using frame = Frame.fromVideoBuffer(pixels, {
      width,
      height,
      format: AV_PIX_FMT_YUV420P,
      timeBase: { num: 1, den: fps },
    });
    frame.pts = BigInt(index);
    frame.duration = 1n;
    for (const packet of await encoder.encodeAll(frame)) await written(packet);
  }
  for await (const packet of encoder.flushPackets()) await written(packet);

  async function written(packet: Packet): Promise<void> {
    await output.writePacket(packet, track);
    packet.free();
  }
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
