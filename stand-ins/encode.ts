import { Encoder, Muxer } from 'node-av/api';
import {
  AV_PIX_FMT_YUV420P,
  AVCOL_PRI_BT709,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_BT709,
  AVCOL_TRC_BT709,
  FF_ENCODER_LIBX264,
} from 'node-av/constants';
import { Frame, type Packet, Rational } from 'node-av/lib';

/** A film without sound; `width` and `height` are even. */
export interface Movie {
  file: string;
  width: number;
  height: number;
  frames: number;
  framesPerSecond: number;
  /** Seconds between two key frames. */
  keyEverySeconds: number;
  threads: number;
  /** x264's own options. */
  options: Record<string, string | number>;
  /** Frame `index` as planar 4:2:0 (BT.709, video range). It is read before the next frame is requested. */
  planesAt(index: number): Buffer | Promise<Buffer>;
}

/**
 * Writes an H.264 MP4 with `moov` first, to a file: moving `moov` to the front reads the written data back. The calls of
 * the encoder are asynchronous because its synchronous ones free packets twice (node-av 6.1.1).
 */
export async function encodeMovie({
  file,
  width,
  height,
  frames,
  framesPerSecond,
  keyEverySeconds,
  threads,
  options,
  planesAt,
}: Movie): Promise<void> {
  await using encoder = await Encoder.create(FF_ENCODER_LIBX264, {
    options,
    context: {
      gopSize: framesPerSecond * keyEverySeconds,
      threadCount: threads,
      framerate: new Rational(framesPerSecond, 1),
      colorSpace: AVCOL_SPC_BT709,
      colorPrimaries: AVCOL_PRI_BT709,
      colorTrc: AVCOL_TRC_BT709,
      colorRange: AVCOL_RANGE_MPEG,
    },
  });
  await using output = await Muxer.open(file, {
    format: 'mp4',
    options: { movflags: '+faststart', fflags: '+bitexact' },
  });
  const track = output.addStream(encoder);
  for (let index = 0; index < frames; index += 1) {
    using frame = Frame.fromVideoBuffer(await planesAt(index), {
      width,
      height,
      format: AV_PIX_FMT_YUV420P,
      timeBase: { num: 1, den: framesPerSecond },
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
