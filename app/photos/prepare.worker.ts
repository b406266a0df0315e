// Photos are opened, scaled and written here, so that the page never stands still.
import { type DrawnJpeg, drawJpeg, openPicture } from './draw-jpeg.client';

export type PrepareOrder = { picture: Blob | ImageBitmap; size: { width: number; height: number } | null };
export type PrepareAnswer = { outcome: 'drawn'; jpeg: DrawnJpeg } | { outcome: 'unreadable' };

addEventListener('message', async ({ data }: MessageEvent<PrepareOrder>) => {
  const answer = await draw(data).catch((): PrepareAnswer => ({ outcome: 'unreadable' }));
  postMessage(answer, { transfer: answer.outcome === 'drawn' ? [answer.jpeg.bytes] : [] });
});

async function draw({ picture, size }: PrepareOrder): Promise<PrepareAnswer> {
  const opened = picture instanceof Blob ? await openPicture(picture, size) : picture;
  const jpeg = await drawJpeg({
    picture: opened,
    surfaceOf: ({ width, height }) => {
      const canvas = new OffscreenCanvas(width, height);
      return { canvas, toJpeg: (quality) => canvas.convertToBlob({ type: 'image/jpeg', quality }) };
    },
  });
  return { outcome: 'drawn', jpeg };
}
