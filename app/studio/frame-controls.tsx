import { useId } from 'react';
import { Button } from '~/components/button';
import { type Frame, frameBounds, middleFrame } from '~/photos/frame';
import { framedSizes } from '~/photos/frame-pixels';
import { type Sight, tilted, turnedOn, zoomed } from './frame-moves';

/** The sliders and buttons under the frame's window. `onChange` is given how the frame of that moment changes. */
export function FrameControls({
  frame,
  sight,
  onChange,
  onTilting,
}: {
  frame: Frame;
  sight: Sight;
  onChange: (next: (frame: Frame) => Frame) => void;
  /** True while the photo is being straightened. */
  onTilting: (isTilting: boolean) => void;
}) {
  const sent = framedSizes[sight.shape];
  const isMiddle = Object.entries(middleFrame).every(([part, value]) => frame[part as keyof Frame] === value);
  return (
    <div className="grid gap-1">
      <Slider
        name="Closer"
        value={frame.zoom}
        bounds={{ min: 1, max: frameBounds.zoom, step: 0.01 }}
        said={`${frame.zoom.toFixed(1)} times`}
        shown={`${frame.zoom.toFixed(1)}×`}
        onChange={(zoom) => onChange((now) => zoomed(now, zoom, sight))}
      />
      <Slider
        name="Straighten"
        value={frame.tilt}
        bounds={{ min: -frameBounds.tilt, max: frameBounds.tilt, step: 0.5 }}
        said={tiltInWords(frame.tilt)}
        onChange={(tilt) => onChange((now) => tilted(now, tilt, sight))}
        shown={`${frame.tilt.toLocaleString('en', { maximumFractionDigits: 1 })}°`}
        onHeld={onTilting}
      />
      <div className="flex flex-wrap items-center justify-center gap-2">
        <Button kind="quiet" size="small" icon="rotate-cw" onClick={() => onChange((now) => turnedOn(now, sight))}>
          Turn
        </Button>
        <Button kind="quiet" size="small" icon="undo-2" disabled={isMiddle} onClick={() => onChange(() => middleFrame)}>
          Reset
        </Button>
      </div>
      <p className="text-center text-13 text-quiet">
        The film service gets exactly this, {sent.width} × {sent.height} pixels.
      </p>
    </div>
  );
}

/** How far a photo is straightened, as a screen reader says it. */
function tiltInWords(tilt: number): string {
  if (tilt === 0) return 'not turned';
  return `${Math.abs(tilt)} degrees to the ${tilt > 0 ? 'right' : 'left'}`;
}

function Slider({
  name,
  value,
  bounds,
  said,
  shown,
  onChange,
  onHeld,
}: {
  name: string;
  value: number;
  bounds: { min: number; max: number; step: number };
  /** The value as a screen reader says it. */
  said: string;
  /** The value beside the slider. */
  shown: string;
  onChange: (value: number) => void;
  /** Told true when the slider gets the focus, and false when it loses it. */
  onHeld?: (isHeld: boolean) => void;
}) {
  const id = useId();
  return (
    <div className="flex min-h-11 items-center gap-3">
      <label htmlFor={id} className="w-20 shrink-0 text-15 text-quiet">
        {name}
      </label>
      <input
        id={id}
        type="range"
        {...bounds}
        value={value}
        aria-valuetext={said}
        onChange={(event) => onChange(Number(event.target.value))}
        onFocus={() => onHeld?.(true)}
        onBlur={() => onHeld?.(false)}
        className="h-11 min-w-0 grow"
      />
      <span aria-hidden="true" className="tabular w-12 shrink-0 text-end text-15 text-quiet">
        {shown}
      </span>
    </div>
  );
}
