import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Icon, type IconName } from '~/components/icon';
import type { Shape } from '~/photos/frame';
import { FramedPhoto } from '~/photos/framed-photo';
import { usePreviewOfClip } from '~/photos/use-uploads';
import type { ClipView } from '~/projects/views';
import { clipWord, progressOf } from './words';

/** The width of a card of the strip, by shape: the cards of one film are equally tall. */
export const cardWidth: Readonly<Record<Shape, string>> = { '9:16': 'w-33 md:w-36', '1:1': 'w-48', '16:9': 'w-60' };

/** Two thirds of it, for the choice of a photo's size: a card of three pixels to a point looks no better than one of two. */
const cardPixels: Readonly<Record<Shape, string>> = { '9:16': '5.4rem', '1:1': '7rem', '16:9': '9rem' };

/** One clip of the strip: its picture, its status in a word, its progress as a thin line. Pressing it opens its panel. */
export function ClipCard({
  clip,
  shape,
  place,
  count,
  isOpen,
  alike = 1,
  warning,
  onOpen,
  children,
}: {
  clip: ClipView;
  shape: Shape;
  /** Counted from 1. */
  place: number;
  count: number;
  isOpen: boolean;
  /** How many photos of the film look like this one, itself included: it then stands for all of them. */
  alike?: number;
  /** What a person may want to know before paying, in two or three words. */
  warning?: string | undefined;
  onOpen: () => void;
  /** The controls that move the card. */
  children: ReactNode;
}) {
  const word = alike > 1 ? `${alike} alike` : clipWord(clip);
  // The picked file's picture, shown until the stored photo has loaded.
  const placeholderUrl = usePreviewOfClip(clip.id);
  const developed = useBecameReady(clip);
  return (
    <div
      className="relative grid gap-1"
      data-clip-id={clip.id}
      data-clip-status={clip.status}
      data-alike={alike > 1 ? alike : undefined}
    >
      {alike > 1 && <PaperEdges />}
      <button
        type="button"
        onClick={onOpen}
        aria-label={`Clip ${place} of ${count}: ${word}${warning ? `, ${warning}` : ''}`}
        aria-expanded={isOpen}
        className={`relative block w-full overflow-hidden rounded-photo transition active:scale-[0.98] ${isOpen ? 'outline-2 outline-offset-3 outline-light' : ''}`}
        style={placeholderUrl ? { background: `center / cover no-repeat url("${placeholderUrl}")` } : undefined}
      >
        <FramedPhoto
          url={clip.photo.url}
          size={placeholderUrl ? { ...clip.photo, colour: null } : clip.photo}
          frame={clip.frame}
          shape={shape}
          width={cardPixels[shape]}
          className={placeholderUrl ? 'bg-transparent' : ''}
        />
        <CardVideo clip={clip} developed={developed} />
        {warning && (
          <span className="room absolute end-1.5 top-1.5 grid size-7 place-items-center rounded-full">
            <Icon name="circle-help" size={18} />
          </span>
        )}
        <StateWord icon={alike > 1 ? 'copy' : word === 'Approved' ? 'check' : stateIcons[clip.status]} word={word} />
        <ProgressLine value={progressOf(clip)} />
      </button>
      {children}
    </div>
  );
}

const stateIcons: Readonly<Record<ClipView['status'], IconName | null>> = {
  still: null,
  generating: 'hourglass',
  ready: 'eye',
  error: 'circle-alert',
};

/** The edges of the photos below the top of a stack. */
function PaperEdges() {
  const edge = 'absolute h-10 rounded-t-photo border border-edge bg-line';
  return (
    <>
      <span className={`${edge} inset-x-4 -top-1.5`} />
      <span className={`${edge} inset-x-2 -top-[3px]`} />
    </>
  );
}

function StateWord({ icon, word }: { icon: IconName | null; word: string }) {
  return (
    <span className="room absolute inset-x-1.5 bottom-1.5 flex min-h-7 items-center justify-center gap-1 rounded-full px-2 text-13 font-medium">
      {icon && <Icon name={icon} size={14} />}
      <span className="tabular truncate">{word}</span>
    </span>
  );
}

/** A thin line for a progress of 0..1; nothing for null. */
export function ProgressLine({ value, className = '' }: { value: number | null; className?: string }) {
  if (value === null) return null;
  return (
    <span aria-hidden="true" className={`absolute inset-x-0 top-0 h-1 bg-ground/60 ${className}`}>
      <span
        className="block size-full origin-left bg-light transition-transform duration-[240ms]"
        style={{ transform: `scaleX(${value})` }}
      />
    </span>
  );
}

/** The clip's video, played under a mouse pointer and once when the clip has just become ready. */
function CardVideo({ clip, developed }: { clip: ClipView; developed: boolean }) {
  const [hovered, setHovered] = useState(false);
  const shown = clip.approved ?? clip.ready;
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const card = place.current?.parentElement;
    if (!card || !shown?.videoUrl || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const enter = (event: PointerEvent) => event.pointerType === 'mouse' && setHovered(true);
    const leave = () => setHovered(false);
    card.addEventListener('pointerenter', enter);
    card.addEventListener('pointerleave', leave);
    return () => {
      card.removeEventListener('pointerenter', enter);
      card.removeEventListener('pointerleave', leave);
    };
  }, [shown?.videoUrl]);
  return (
    <span ref={place} className="absolute inset-0">
      {shown?.videoUrl && (hovered || developed) && (
        <video
          key={shown.id}
          src={shown.videoUrl}
          muted
          playsInline
          autoPlay
          loop={hovered}
          disablePictureInPicture
          aria-hidden="true"
          tabIndex={-1}
          className="size-full animate-develop object-cover"
        />
      )}
    </span>
  );
}

/** True once the clip became ready while its card was shown. */
function useBecameReady(clip: ClipView): boolean {
  const before = useRef(clip.status);
  const [became, setBecame] = useState(false);
  useEffect(() => {
    if (before.current === 'generating' && clip.status === 'ready') setBecame(true);
    if (clip.status === 'generating') setBecame(false);
    before.current = clip.status;
  }, [clip.status]);
  return became;
}
