import { useState } from 'react';
import { Button } from '~/components/button';
import { Icon } from '~/components/icon';
import { Sheet } from '~/components/sheet';
import { usePressGuard } from '~/components/use-press-guard';
import type { Shape } from '~/photos/frame';
import { FramedPhoto } from '~/photos/framed-photo';
import type { Stack } from '~/photos/look/stacks';
import type { ClipView } from '~/projects/views';

/** The photos of a stack side by side, to keep one, some, or all of them. */
export function AlikeSheet({
  stack,
  clips,
  shape,
  onKeep,
  onClose,
}: {
  stack: Stack;
  clips: readonly ClipView[];
  shape: Shape;
  /** Takes the others out of the film. */
  onKeep: (clipIds: readonly string[]) => void;
  onClose: () => void;
}) {
  const members = stack.ids.flatMap((id) => clips.find((clip) => clip.id === id) ?? []);
  const sharpestFirst = [...members].sort(
    (one, other) => Number(other.id === stack.top) - Number(one.id === stack.top),
  );
  const [kept, setKept] = useState<readonly string[]>([stack.top]);
  const chosen = stack.ids.filter((id) => kept.includes(id));
  const guard = usePressGuard(stack.ids.join(), { fromStart: true });
  const all = stack.ids.length;
  const toggle = (id: string) =>
    setKept((those) => (those.includes(id) ? those.filter((one) => one !== id) : [...those, id]));
  return (
    <Sheet open onClose={onClose} title={`${all} photos look alike`} place="middle">
      <p className="text-15 text-quiet">
        Keep what you like. The others are taken out of the film, and you can put them back.
      </p>
      <ul className="grid grid-cols-2 gap-3">
        {sharpestFirst.map(({ id, photo, frame }, at) => {
          const isKept = chosen.includes(id);
          return (
            <li key={id}>
              <button
                type="button"
                aria-pressed={isKept}
                aria-label={`Photo ${at + 1} of ${all}${id === stack.top ? ', the sharpest' : ''}`}
                onClick={() => toggle(id)}
                className={`relative block w-full overflow-hidden rounded-photo transition active:scale-[0.98] ${isKept ? 'outline-3 outline-offset-2 outline-light' : 'opacity-75'}`}
              >
                <FramedPhoto url={photo.url} size={photo} frame={frame} shape={shape} width="min(45vw, 16rem)" />
                {id === stack.top && (
                  <span className="room absolute inset-x-1.5 bottom-1.5 grid min-h-7 place-items-center rounded-full px-2 text-13 font-medium">
                    Sharpest
                  </span>
                )}
                {isKept && (
                  <span className="absolute end-2 top-2 grid size-7 place-items-center rounded-full bg-light text-on-light">
                    <Icon name="check" size={18} />
                  </span>
                )}
              </button>
            </li>
          );
        })}
      </ul>
      <div
        {...guard}
        className="sticky bottom-0 -mx-4 mt-auto -mb-[max(1rem,env(safe-area-inset-bottom))] grid grid-cols-2 gap-2 border-t border-line bg-raised px-4 pt-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] md:-mx-6 md:-mb-6 md:px-6"
      >
        <Button kind="quiet" onClick={() => onKeep(stack.ids)}>
          {all === 2 ? 'Keep both' : `Keep all ${all}`}
        </Button>
        <Button disabled={chosen.length === 0} className="tabular" onClick={() => onKeep(chosen)}>
          {chosen.length === 1 ? 'Keep this one' : `Keep ${chosen.length}`}
        </Button>
      </div>
    </Sheet>
  );
}
