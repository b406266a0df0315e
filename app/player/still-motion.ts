import { type Crop, cropOf, type Frame, frameBounds, onCanvas, type Shape } from '~/photos/frame';

/** A slow camera move inside a photo: the part of its canvas shown first and the part shown last. */
export interface StillMotion {
  from: Crop;
  to: Crop;
}

/** How much closer the near end of a move is than the wide one. */
const closer = 1.12;

/** How far the near end may lie beside the framed point, as a part of its own extent. */
const drift = 0.12;

/**
 * The move of one photo, between the framed part and a slightly nearer part of it. The framed point stays visible. The
 * same clip always moves the same way; even places move closer, odd ones away.
 */
export function stillMotion({
  clipId,
  index,
  size,
  shape,
  frame,
}: {
  clipId: string;
  index: number;
  size: { width: number; height: number };
  shape: Shape;
  frame: Frame;
}): StillMotion {
  // At the largest zoom the wide end is a little wider than framed, so that there is still a move.
  const wide = cropOf({ size, shape, frame: { ...frame, zoom: Math.min(frame.zoom, frameBounds.zoom / closer) } });
  const centre = onCanvas(frame, frame, size);
  const angle = angleOf(clipId);
  const near = {
    ...nearPart({ centre: centre.x, from: wide.left, extent: wide.width, beside: Math.cos(angle) }, 'left', 'width'),
    ...nearPart({ centre: centre.y, from: wide.top, extent: wide.height, beside: Math.sin(angle) }, 'top', 'height'),
  };
  return index % 2 === 0 ? { from: wide, to: near } : { from: near, to: wide };
}

/** The part shown at `progress` (0..1) of a move. The size changes by equal factors: only then does it look even. */
export function cropAt({ from, to }: StillMotion, progress: number): Crop {
  const at = Math.min(1, Math.max(0, progress));
  const eased = at - Math.sin(2 * Math.PI * at) / (4 * Math.PI);
  const ratio = to.width / from.width;
  const along = Math.abs(ratio - 1) < 1e-6 ? eased : (ratio ** eased - 1) / (ratio - 1);
  const between = (a: number, b: number) => a + (b - a) * along;
  return {
    left: between(from.left, to.left),
    top: between(from.top, to.top),
    width: between(from.width, to.width),
    height: between(from.height, to.height),
  };
}

function nearPart<From extends string, Extent extends string>(
  { centre, from, extent, beside }: { centre: number; from: number; extent: number; beside: number },
  fromName: From,
  extentName: Extent,
) {
  const part = extent / closer;
  const wanted = centre - part / 2 + beside * drift * part;
  const start = Math.min(from + extent - part, Math.max(from, wanted));
  return { [fromName]: start, [extentName]: part } as Record<From | Extent, number>;
}

/** An angle from a clip's id, evenly spread over the circle. */
function angleOf(clipId: string): number {
  let hash = 2166136261;
  for (const letter of clipId) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16777619);
  return ((hash >>> 0) / 2 ** 32) * 2 * Math.PI;
}
