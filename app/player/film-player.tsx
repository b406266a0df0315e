import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { aspectOf, type Shape } from '~/photos/frame';
import type { ClipView } from '~/projects/views';
import { FilmBars } from './film-bars';
import { FilmControls, FilmEnd, FilmTaps } from './film-controls';
import { takeFilmMedia } from './film-media';
import { FilmPoster } from './film-poster';
import { drawBars, spokenState, toggleFullscreen } from './film-state';
import { buildTimeline } from './timeline';
import { findTrack } from './tracks';
import { useBackCloses } from './use-back-closes';
import { useFilm } from './use-film';
import { useFilmKeys } from './use-film-keys';
import { useWakeLock } from './use-wake-lock';

/** `clips` in film order. `onRefreshUrls` brings them with fresh addresses when one was refused. */
export interface FilmPlayerProps {
  clips: readonly ClipView[];
  shape: Shape;
  trackId: string | null;
  title: string;
  /** `full` fills the window. `inline` is a poster that grows over the page when it is played. */
  variant?: 'full' | 'inline';
  /** The clip to begin with. */
  from?: number;
  onClose?: () => void;
  /** The film has come to its end. */
  onEnd?: () => void;
  onRefreshUrls: () => Promise<readonly ClipView[]>;
  /** Further actions at the end of the film. */
  endActions?: ReactNode;
  /** The poster only shows a mark: the words "Play film" stand on a button beside it. */
  isPlayBeside?: boolean;
  className?: string;
}

/** A film and its controls. The poster is complete as a picture before any JavaScript is loaded. */
export function FilmPlayer({
  clips,
  shape,
  trackId,
  title,
  variant = 'full',
  from = 0,
  onClose,
  onEnd,
  onRefreshUrls,
  endActions,
  isPlayBeside = false,
  className = '',
}: FilmPlayerProps) {
  const timeline = useMemo(() => buildTimeline({ clips, shape }), [clips, shape]);
  const first = Math.min(Math.max(0, from), Math.max(0, timeline.segments.length - 1));
  const room = useRef<HTMLDivElement & HTMLDialogElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const bars = useRef<HTMLDivElement>(null);
  const [grown, setGrown] = useState(variant === 'full');
  const film = useFilm({
    stage,
    timeline,
    track: findTrack(trackId),
    from: first,
    refreshClips: onRefreshUrls,
    onMoment: (moment) => drawBars(bars.current, moment),
  });
  const { state, index, open, close } = film;
  useWakeLock(state === 'playing');
  const latestOnEnd = useRef(onEnd);
  latestOnEnd.current = onEnd;
  useEffect(() => {
    if (state === 'ended') latestOnEnd.current?.();
  }, [state]);

  useEffect(() => {
    if (variant !== 'full') return;
    // A tap on the link that led here plays the film at once.
    const media = takeFilmMedia();
    void open(media).then((player) => (player ? media && player.play() : media?.audio?.close()));
    return close;
  }, [variant, open, close]);

  useEffect(() => {
    if (variant !== 'inline' || !grown) return;
    // `html:has(dialog:modal)` would do, but Firefox has `:has()` from 121.
    const { dataset } = document.documentElement;
    dataset.filmOpen = '';
    return () => {
      delete dataset.filmOpen;
    };
  }, [variant, grown]);

  function play() {
    if (!grown) {
      animated(() => {
        flushSync(() => setGrown(true));
        room.current?.showModal();
        // Not the first button, "Previous clip", which the dialog would focus, with its ring.
        room.current?.focus();
      });
    }
    film.play();
  }

  const leave = useCallback(() => {
    if (variant === 'inline') {
      close();
      animated(() => {
        room.current?.close();
        flushSync(() => setGrown(false));
      });
    }
    onClose?.();
  }, [variant, close, onClose]);

  useBackCloses(variant === 'inline' && grown, leave);

  useFilmKeys(grown, {
    toggle: state === 'playing' ? film.pause : play,
    back: () => film.step(-1),
    on: () => film.step(1),
    first: film.toFirst,
    last: film.toLast,
    mute: film.mute,
    fullscreen: () => toggleFullscreen(room.current),
    leave,
  });

  const inline = variant === 'inline';
  const Room = inline ? 'dialog' : 'div';
  const Title = inline ? 'h2' : 'h1';
  return (
    <div
      className={inline ? `film-inline ${className}` : className}
      style={{ '--film-aspect': aspectOf(shape) } as never}
    >
      <Room
        ref={room}
        className="film room"
        aria-label={inline ? title : undefined}
        data-film-state={state}
        data-film-clip={index}
        data-variant={variant}
        data-grown={grown || undefined}
        tabIndex={inline ? -1 : undefined}
        onCancel={(event) => event.preventDefault()}
      >
        <div ref={stage} className="film-stage">
          <FilmPoster segment={timeline.segments[first]} clip={clips[first]} shape={shape} isSmall={inline} />
        </div>
        {timeline.segments.length === 0 ? (
          <p className="film-empty text-17">Add photos, and your film begins here.</p>
        ) : (
          state !== 'ended' && (
            <FilmTaps
              state={state}
              grown={grown}
              isPlayBeside={isPlayBeside}
              onPlay={play}
              onPause={film.pause}
              onStep={film.step}
            />
          )
        )}
        {grown && (
          <>
            <Title className="film-title text-20 md:text-25">
              <span dir="auto">{title}</span>
            </Title>
            <FilmBars ref={bars} segments={timeline.segments} />
            {state !== 'ended' && (
              <FilmControls
                muted={film.muted}
                onMute={trackId ? film.mute : undefined}
                onFullscreen={() => toggleFullscreen(room.current)}
                onClose={inline || onClose ? leave : undefined}
              />
            )}
            {state === 'ended' && <FilmEnd title={title} onAgain={film.play} onClose={leave} actions={endActions} />}
            <p className="sr-only" aria-live="polite">
              {spokenState({ state, index, count: timeline.segments.length })}
            </p>
          </>
        )}
      </Room>
    </div>
  );
}

/** The poster grows into the player, unless the browser cannot animate that or the person asked for less motion. */
function animated(change: () => void) {
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  if (!calm && 'startViewTransition' in document) document.startViewTransition(change);
  else change();
}
