import { cropOf, type Frame, type Shape, type Size, turnedBy } from './frame';

/** Pixels of the picture a provider gets, for each shape of a film. */
export const framedSizes: Readonly<Record<Shape, Size>> = {
  '9:16': { width: 720, height: 1280 },
  '16:9': { width: 1280, height: 720 },
  '1:1': { width: 960, height: 960 },
};

/** How many pixels of the photo a frame shows, across and down. */
export function pixelsShown({ size, shape, frame }: { size: Size; shape: Shape; frame: Frame }): Size {
  const crop = cropOf({ size, shape, frame });
  const { across, down } = turnedBy(frame, size);
  return { width: crop.width * size.width * across, height: crop.height * size.height * down };
}
