/**
 * Draws everything the product shows of its own: `npm run scenes` writes the six scenes as layered SVG beside this
 * file and as JPEG in `public/scenes`, the icons in `public/icons`, and with `-- --film` the landing films.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { scenes } from './all.ts';
import { documentOf, photoSeconds } from './draw.ts';
import { iconFiles } from './icons.ts';
import { grained, grainOf, jpegOf, pngOf, rasterise } from './raster.ts';

const here = fileURLToPath(new URL('./', import.meta.url));
const pictures = fileURLToPath(new URL('../../../public/', import.meta.url));

await mkdir(`${pictures}scenes`, { recursive: true });
await mkdir(`${pictures}icons`, { recursive: true });

let total = 0;
for (const scene of scenes) {
  const svg = documentOf(scene.draw(photoSeconds));
  await writeFile(`${here}${scene.name}.svg`, svg);
  for (const [suffix, width, strength, quality] of [
    ['', 1080, 7, 84],
    ['-480', 480, 4, 80],
  ] as const) {
    const picture = rasterise(svg, width);
    const file = await jpegOf(grained(picture, grainOf(picture.width, picture.height), strength), quality);
    await writeFile(`${pictures}scenes/${scene.name}${suffix}.jpg`, file);
    total += file.length;
    console.log(`scenes/${scene.name}${suffix}.jpg  ${Math.round(file.length / 1024)} kB`);
  }
}
console.log(`scenes together ${Math.round(total / 1024)} kB`);

for (const { file, svg, width } of iconFiles) {
  await writeFile(`${pictures}${file}`, width === undefined ? svg : pngOf(svg, width));
}

if (process.argv.includes('--film')) await import('./film.ts');
