import {
  type Announcements,
  closestCenter,
  DndContext,
  KeyboardSensor,
  PointerSensor,
  type UniqueIdentifier,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import {
  horizontalListSortingStrategy,
  rectSortingStrategy,
  SortableContext,
  sortableKeyboardCoordinates,
  useSortable,
} from '@dnd-kit/sortable';
import { CSS } from '@dnd-kit/utilities';
import type { ReactNode } from 'react';
import { Icon } from '~/components/icon';

/** What the dragging list needs. It is loaded when the page is quiet. */
export interface SortableProps {
  kind: 'row' | 'grid';
  ids: readonly string[];
  labelOf: (id: string) => string;
  onMove: (id: string, index: number) => void;
  /** Renders a card with its drag handle. */
  renderCard: (id: string, handle: ReactNode) => ReactNode;
  itemClassName: string;
}

/** The cards of the strip with handles that drag by mouse, by finger, or by Space and the arrow keys. */
export function SortableCards({ kind, ids, labelOf, onMove, renderCard, itemClassName }: SortableProps) {
  const sensors = useSensors(
    // A drag begins after 4 pixels, so that a tap stays a tap; the handle never scrolls, so a finger drags at once.
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const place = (id: UniqueIdentifier) => ids.indexOf(String(id)) + 1;
  const announcements: Announcements = {
    onDragStart: ({ active }) => `Picked up ${labelOf(String(active.id))}.`,
    onDragOver: ({ over }) => (over ? `Now at place ${place(over.id)} of ${ids.length}.` : undefined),
    onDragEnd: ({ over }) => (over ? `Put down at place ${place(over.id)}.` : 'Put back.'),
    onDragCancel: () => 'Put back.',
  };
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={closestCenter}
      accessibility={{
        announcements,
        screenReaderInstructions: {
          draggable:
            'Press Space to pick the clip up, the arrow keys to move it, Space to put it down, Escape to put it back.',
        },
        // Outside the list, which may contain only list items.
        container: typeof document === 'undefined' ? undefined : document.body,
      }}
      onDragEnd={({ active, over }) => over && onMove(String(active.id), ids.indexOf(String(over.id)))}
    >
      <SortableContext items={[...ids]} strategy={kind === 'row' ? horizontalListSortingStrategy : rectSortingStrategy}>
        {ids.map((id) => (
          <SortableCard key={id} id={id} label={labelOf(id)} className={itemClassName} render={renderCard} />
        ))}
      </SortableContext>
    </DndContext>
  );
}

function SortableCard({
  id,
  label,
  className,
  render,
}: {
  id: string;
  label: string;
  className: string;
  render: (id: string, handle: ReactNode) => ReactNode;
}) {
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } = useSortable({
    id,
    transition: { duration: 240, easing: 'cubic-bezier(0.2, 0.7, 0.2, 1)' },
  });
  const handle = (
    <button
      type="button"
      ref={setActivatorNodeRef}
      {...attributes}
      {...listeners}
      aria-label={`Drag ${label}`}
      title="Drag"
      className="inline-grid size-11 cursor-grab touch-none place-items-center rounded-full transition hover:bg-line active:cursor-grabbing"
    >
      <Icon name="grip-vertical" />
    </button>
  );
  return (
    <li
      ref={setNodeRef}
      className={`${className} ${isDragging ? 'relative z-10 opacity-90' : ''}`}
      style={{ transform: CSS.Translate.toString(transform), transition }}
    >
      {render(id, handle)}
    </li>
  );
}
