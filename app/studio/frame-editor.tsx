import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import { type Frame, middleFrame, type Point, type Shape } from '~/photos/frame';
import { FramedPhoto } from '~/photos/framed-photo';
import type { ClipView } from '~/projects/views';
import { FrameControls } from './frame-controls';
import { dragged, movesVertically, turnedOn, zoomed } from './frame-moves';

const keyStep = 0.04;
const arrows: Readonly<Record<string, { x: number; y: number }>> = {
  ArrowLeft: { x: keyStep, y: 0 },
  ArrowRight: { x: -keyStep, y: 0 },
  ArrowUp: { x: 0, y: keyStep },
  ArrowDown: { x: 0, y: -keyStep },
};

/** A photo, and the part of it that is the clip's frame in the film's shape. */
export interface FramingProps {
  photo: ClipView['photo'];
  frame: Frame;
  shape: Shape;
  onChange: (frame: Frame) => void;
}

/**
 * The photo under a window of the film's shape: moved by mouse, finger or arrow keys, zoomed by pinch, wheel or slider,
 * turned by quarters and straightened. The part in the window is the clip's frame, and what the provider gets. A finger
 * that moves up or down scrolls the page wherever the photo cannot follow it.
 */
export function FrameEditor({ photo, frame, shape, onChange }: FramingProps) {
  const [isTilting, setTilting] = useState(false);
  const sight = { size: photo, shape };
  const isVertical = movesVertically(frame, sight);
  const place = useRef<HTMLFieldSetElement>(null);
  const pointers = useRef(new Map<number, { x: number; y: number; isNew: boolean }>());
  const latest = useRef(frame);
  latest.current = frame;
  const change = (next: Frame) => {
    latest.current = next;
    onChange(next);
  };

  /** A point of the screen as fractions of the window. */
  const within = (point: { clientX: number; clientY: number }) => {
    const box = place.current?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1);
    return { x: (point.clientX - box.left) / box.width, y: (point.clientY - box.top) / box.height };
  };
  /** Whether a move goes up or down rather than aside. */
  const isSteep = (from: Point, to: Point) => {
    const { width = 1, height = 1 } = place.current?.getBoundingClientRect() ?? {};
    return Math.abs(to.y - from.y) * height > Math.abs(to.x - from.x) * width;
  };
  const move = (event: PointerEvent) => {
    const before = pointers.current.get(event.pointerId);
    if (!before) return;
    const now = { ...within(event), isNew: false };
    // The browser scrolls with this finger, and cancels the pointer only after its first move.
    if (before.isNew && event.pointerType === 'touch' && !isVertical && isSteep(before, now)) {
      pointers.current.delete(event.pointerId);
      return;
    }
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    pointers.current.set(event.pointerId, now);
    if (!other) return change(dragged(latest.current, { x: now.x - before.x, y: now.y - before.y }, sight));
    const apart = (a: Point) => Math.hypot(a.x - other.x, a.y - other.y);
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    const closer = zoomed(latest.current, latest.current.zoom * (apart(now) / (apart(before) || 1)), sight, middle);
    change(dragged(closer, { x: (now.x - before.x) / 2, y: (now.y - before.y) / 2 }, sight));
  };
  const press = (event: KeyboardEvent) => {
    const by = arrows[event.key];
    const zoom = { '+': 1.1, '=': 1.1, '-': 1 / 1.1 }[event.key];
    if (by) change(dragged(latest.current, by, sight));
    else if (zoom) change(zoomed(latest.current, latest.current.zoom * zoom, sight));
    else if (event.key === '0') change(middleFrame);
    else if (event.key.toLowerCase() === 'r' && !event.ctrlKey && !event.metaKey)
      change(turnedOn(latest.current, sight));
    else return;
    event.preventDefault();
  };

  // React's wheel listener is passive and cannot keep the page from scrolling.
  const wheel = useRef<(event: WheelEvent) => void>(() => {});
  wheel.current = (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    change(zoomed(latest.current, latest.current.zoom * Math.exp(-event.deltaY / 300), sight, within(event)));
  };
  useEffect(() => {
    const element = place.current;
    const listen = (event: WheelEvent) => wheel.current(event);
    element?.addEventListener('wheel', listen, { passive: false });
    return () => element?.removeEventListener('wheel', listen);
  }, []);

  return (
    <div className="grid gap-2">
      <fieldset
        ref={place}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the window takes the arrow keys
        tabIndex={0}
        aria-label="The part of the photo that is used. Move it with the arrow keys, zoom with plus and minus, turn it with R, begin again with zero."
        className="relative mx-auto max-h-[46dvh] cursor-grab overflow-hidden rounded-photo select-none active:cursor-grabbing"
        style={{
          aspectRatio: shape.replace(':', ' / '),
          width: widthWithin(shape),
          touchAction: isVertical ? 'none' : 'pan-y',
        }}
        onKeyDown={press}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          pointers.current.set(event.pointerId, { ...within(event), isNew: true });
        }}
        onPointerMove={move}
        onPointerUp={(event) => pointers.current.delete(event.pointerId)}
        onPointerCancel={(event) => pointers.current.delete(event.pointerId)}
      >
        <FramedPhoto
          url={photo.url}
          size={photo}
          frame={frame}
          shape={shape}
          width={widthOnScreen(shape)}
          lazy={false}
        />
        {isTilting && <Thirds />}
      </fieldset>
      <FrameControls
        frame={frame}
        sight={sight}
        onChange={(next) => change(next(latest.current))}
        onTilting={setTilting}
      />
    </div>
  );
}

/** The width at which a picture of this shape is at most 46 % of the screen high. */
export function widthWithin(shape: Shape): string {
  const [width = 1, height = 1] = shape.split(':').map(Number);
  return `min(100%, ${((46 * width) / height).toFixed(2)}dvh)`;
}

/** The same for the choice of a photo's size, which knows no percentages. */
export function widthOnScreen(shape: Shape): string {
  return widthWithin(shape).replace('100%', '100vw');
}

/** Lines to hold a horizon or a wall against while the photo is straightened. */
function Thirds() {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 3 3"
      preserveAspectRatio="none"
      fill="none"
      className="pointer-events-none absolute inset-0 size-full stroke-ground/70 mix-blend-difference"
    >
      <path d="M1 0v3M2 0v3M0 1h3M0 2h3" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
