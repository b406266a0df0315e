// Comparison of screenshots as small grey pictures.
import type { Locator } from 'playwright-core';
import { PNG } from 'pngjs';

/** A screenshot of this part of the page as grey values (0..255), every fourth pixel of every fourth row. */
export async function screenshotPixels(part: Locator): Promise<Uint8Array> {
  return greyPixels(await part.screenshot({ animations: 'allow', scale: 'css' }));
}

/** A PNG as grey values (0..255), every fourth pixel of every fourth row. */
export function greyPixels(png: Buffer): Uint8Array {
  const { width, height, data } = PNG.sync.read(png);
  const grey: number[] = [];
  for (let y = 0; y < height; y += 4) {
    for (let x = 0; x < width; x += 4) {
      const at = (y * width + x) * 4;
      grey.push(((data[at] ?? 0) * 3 + (data[at + 1] ?? 0) * 6 + (data[at + 2] ?? 0)) / 10);
    }
  }
  return Uint8Array.from(grey);
}

/** The share (0..1) of pixels that are all but black. */
export function darkShare(picture: Uint8Array): number {
  return picture.filter((value) => value < 12).length / picture.length;
}

/** The share (0..1) of pixels that differ visibly between two pictures. */
export function differentShare(before: Uint8Array, after: Uint8Array): number {
  const count = Math.min(before.length, after.length);
  let different = 0;
  for (let at = 0; at < count; at++) if (Math.abs((before[at] ?? 0) - (after[at] ?? 0)) > 6) different++;
  return count === 0 ? 0 : different / count;
}

/**
 * Plays this clip until its picture is between two moments of its length (0..1), and pauses it there. A clip repeats, so a
 * moment that a slow machine misses comes again.
 */
export function holdBetween(clip: Locator, { from, to }: { from: number; to: number }): Promise<void> {
  return clip.evaluate(
    async (element, [begin, end]) => {
      const video = element as HTMLVideoElement;
      // A new clip fades in.
      await Promise.allSettled(video.getAnimations().map(({ finished }) => finished));
      return new Promise<void>((held, failed) => {
        const look: VideoFrameRequestCallback = (_now, { mediaTime }) => {
          const at = mediaTime / video.duration;
          if (at < begin || at >= end) return void video.requestVideoFrameCallback(look);
          video.addEventListener('pause', () => held(), { once: true });
          video.pause();
        };
        video.requestVideoFrameCallback(look);
        video.play().catch(failed);
      });
    },
    [from, to] as const,
  );
}
