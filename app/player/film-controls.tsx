import { type MouseEvent, type ReactNode, useEffect, useState } from 'react';
import { Button, buttonClass, IconButton } from '~/components/button';
import { Icon } from '~/components/icon';
import { createTapFilter, type FilmState } from './film-state';

// Quieter than the page's own next step.
const posterButton =
  'inline-flex min-h-11 items-center gap-2 rounded-control bg-ground/75 px-4 font-medium text-ink transition hover:bg-ground';

/** The picture as three buttons: previous clip, play or pause, next clip. Only "Play film" is visible. */
export function FilmTaps({
  state,
  grown,
  isPlayBeside,
  onPlay,
  onPause,
  onStep,
}: {
  state: FilmState;
  /** A poster in a page has only the one button. */
  grown: boolean;
  /** A button beside the poster says "Play film". */
  isPlayBeside: boolean;
  onPlay: () => void;
  onPause: () => void;
  onStep: (by: number) => void;
}) {
  const stopped = state === 'paused';
  const [isSecondTap] = useState(() => createTapFilter());
  function toggle(event: MouseEvent) {
    if (isSecondTap(event)) return;
    if (stopped) onPlay();
    else onPause();
  }
  return (
    <div className="film-taps" data-grown={grown || undefined}>
      {grown && <button type="button" aria-label="Previous clip" onClick={() => onStep(-1)} />}
      <button type="button" aria-label={stopped ? 'Play film' : 'Pause'} onClick={toggle}>
        {stopped && (
          <span
            className={`film-play ${grown ? buttonClass('primary', 'shadow-float whitespace-nowrap') : posterButton}`}
          >
            <Icon name="play" />
            {(grown || !isPlayBeside) && 'Play film'}
          </span>
        )}
        {state === 'loading' && <span className="film-waiting" />}
      </button>
      {grown && <button type="button" aria-label="Next clip" onClick={() => onStep(1)} />}
    </div>
  );
}

/** Mute, full screen and close, each only where it does something. */
export function FilmControls({
  muted,
  onMute,
  onFullscreen,
  onClose,
}: {
  muted: boolean;
  onMute?: () => void;
  onFullscreen: () => void;
  onClose?: () => void;
}) {
  const [canFill, setCanFill] = useState(false);
  useEffect(() => setCanFill(document.fullscreenEnabled), []);
  return (
    <div className="film-controls">
      {onMute && (
        <IconButton icon={muted ? 'volume-x' : 'volume-2'} label="Mute" aria-pressed={muted} onClick={onMute} />
      )}
      {canFill && <IconButton icon="maximize" label="Full screen" className="film-fullscreen" onClick={onFullscreen} />}
      {onClose && <IconButton icon="x" label="Close" onClick={onClose} />}
    </div>
  );
}

/** The card at the end of the film. */
export function FilmEnd({
  title,
  onAgain,
  onClose,
  actions,
}: {
  title: string;
  onAgain: () => void;
  onClose: () => void;
  actions?: ReactNode;
}) {
  return (
    <div className="film-end">
      <p dir="auto" className="line-clamp-4 font-title text-32 text-balance wrap-anywhere">
        {title}
      </p>
      <div className="flex flex-wrap justify-center gap-3">
        <Button icon="rotate-ccw" onClick={onAgain} autoFocus>
          Play again
        </Button>
        {actions}
        <Button kind="quiet" onClick={onClose}>
          Back to the film
        </Button>
      </div>
    </div>
  );
}
