/**
 * The landing's films, made as Echoes makes films: each photo becomes a clip, and the clips follow one another.
 * `node ops/artwork/scenes/film.ts` makes all of them, with names after it only those.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { renderAsync } from '@resvg/resvg-js';
import { scenes } from './all.ts';
import { documentOf, photoSeconds, photoView, type Scene, type View } from './draw.ts';
import { writeMovie } from './movie.ts';
import { grained, grainOf, jpegOf, type Pixels } from './raster.ts';

const folder = fileURLToPath(new URL('../../../public/film/', import.meta.url));
const framesPerSecond = 24;
const clipSeconds = 2.5;
const crossfadeSeconds = 0.75;
const grainStrength = 1;

type Window = Pick<View, 'x' | 'y' | 'width' | 'height'>;
/** How the camera travels through a scene: from, to (stage units at the nearest layer) and how near it comes. */
type Move = {
  from: readonly [number, number];
  to: readonly [number, number];
  zoom: readonly [number, number];
  /** How far to the right the frame is set, where the scene happens off the middle. */
  aside?: number;
};

const moves: readonly Move[] = [
  { from: [0, 0], to: [46, 0], zoom: [1, 1.07] },
  { from: [44, 0], to: [-34, -8], zoom: [1.02, 1.02], aside: 56 },
  { from: [0, 14], to: [0, -10], zoom: [1, 1.09] },
  { from: [-40, 0], to: [34, 0], zoom: [1.03, 1.03] },
  { from: [0, -8], to: [0, 8], zoom: [1.01, 1.1] },
  { from: [40, 0], to: [-30, 0], zoom: [1.06, 1.01] },
];

/** A scene `seconds` into its clip; `along` (0..1) is how far the camera has gone. */
async function clipFrame(
  scene: Scene,
  move: Move,
  window: Window,
  width: number,
  seconds: number,
  along: number,
): Promise<Pixels> {
  const between = (from: number, to: number) => from + (to - from) * along;
  const svg = documentOf(scene.draw(photoSeconds + seconds), {
    ...window,
    x: window.x + (move.aside ?? 0),
    panX: between(move.from[0], move.to[0]),
    panY: between(move.from[1], move.to[1]),
    zoom: between(move.zoom[0], move.zoom[1]),
  });
  const image = await renderAsync(svg, { fitTo: { mode: 'width', value: width }, font: { loadSystemFonts: false } });
  return { data: new Uint8Array(image.pixels), width: image.width, height: image.height };
}

function mixed(under: Pixels, over: Pixels, share: number): Pixels {
  for (let index = 0; index < under.data.length; index += 1) {
    const base = under.data[index] ?? 0;
    under.data[index] = base + ((over.data[index] ?? 0) - base) * share;
  }
  return under;
}

/** One loop through all scenes: the last one fades into the first, which is already moving. */
async function landing(name: string, window: Window, width: number, height: number, crf: number): Promise<void> {
  const grain = grainOf(width, height);
  const long = clipSeconds + crossfadeSeconds;
  const frames = scenes.length * clipSeconds * framesPerSecond;
  const clipAt = (index: number, seconds: number) => {
    const which = index % scenes.length;
    const [scene, move] = [scenes[which], moves[which]];
    if (!scene || !move) throw new Error('A scene has no camera move');
    return clipFrame(scene, move, window, width, seconds, (seconds + crossfadeSeconds) / long);
  };
  const frameAt = async (index: number): Promise<Pixels> => {
    const now = index / framesPerSecond;
    const current = Math.floor(now / clipSeconds);
    const into = now - current * clipSeconds;
    const left = clipSeconds - into;
    const picture = await clipAt(current, into);
    if (left < crossfadeSeconds) {
      const share = 1 - left / crossfadeSeconds;
      mixed(picture, await clipAt(current + 1, -left), share * share * (3 - 2 * share));
    }
    return grained(picture, grain, grainStrength);
  };
  await writeMovie({ file: `${folder}${name}.mp4`, width, height, frames, framesPerSecond, crf, frameAt });
  await writeFile(`${folder}${name}.jpg`, await jpegOf(await frameAt(0), 74));
}

/** The first scene coming alive: its first frame is the photo, then the camera and the drawing begin to move. */
async function beforeAfter(): Promise<void> {
  const [width, height, frames] = [720, 960, 4 * framesPerSecond];
  const [scene] = scenes;
  if (!scene) throw new Error('There is no first scene');
  const grain = grainOf(width, height);
  const move: Move = { from: [0, 0], to: [52, 0], zoom: [1, 1.1] };
  const frameAt = async (index: number) => {
    const along = index / (frames - 1);
    const eased = along * along * (3 - 2 * along);
    const picture = await clipFrame(scene, move, photoView, width, index / framesPerSecond, eased);
    return grained(picture, grain, grainStrength);
  };
  await writeMovie({ file: `${folder}before-after.mp4`, width, height, frames, framesPerSecond, crf: 21, frameAt });
}

const makers = {
  'before-after': beforeAfter,
  landing: () => landing('landing', { x: 90, y: -40, width: 900, height: 1600 }, 720, 1280, 27),
  'landing-wide': () => landing('landing-wide', { x: -484, y: 170, width: 2048, height: 1152 }, 1280, 720, 27),
};

await mkdir(folder, { recursive: true });
const asked = process.argv.slice(2).filter((word: string) => word in makers);
for (const [name, make] of Object.entries(makers)) if (asked.length === 0 || asked.includes(name)) await make();
