import { describe, expect, test } from 'vitest';
import { renderClip } from './renderer.ts';
import { clipFrom, picture } from './testing.ts';

const order = { image: picture(), width: 360, height: 640, durationSeconds: 2, prompt: 'slow push in' };

describe('a rendered clip', () => {
  test('a rendered clip is H.264 of the requested size and length, with moov before mdat', async () => {
    const video = await renderClip(order);
    const clip = await clipFrom(video);
    expect(clip).toMatchObject({ width: 360, height: 640, codec: 'h264', seconds: 2 });
    expect(clip.frames).toHaveLength(48);
    const text = Buffer.from(video).toString('latin1');
    expect(text.indexOf('moov')).toBeGreaterThan(0);
    expect(text.indexOf('moov')).toBeLessThan(text.indexOf('mdat'));
  });

  test('frames of a rendered clip differ after half a second', async () => {
    const { frames } = await clipFrom(await renderClip(order));
    for (let index = 0; index + 12 < frames.length; index += 12) {
      expect(differenceOf(frames[index], frames[index + 12])).toBeGreaterThan(1);
    }
  });

  test('the prompt decides the camera move of a rendered clip', async () => {
    const [left, right] = await Promise.all(
      ['pan left', 'pan right'].map(async (prompt) => clipFrom(await renderClip({ ...order, prompt }))),
    );
    // A pan to the left ends where a pan to the right begins.
    expect(differenceOf(left?.frames.at(-1), right?.frames[0])).toBeLessThan(
      differenceOf(left?.frames[0], right?.frames[0]),
    );
  });

  test('the same clip is rendered once', async () => {
    expect(await renderClip({ ...order })).toBe(await renderClip({ ...order }));
  });

  test('different photos give different clips', async () => {
    const [one, other] = await Promise.all([
      clipFrom(await renderClip(order)),
      clipFrom(await renderClip({ ...order, image: picture(200, 300) })),
    ]);
    expect(differenceOf(one.frames[0], other.frames[0])).toBeGreaterThan(3);
  });
});

test('a file that is not a picture is refused', async () => {
  await expect(renderClip({ ...order, image: Buffer.from('no picture at all') })).rejects.toThrow();
});

/** Mean difference of two luma planes, in levels. */
function differenceOf(one: Uint8Array | undefined, other: Uint8Array | undefined): number {
  if (!one || !other) throw new Error('A frame is missing');
  return one.reduce((sum, level, index) => sum + Math.abs(level - (other[index] ?? 0)), 0) / one.length;
}
