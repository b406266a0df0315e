// Photos as a phone has them: 3 to 12 megapixels with noise and EXIF, made in a browser from the project's own scenes.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { joined } from '../app/photos/jpeg.ts';
import { exifBody, segment } from '../app/testing/photos.ts';

const scenes = resolve(import.meta.dirname, '../public/scenes');
/** The long side of each picture, in pixels: 3, 5, 8 and 12 megapixels. */
const longSides = [2048, 2592, 3264, 4032];

/** Paths of `count` photos of different days in a folder that `remove` deletes, and the sum of their bytes. */
export async function makePhotos({ browser, count }: { browser: Browser; count: number }) {
  const folder = await mkdtemp(join(tmpdir(), 'echoes-roll-'));
  const page = await browser.newPage();
  const names = (await readdir(scenes)).filter((name) => name.endsWith('.jpg') && !name.includes('-480'));
  const pictures: Buffer[] = [];
  for (const [index, longSide] of [...longSides, ...longSides].entries()) {
    const scene = await readFile(join(scenes, names[index % names.length] as string));
    pictures.push(Buffer.from(await page.evaluate(draw, { scene: scene.toString('base64'), longSide }), 'base64'));
  }
  await page.close();
  let bytes = 0;
  const paths: string[] = [];
  for (let index = 0; index < count; index++) {
    const picture = pictures[index % pictures.length] as Buffer;
    const day = new Date(Date.UTC(2020, 0, 1 + index)).toISOString();
    const taken = `${day.slice(0, 10).replaceAll('-', ':')} 12:00:00`;
    const exif = segment(0xe1, exifBody({ orientation: 1, taken, gps: true }));
    const photo = joined([picture.subarray(0, 2), exif, picture.subarray(2)]);
    bytes += photo.length;
    const path = join(folder, `IMG_${String(1000 + index)}.jpg`);
    await writeFile(path, photo);
    paths.push(path);
  }
  return { paths, bytes, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Draws a scene large, with the grain of a small sensor. Runs in the page. */
async function draw({ scene, longSide }: { scene: string; longSide: number }): Promise<string> {
  const bytes = Uint8Array.from(atob(scene), (letter) => letter.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }));
  const scale = longSide / Math.max(picture.width, picture.height);
  const canvas = new OffscreenCanvas(Math.round(picture.width * scale), Math.round(picture.height * scale));
  const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const grain = new OffscreenCanvas(512, 512);
  const pixels = new ImageData(512, 512);
  for (let at = 0; at < pixels.data.length; at++) pixels.data[at] = at % 4 === 3 ? 28 : Math.random() * 255;
  grain.getContext('2d')?.putImageData(pixels, 0, 0);
  context.fillStyle = context.createPattern(grain, 'repeat') as CanvasPattern;
  context.fillRect(0, 0, canvas.width, canvas.height);
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.85 });
  const drawn = new Uint8Array(await blob.arrayBuffer());
  let text = '';
  for (let at = 0; at < drawn.length; at += 30_000) text += String.fromCharCode(...drawn.subarray(at, at + 30_000));
  return btoa(text);
}
