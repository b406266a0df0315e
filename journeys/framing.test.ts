// Framing on a phone: the frame that Echoes proposes by the faces in a photo, the editor by finger and by keyboard, what the
// film service gets of it, and what is said about a photo before it is paid for.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings, launchBrowser, phone, profile, signIn, swipe } from './browser.ts';
import { type RunningEchoes, startEchoes } from './echoes.ts';
import { startFilm } from './support/film.ts';

const table = readFileSync(resolve(import.meta.dirname, '../ops/artwork/scenes/birthday-table.svg'), 'utf8');

/** Two faces at the birthday table, as the scene shows them at twice the photo's height. */
const faces = { left: 120, top: 560, width: 460, height: 900 };

/** A wide photo of a garden wall, with the two faces at each of these places from the left. */
function photoOfFaces(name: string, places: readonly number[], brightness = 1) {
  const [width, height] = [1600, 900];
  const picture = new PNG({ width, height });
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const leaf = 40 * Math.sin(x / 5) * Math.cos(y / 6) + 20 * Math.sin((x + y) / 2);
      picture.data.set([90 + leaf, 120 + leaf, 80 + leaf, 255], (y * width + x) * 4);
    }
  const scene = new Resvg(table, { fitTo: { mode: 'height', value: 2 * height } }).render();
  // Each read of this property copies the picture.
  const { pixels } = scene;
  for (const place of places)
    for (let y = 0; y < faces.height; y++) {
      const from = ((faces.top + y) * scene.width + faces.left) * 4;
      picture.data.set(pixels.subarray(from, from + faces.width * 4), (y * width + place) * 4);
    }
  for (let at = 0; at < picture.data.length; at++)
    if (at % 4 < 3) picture.data[at] = (picture.data[at] as number) * brightness;
  return { name, mimeType: 'image/png', buffer: PNG.sync.write(picture) };
}

let echoes: RunningEchoes;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let film = '';
const wentWrong: string[] = [];

interface Framed {
  id: string;
  x: number;
  y: number;
  zoom: number;
  turn: number;
  tilt: number;
  origin: string;
}

/** The frames of the film's clips, in the order in which their photos came. */
async function frames(): Promise<Framed[]> {
  const db = await echoes.worker.getD1Database('DB');
  const { results } = await db
    .prepare(
      `SELECT id, frame_x AS x, frame_y AS y, frame_zoom AS zoom, frame_turn AS turn, frame_tilt AS tilt, frame_origin AS origin
       FROM clips WHERE deleted_at IS NULL ORDER BY created_at, id`,
    )
    .all<Framed>();
  return results;
}
const frameOf = async (id: string) => (await frames()).find((one) => one.id === id) as Framed;
const dialog = () => page.locator('dialog[open]');
const editor = () => dialog().getByRole('group', { name: /^The part of the photo/ });
const saved = () => page.waitForResponse((answer) => answer.url().endsWith('/details') && answer.ok());
const note = (kind: string) => dialog().locator(`[data-photo-note="${kind}"]`);

/** Brings a photo and returns its clip once Echoes has looked at it. */
async function bring(photo: ReturnType<typeof photoOfFaces>): Promise<string> {
  const before = new Set((await frames()).map(({ id }) => id));
  await page.getByLabel('Add photos').first().setInputFiles(photo);
  const clip = async () => (await frames()).find(({ id }) => !before.has(id));
  await expect.poll(async () => (await clip())?.origin, { timeout: 60_000 }).toBe('proposed');
  return (await clip())?.id as string;
}

async function open(clipId: string): Promise<void> {
  await page.goto(`${echoes.origin}${film}?clip=${clipId}`);
  await dialog().waitFor();
  // Presses on a panel that has just opened are ignored.
  await expect.poll(() => page.locator('[data-settling]').count()).toBe(0);
}

beforeAll(async () => {
  echoes = await startEchoes();
  browser = await launchBrowser();
  context = await profile(browser, phone);
  page = await context.newPage();
  page.on('pageerror', (error) => wentWrong.push(error.message));
  await signIn(page, { origin: echoes.origin, name: 'Grace Guest' });
  film = await startFilm(page);
});

afterAll(async () => {
  await browser?.close();
  await echoes?.close();
});

describe('a frame that Echoes proposes', () => {
  it('a photo with faces at its side gets a frame around them, which says that it is proposed', async () => {
    const clipId = await bring(photoOfFaces('side.png', [0]));
    const { x, zoom } = await frameOf(clipId);
    expect(x).toBeLessThan(0.35);
    expect(zoom).toBe(1);
    await open(clipId);
    await dialog().getByText('Echoes has placed this frame around the faces.').waitFor();
  });

  it('a frame that the person has set stays, and is no proposal any more', async () => {
    const [{ id = '' } = {}] = await frames();
    await open(id);
    await dialog().getByRole('button', { name: 'Adjust the frame' }).tap();
    await editor().focus();
    const answer = saved();
    await page.keyboard.press('ArrowLeft');
    await answer;
    const set = await frameOf(id);
    expect(set.origin).toBe('person');
    expect(await dialog().getByText('Echoes has placed').count()).toBe(0);
    // A proposal that comes late, from another device.
    const status = await page.evaluate(async (clipId) => {
      const frame = { frameX: '0.9', frameY: '0.9', frameZoom: '3', frameTurn: '0', frameTilt: '0', proposed: 'true' };
      const answer = await fetch(`/clips/${clipId}/details`, { method: 'POST', body: new URLSearchParams(frame) });
      return answer.status;
    }, id);
    expect(status).toBe(200);
    expect(await frameOf(id)).toEqual(set);
  });
});

describe('the editor of a frame', () => {
  it('everything in the editor works by keyboard, and axe finds nothing', async () => {
    const [{ id = '' } = {}] = await frames();
    await open(id);
    await dialog().getByRole('button', { name: 'Adjust the frame' }).focus();
    await page.keyboard.press('Enter');
    await editor().focus();
    for (const key of ['+', '+', 'ArrowUp', 'r']) await page.keyboard.press(key);
    await expect.poll(async () => (await frameOf(id)).turn).toBe(1);
    expect((await frameOf(id)).zoom).toBeCloseTo(1.21, 5);
    const straighten = dialog().getByRole('slider', { name: 'Straighten' });
    await straighten.focus();
    for (const _press of [1, 2, 3]) await page.keyboard.press('ArrowRight');
    await expect.poll(async () => (await frameOf(id)).tilt).toBe(1.5);
    expect(await straighten.getAttribute('aria-valuetext')).toBe('1.5 degrees to the right');
    expect(await axeFindings(page)).toEqual([]);
    await editor().focus();
    await page.keyboard.press('0');
    await expect.poll(async () => (await frameOf(id)).turn).toBe(0);
    expect(await frameOf(id)).toMatchObject({ x: 0.5, y: 0.5, zoom: 1, tilt: 0, origin: 'person' });
    expect(await dialog().getByRole('button', { name: 'Reset' }).isDisabled()).toBe(true);
  });

  it('a swipe up over a photo that cannot follow it scrolls the panel, and a swipe aside moves the photo', async () => {
    const [{ id = '' } = {}] = await frames();
    await open(id);
    await dialog().getByRole('button', { name: 'Adjust the frame' }).tap();
    await editor().evaluate((element) => element.scrollIntoView({ block: 'center' }));
    const before = await frameOf(id);
    const top = async () => (await editor().boundingBox())?.y ?? 0;
    const stood = await top();
    let saves = 0;
    page.on('request', (request) => request.url().endsWith('/details') && saves++);
    await swipe(page, { over: editor(), by: { x: 3, y: -140 } });
    await expect.poll(top).toBeLessThan(stood - 60);
    expect(await frameOf(id)).toEqual(before);
    const answer = saved();
    await swipe(page, { over: editor(), by: { x: 70, y: 0 } });
    await answer;
    expect((await frameOf(id)).x).toBeLessThan(before.x);
    // One for the swipe aside, none for the swipe up.
    expect(saves).toBe(1);
  });

  it('two fingers that part go closer', async () => {
    const [{ id = '' } = {}] = await frames();
    await open(id);
    await dialog().getByRole('button', { name: 'Adjust the frame' }).tap();
    const box = await editor().boundingBox();
    if (!box) throw new Error('the editor is not in sight');
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    const fingers = (apart: number) => [
      { x: middle.x - apart, y: middle.y, id: 1 },
      { x: middle.x + apart, y: middle.y, id: 2 },
    ];
    const answer = saved();
    const touch = await context.newCDPSession(page);
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: fingers(25) });
    for (const apart of [30, 35, 40, 45, 50]) {
      await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: fingers(apart) });
      await page.evaluate(() => new Promise(requestAnimationFrame));
    }
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await touch.detach();
    await answer;
    expect((await frameOf(id)).zoom).toBeCloseTo(2, 1);
  });

  it('the picture that is sent shows, pixel by pixel, what the editor shows', async () => {
    const [{ id = '' } = {}] = await frames();
    const sentFor = async (frame: Record<string, string>) => {
      await page.evaluate(
        async ([clipId, fields, path]) => {
          const post = async (to: string, body: Record<string, string>) => {
            const headers = { Accept: 'application/json' };
            const answer = await fetch(to, { method: 'POST', headers, body: new URLSearchParams(body) });
            return answer.json() as Promise<{ share: { id: string } }>;
          };
          await post(`/clips/${clipId}/details`, fields);
          const { share } = await post(`${path}/shares`, {});
          await post(`/shares/${share.id}/preview`, { clipId });
        },
        [id, frame, film] as const,
      );
      const bucket = await echoes.worker.getR2Bucket('MEDIA');
      const { objects } = await bucket.list();
      const key = objects.find((object) => object.key.includes('/v/'))?.key ?? '';
      return Buffer.from((await (await bucket.get(key))?.arrayBuffer()) ?? new ArrayBuffer(0));
    };
    const sent = await sentFor({ frameX: '0.3', frameY: '0.45', frameZoom: '1.4', frameTurn: '0', frameTilt: '6.5' });
    await open(id);
    await dialog().getByRole('button', { name: 'Adjust the frame' }).tap();
    await expect
      .poll(() =>
        editor()
          .locator('img')
          .evaluate((image: HTMLImageElement) => image.complete),
      )
      .toBe(true);
    await page.mouse.move(0, 0);
    const shown = await smallGrey(await editor().screenshot({ animations: 'allow' }), 'image/png');
    const apart = meanDifference(shown, await smallGrey(sent, 'image/jpeg'));
    // Another tilt, of the same part.
    const other = await sentFor({ frameX: '0.3', frameY: '0.45', frameZoom: '1.4', frameTurn: '0', frameTilt: '-6.5' });
    const otherApart = meanDifference(shown, await smallGrey(other, 'image/jpeg'));
    expect(apart).toBeLessThan(6);
    expect(otherApart).toBeGreaterThan(2 * apart);
  });
});

describe('what is said about a photo before it is paid for', () => {
  it('faces that no upright frame holds are counted, and the wide film holds them; a change of mind takes it back', async () => {
    const clipId = await bring(photoOfFaces('apart.png', [0, 1100]));
    await open(clipId);
    await note('faces-outside')
      .getByText(/^\d of \d faces (is|are) outside the frame\.$/)
      .waitFor();
    await note('faces-outside').getByRole('button', { name: 'Make the film wide' }).tap();
    const db = await echoes.worker.getD1Database('DB');
    const shape = () => db.prepare('SELECT shape AS n FROM projects WHERE deleted_at IS NULL').first<string>('n');
    await expect.poll(shape).toBe('16:9');
    await note('faces-outside').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).tap();
    await expect.poll(shape).toBe('9:16');
  });

  it('a dark photo is asked about, can be replaced, and can be brought to life all the same', async () => {
    const clipId = await bring(photoOfFaces('dark.png', [0], 0.15));
    await open(clipId);
    await note('dark').getByText('Is this photo meant to be so dark?').waitFor();
    await dialog().locator('[data-photo-notes]').getByText('Replace photo').waitFor();
    expect(
      await dialog()
        .getByRole('button', { name: /^Bring to life/ })
        .isEnabled(),
    ).toBe(true);
    expect(await axeFindings(page)).toEqual([]);
  });

  it('no page of this journey threw an exception', () => {
    expect(wentWrong).toEqual([]);
  });
});

/** A picture as 54 x 96 grey values: fine patterns are averaged, which browsers and the server scale a little differently. */
async function smallGrey(picture: Buffer, type: string): Promise<Uint8Array> {
  const grey = await page.evaluate(
    async ([base64, type]) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const opened = await createImageBitmap(new Blob([bytes], { type }), {
        resizeWidth: 54,
        resizeHeight: 96,
        resizeQuality: 'high',
      });
      const drawing = new OffscreenCanvas(54, 96).getContext('2d') as OffscreenCanvasRenderingContext2D;
      drawing.drawImage(opened, 0, 0);
      const { data } = drawing.getImageData(0, 0, 54, 96);
      return Array.from({ length: 54 * 96 }, (_, at) => {
        const [red = 0, green = 0, blue = 0] = data.subarray(at * 4, at * 4 + 3);
        return (red * 3 + green * 6 + blue) / 10;
      });
    },
    [picture.toString('base64'), type] as const,
  );
  return Uint8Array.from(grey);
}

function meanDifference(one: Uint8Array, other: Uint8Array): number {
  expect(one.length).toBe(other.length);
  return one.reduce((sum, value, at) => sum + Math.abs(value - (other[at] ?? 0)), 0) / one.length;
}
