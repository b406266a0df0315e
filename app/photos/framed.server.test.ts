import { env } from 'cloudflare:workers';
import { and, eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { clips, photos } from '~/db/schema.server';
import { seedPerson, seedProject, testServices } from '~/testing/services';
import { cropOf, type Frame, onPhoto, shapes } from './frame';
import { framedSizes } from './frame-pixels';
import { decodeJpeg, encodeJpeg } from './jpeg-codec.server';
import { type Pixels, turnedUpright } from './resample';

type Colour = [number, number, number];
const red: Colour = [220, 30, 30];
const green: Colour = [30, 200, 30];
const blue: Colour = [30, 30, 220];
const white: Colour = [240, 240, 240];

/** Red and green above blue and white. */
function quarters(width: number, height: number): Pixels {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [left, right] = y < height / 2 ? [red, green] : [blue, white];
      data.set([...(x < width / 2 ? left : right), 255], (y * width + x) * 4);
    }
  return { data, width, height };
}

/** Red grows to the right and green downwards, so that a colour tells its place. */
function ramps(width: number, height: number): Pixels {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      data.set([((x + 0.5) / width) * 255, ((y + 0.5) / height) * 255, 128, 255], (y * width + x) * 4);
  return { data, width, height };
}

/** The largest difference (0..255) between a picture of the ramps and what its frame shows by the editor's measure. */
function furthestFrom(
  { data, width, height }: Pixels,
  framed: { size: { width: number; height: number }; shape: (typeof shapes)[number]; frame: Frame },
): number {
  const crop = cropOf(framed);
  let furthest = 0;
  for (let y = 4; y < height; y += 9)
    for (let x = 4; x < width; x += 9) {
      const canvas = {
        x: crop.left + ((x + 0.5) / width) * crop.width,
        y: crop.top + ((y + 0.5) / height) * crop.height,
      };
      const place = onPhoto(canvas, framed.frame, framed.size);
      const at = (y * width + x) * 4;
      furthest = Math.max(
        furthest,
        Math.abs((data[at] ?? 0) - place.x * 255),
        Math.abs((data[at + 1] ?? 0) - place.y * 255),
      );
    }
  return furthest;
}

/** The turn that undoes this one. */
const inverse = (orientation: number) => ({ 6: 8, 8: 6 })[orientation] ?? orientation;

function colourAt({ data, width, height }: Pixels, x: number, y: number): Colour {
  const at = (Math.floor(y * height) * width + Math.floor(x * width)) * 4;
  return [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
}

function near(one: Colour, other: Colour) {
  return one.every((value, index) => Math.abs(value - (other[index] ?? 0)) < 12);
}

async function seedPhoto({
  orientation = 1,
  width,
  height,
  draw = quarters,
}: {
  orientation?: number;
  width: number;
  height: number;
  draw?: (width: number, height: number) => Pixels;
}) {
  const userId = await seedPerson();
  const { clipIds } = await seedProject({ userId, photo: { width, height, orientation } });
  const { db } = testServices();
  const [clip] = await db
    .select()
    .from(clips)
    .where(eq(clips.id, clipIds[0] as string));
  const photoId = clip?.photoId as string;
  const stored = turnedUpright(draw(width, height), inverse(orientation));
  await env.MEDIA.put(`u/${userId}/p/${photoId}.jpg`, await encodeJpeg({ pixels: stored, quality: 90 }));
  return { userId, photoId };
}

const middle = { x: 0.5, y: 0.5, zoom: 1, turn: 0, tilt: 0 };

describe('the framed picture for a provider', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('a framed picture is upright for EXIF orientation %i', async (orientation) => {
    const photo = await seedPhoto({ orientation, width: 300, height: 400 });
    const framed = await testServices().photos.framedJpeg({ ...photo, shape: '9:16', frame: middle });
    if (framed.outcome !== 'framed') throw new Error(framed.reason);
    const pixels = await decodeJpeg(framed.bytes);
    if (!pixels) throw new Error('not decodable');
    expect({ width: pixels.width, height: pixels.height }).toEqual(framedSizes['9:16']);
    expect(near(colourAt(pixels, 0.1, 0.1), red)).toBe(true);
    expect(near(colourAt(pixels, 0.9, 0.1), green)).toBe(true);
    expect(near(colourAt(pixels, 0.1, 0.9), blue)).toBe(true);
    expect(near(colourAt(pixels, 0.9, 0.9), white)).toBe(true);
  });

  it('a framed picture shows the part that the frame selects, in every shape', async () => {
    const photo = await seedPhoto({ width: 400, height: 400 });
    for (const shape of ['9:16', '16:9', '1:1'] as const) {
      const framed = await testServices().photos.framedJpeg({
        ...photo,
        shape,
        frame: { x: 0.9, y: 0.1, zoom: 4, turn: 0, tilt: 0 },
      });
      if (framed.outcome !== 'framed') throw new Error(framed.reason);
      const pixels = await decodeJpeg(framed.bytes);
      if (!pixels) throw new Error('not decodable');
      expect({ width: pixels.width, height: pixels.height }).toEqual(framedSizes[shape]);
      expect([0.05, 0.5, 0.95].every((at) => near(colourAt(pixels, at, at), green))).toBe(true);
    }
  });

  it.each([
    { x: 0.5, y: 0.5, zoom: 1, turn: 1, tilt: 0 },
    { x: 0.3, y: 0.6, zoom: 1.7, turn: 2, tilt: 0 },
    { x: 0.5, y: 0.5, zoom: 1, turn: 0, tilt: 10 },
    { x: 0.9, y: 0.1, zoom: 1.2, turn: 0, tilt: -7.5 },
    { x: 0.2, y: 0.4, zoom: 4, turn: 3, tilt: 3 },
    { x: 0.6, y: 0.5, zoom: 1, turn: 1, tilt: -0.5 },
  ])('a provider gets every pixel where the editor shows it: %j', async (frame) => {
    for (const [at, shape] of shapes.entries()) {
      const orientation = 1 + ((at * 3 + frame.turn * 2) % 8);
      const photo = await seedPhoto({ width: 900, height: 640, orientation, draw: ramps });
      const framed = await testServices().photos.framedJpeg({ ...photo, shape, frame });
      if (framed.outcome !== 'framed') throw new Error(framed.reason);
      const pixels = await decodeJpeg(framed.bytes);
      if (!pixels) throw new Error('not decodable');
      expect(furthestFrom(pixels, { size: { width: 900, height: 640 }, shape, frame })).toBeLessThan(5);
    }
  });

  it('a framed picture is refused with a reason to another person and for a damaged or too large photo', async () => {
    const photo = await seedPhoto({ width: 100, height: 100 });
    const { photos: door } = testServices();
    const ask = (userId: string) => door.framedJpeg({ ...photo, userId, shape: '1:1', frame: middle });
    expect(await ask(await seedPerson())).toEqual({ outcome: 'refused', reason: 'not-found' });
    await env.MEDIA.put(`u/${photo.userId}/p/${photo.photoId}.jpg`, new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 0]));
    expect(await ask(photo.userId)).toEqual({ outcome: 'refused', reason: 'damaged' });
    const { userId } = photo;
    await seedProject({ userId, photo: { width: 6000, height: 6000 } });
    const [large] = await testServices()
      .db.select()
      .from(photos)
      .where(and(eq(photos.userId, userId), eq(photos.width, 6000)));
    const ofLarge = { userId, photoId: large?.id ?? '', shape: '1:1' as const, frame: middle };
    expect(await door.framedJpeg(ofLarge)).toEqual({ outcome: 'refused', reason: 'too-large' });
  });
});
