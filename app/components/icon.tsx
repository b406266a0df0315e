import sprite from './icons.svg?no-inline';

/** The icons in icons.svg, by their names in Lucide. */
export type IconName =
  | 'arrow-left'
  | 'arrow-right'
  | 'camera'
  | 'check'
  | 'chevron-down'
  | 'chevron-left'
  | 'chevron-right'
  | 'chevron-up'
  | 'circle-alert'
  | 'circle-check'
  | 'circle-help'
  | 'circle-user'
  | 'clock'
  | 'columns-2'
  | 'copy'
  | 'crop'
  | 'download'
  | 'ellipsis'
  | 'eye'
  | 'film'
  | 'grip-vertical'
  | 'hourglass'
  | 'image'
  | 'image-plus'
  | 'layout-grid'
  | 'link'
  | 'lock'
  | 'log-out'
  | 'mail'
  | 'maximize'
  | 'minimize'
  | 'minus'
  | 'monitor'
  | 'music'
  | 'pause'
  | 'pencil'
  | 'play'
  | 'plus'
  | 'rectangle-horizontal'
  | 'rectangle-vertical'
  | 'refresh-cw'
  | 'rotate-ccw'
  | 'rotate-cw'
  | 'share-2'
  | 'shield-check'
  | 'skip-back'
  | 'skip-forward'
  | 'smartphone'
  | 'square'
  | 'sun'
  | 'trash-2'
  | 'undo-2'
  | 'volume-2'
  | 'volume-x'
  | 'wifi-off'
  | 'x';

/** A line drawing, hidden from screen readers: the word beside it or the label of its button names it. */
export function Icon({ name, size = 20, className = '' }: { name: IconName; size?: number; className?: string }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth={1.75}
      strokeLinecap="round"
      strokeLinejoin="round"
      className={`shrink-0 ${className}`}
    >
      <use href={`${sprite}#${name}`} />
    </svg>
  );
}
