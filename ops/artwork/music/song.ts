import { Encoder, Muxer } from 'node-av/api';
import { AV_CHANNEL_LAYOUT_STEREO, AV_LOG_ERROR, AV_SAMPLE_FMT_FLTP, FF_ENCODER_AAC } from 'node-av/constants';
import { Frame, Log, type Packet } from 'node-av/lib';
import { type Loop, sampleRate } from './instruments.ts';

const frameSamples = 1024;

/** Writes the loop as AAC in an MPEG-4 file, 128 kbit/s, with an edit list that says where the first sample is. */
export async function writeSong({ left, right }: Loop, file: string): Promise<void> {
  Log.setLevel(AV_LOG_ERROR);
  await using encoder = await Encoder.create(FF_ENCODER_AAC, { context: { bitRate: '128k' } });
  await using output = await Muxer.open(file, {
    format: 'ipod',
    options: { movflags: '+faststart', fflags: '+bitexact' },
  });
  const track = output.addStream(encoder);
  // The encoder keeps whole frames only: the last one is filled up with silence, and one more lets it ring out.
  const frames = Math.ceil(left.length / frameSamples) + 1;
  for (let start = 0; start < frames * frameSamples; start += frameSamples) {
    const samples = new Float32Array(frameSamples * 2);
    samples.set(left.subarray(start, start + frameSamples), 0);
    samples.set(right.subarray(start, start + frameSamples), frameSamples);
    using frame = Frame.fromAudioBuffer(Buffer.from(samples.buffer), {
      nbSamples: frameSamples,
      format: AV_SAMPLE_FMT_FLTP,
      sampleRate,
      channelLayout: AV_CHANNEL_LAYOUT_STEREO,
      timeBase: { num: 1, den: sampleRate },
    });
    frame.pts = BigInt(start);
    for (const packet of await encoder.encodeAll(frame)) await written(packet);
  }
  for await (const packet of encoder.flushPackets()) await written(packet);

  async function written(packet: Packet): Promise<void> {
    await output.writePacket(packet, track);
    packet.free();
  }
}
