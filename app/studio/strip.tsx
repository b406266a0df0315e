import { type ReactNode, useEffect, useRef } from 'react';
import { IconButton } from '~/components/button';
import type { Shape } from '~/photos/frame';
import type { ClipView } from '~/projects/views';
import { ClipCard, cardWidth } from './clip-card';
import { behindHidden, type Neighbours, neighboursAt } from './order';
import type { PhotoMarks } from './photo-marks';
import { useSortable } from './use-sortable';

/**
 * The clips in their order. A card moves by its handle (mouse, finger, keyboard) or by the two buttons beside it. `ahead`
 * is shown before the first clip, `children` after the last.
 */
export function Strip({
  clips,
  shape,
  openId,
  onOpen,
  onMove,
  marks,
  ahead,
  children,
}: {
  clips: readonly ClipView[];
  shape: Shape;
  openId: string | null;
  onOpen: (clipId: string) => void;
  onMove: (clip: ClipView, neighbours: Neighbours) => void;
  marks: PhotoMarks;
  ahead: ReactNode;
  children: ReactNode;
}) {
  const list = useRef<HTMLOListElement>(null);
  const Sortable = useSortable(list);
  const { hidden, warnings } = marks;
  const all = clips.map((clip) => clip.id);
  const ids = all.filter((id) => !hidden.has(id));
  const moveTo = (id: string, index: number) => {
    const clip = clips.find((one) => one.id === id);
    const neighbours = neighboursAt(ids, id, index);
    if (clip && neighbours) onMove(clip, behindHidden(all, hidden, neighbours));
  };

  // A pressed move button keeps the focus on the moved card; at an end of the film the other button gets it.
  const pressed = useRef<{ id: string; by: -1 | 1 } | null>(null);
  const order = ids.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus is set after each new order
  useEffect(() => {
    if (!pressed.current) return;
    const { id, by } = pressed.current;
    pressed.current = null;
    const card = list.current?.querySelector(`[data-clip-id="${id}"]`);
    const buttons = card?.querySelectorAll<HTMLButtonElement>('[data-move]:enabled');
    const same = [...(buttons ?? [])].find((button) => button.dataset.move === String(by)) ?? buttons?.[0];
    same?.focus({ preventScroll: true });
    card?.scrollIntoView({ inline: 'nearest', block: 'nearest' });
  }, [order]);
  const press = (id: string, by: -1 | 1) => {
    pressed.current = { id, by };
    moveTo(id, ids.indexOf(id) + by);
  };

  const renderCard = (id: string, handle: ReactNode) => {
    const at = ids.indexOf(id);
    const place = all.indexOf(id) + 1;
    const clip = clips[place - 1];
    if (!clip) return null;
    return (
      <ClipCard
        clip={clip}
        shape={shape}
        place={place}
        count={clips.length}
        isOpen={openId === id}
        alike={marks.stacks.find(({ top }) => top === id)?.ids.length ?? 1}
        warning={warnings.get(id)}
        onOpen={() => onOpen(id)}
      >
        {/* biome-ignore lint/a11y/useSemanticElements: three buttons for one card are not a form's fieldset */}
        <div role="group" aria-label={`Clip ${place}`} className="flex items-center justify-between">
          <IconButton
            icon="chevron-left"
            label="Move earlier"
            data-move="-1"
            disabled={at === 0}
            onClick={() => press(id, -1)}
          />
          {handle}
          <IconButton
            icon="chevron-right"
            label="Move later"
            data-move="1"
            disabled={at === ids.length - 1}
            onClick={() => press(id, 1)}
          />
        </div>
      </ClipCard>
    );
  };
  const itemClassName = `${cardWidth[shape]} shrink-0`;

  return (
    <ol
      ref={list}
      aria-label="Clips in order"
      className="-mx-(--gutter) flex gap-3 overflow-x-auto scroll-px-(--gutter) px-(--gutter) pt-1.5 pb-3"
    >
      {ahead}
      {Sortable ? (
        <Sortable
          kind="row"
          ids={ids}
          labelOf={(id) => `clip ${all.indexOf(id) + 1}`}
          onMove={moveTo}
          renderCard={renderCard}
          itemClassName={itemClassName}
        />
      ) : (
        ids.map((id) => (
          <li key={id} className={itemClassName}>
            {renderCard(id, <span className="size-11" />)}
          </li>
        ))
      )}
      {children}
    </ol>
  );
}
