/**
 * Takes photos of the project's own scenes as phones and cameras keep them, for tests: `npm run photos` writes them to
 * `journeys/photos`. They carry all that must not leave a phone, and two of them lie on their side.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { scenes } from '../scenes/all.ts';
import { documentOf, photoSeconds } from '../scenes/draw.ts';
import { jpegOf, type Pixels, rasterise } from '../scenes/raster.ts';
import { type CameraFacts, tiffOf } from './exif.ts';
import { heicOf } from './heic.ts';

/** `width` and `height` as the person sees the photo; `orientation` 6 stores it turned by a quarter. */
interface Shot extends Omit<CameraFacts, 'thumbnail'> {
  name: string;
  scene: number;
  width: number;
  height: number;
  quality: number;
  /** An XMP packet in front, a second picture behind the end: phones write both. */
  extras: boolean;
}

const camera = { littleEndian: true, make: 'Echoes', model: 'Box camera 1', extras: false, quality: 80 };
const phone = { ...camera, littleEndian: false, model: 'Pocket phone 13', extras: true };

const shots: readonly Shot[] = [
  { ...camera, name: 'upright-wide', scene: 0, width: 1800, height: 1200, orientation: 1 },
  { ...camera, name: 'turned-wide', scene: 1, width: 1800, height: 1200, orientation: 6 },
  { ...camera, name: 'upright-tall', scene: 2, width: 1200, height: 1800, orientation: 1 },
  {
    ...phone,
    name: 'turned-tall',
    scene: 3,
    width: 1200,
    height: 1800,
    orientation: 6,
    position: { north: 48.2083, east: 16.3725 },
  },
  {
    ...phone,
    name: 'phone',
    scene: 4,
    width: 3264,
    height: 2448,
    orientation: 1,
    quality: 72,
    taken: '2015:04:10 20:12:23',
    offset: '+02:00',
    position: { north: 48.2083, east: 16.3725 },
  },
  {
    ...phone,
    name: 'very-wide',
    scene: 5,
    width: 4608,
    height: 1976,
    orientation: 1,
    quality: 72,
    taken: '2022:08:14 11:12:31',
    position: { north: -33.8568, east: 151.2153 },
  },
  {
    ...camera,
    name: 'old-camera',
    scene: 2,
    width: 640,
    height: 480,
    orientation: 1,
    taken: '2008:10:22 16:28:39',
    position: { north: 43.4674, east: -11.8851 },
  },
];

const folder = fileURLToPath(new URL('../../../journeys/photos/', import.meta.url));
await mkdir(folder, { recursive: true });
const written = async (name: string, bytes: Uint8Array) => {
  await writeFile(`${folder}${name}`, bytes);
  console.log(`${name}  ${Math.round(bytes.length / 1024)} kB`);
};

for (const { name, scene, width, height, quality, extras, ...facts } of shots) {
  const upright = pictureOf(scene, width, height);
  const stored = facts.orientation === 6 ? turned(upright) : upright;
  const thumbnail = await jpegOf(pictureOf(scene, 160, Math.round((160 * height) / width)), 50);
  const photo = await jpegOf(stored, quality);
  await written(
    `${name}.jpg`,
    Buffer.concat([
      photo.subarray(0, 2),
      segment(0xe1, 'Exif\0\0', tiffOf({ ...facts, thumbnail })),
      ...(extras ? [segment(0xe1, 'http://ns.adobe.com/xap/1.0/\0', new TextEncoder().encode(xmp(facts.model)))] : []),
      photo.subarray(2),
      ...(extras ? [thumbnail] : []),
    ]),
  );
  if (name === 'phone') await written('torn.jpg', torn(photo));
}

const upright = pictureOf(1, 960, 1280);
const stored = turned(upright);
await written(
  'iphone.heic',
  await heicOf({
    planes: planesOf(stored),
    width: stored.width,
    height: stored.height,
    quarterTurns: 3,
    tiff: tiffOf({ ...phone, orientation: 6, taken: '2022:02:16 11:55:41', offset: '+00:00' }),
  }),
);

/** The middle of a scene in any shape, `width` pixels wide. */
function pictureOf(index: number, width: number, height: number): Pixels {
  const scene = scenes[index];
  if (!scene) throw new Error(`There is no scene ${index}.`);
  const [across, down] =
    width / height > 1080 / 1440 ? [(1440 * width) / height, 1440] : [1080, (1080 * height) / width];
  const view = { x: 540 - across / 2, y: 720 - down / 2, width: across, height: down, zoom: 1, panX: 0, panY: 0 };
  const picture = rasterise(documentOf(scene.draw(photoSeconds), view), width);
  if (picture.height !== height) throw new Error(`${picture.height} instead of ${height} pixels high`);
  return picture;
}

/** The picture turned by a quarter anticlockwise: what a sensor stores when the camera is held upright. */
function turned({ data, width, height }: Pixels): Pixels {
  const result = new Uint8Array(data.length);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const from = (y * width + x) * 4;
      result.set(data.subarray(from, from + 4), ((width - 1 - x) * height + y) * 4);
    }
  return { data: result, width: height, height: width };
}

/** RGBA as planar 4:2:0 (BT.709, video range); width and height are even. */
function planesOf({ data, width, height }: Pixels): Buffer {
  const planes = Buffer.alloc((width * height * 3) / 2);
  const [blueAt, redAt] = [width * height, (width * height * 5) / 4];
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * 4;
      const [r = 0, g = 0, b = 0] = data.subarray(at, at + 3);
      const luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;
      planes[y * width + x] = Math.round(16 + (luma * 219) / 255);
      if (x % 2 === 1 || y % 2 === 1) continue;
      const index = (y / 2) * (width / 2) + x / 2;
      planes[blueAt + index] = Math.round(128 + ((b - luma) / 1.8556) * (224 / 255));
      planes[redAt + index] = Math.round(128 + ((r - luma) / 1.5748) * (224 / 255));
    }
  return planes;
}

/** A file whose second half never arrived, as a broken card leaves it. */
function torn(photo: Uint8Array): Uint8Array {
  return photo.subarray(0, Math.round(photo.length * 0.4));
}

function segment(marker: number, head: string, body: Uint8Array): Uint8Array {
  const start = new TextEncoder().encode(head);
  const length = start.length + body.length + 2;
  return Buffer.concat([Uint8Array.of(0xff, marker, length >> 8, length & 255), start, body]);
}

function xmp(model: string): string {
  return `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Model="${model}"/></rdf:RDF></x:xmpmeta>`;
}
