import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { load } from '~/components/waking';
import type { ClipView } from '~/projects/views';
import { bookmarkedMoment, keepBookmark } from './bookmark';
import { createFilmMedia, type FilmMedia } from './film-media';
import type { FilmMoment, FilmState, SequentialPlayer } from './film-state';
import { indexAt, type Timeline } from './timeline';
import type { Track } from './tracks';

/** What a page needs to play a film in one of its elements. */
interface FilmOptions {
  stage: RefObject<HTMLElement | null>;
  timeline: Timeline;
  track: Track | null;
  /** The clip to begin with. */
  from: number;
  refreshClips: () => Promise<readonly ClipView[]>;
  onMoment: (moment: FilmMoment) => void;
}

/**
 * The player of one film. Its engine is loaded when `open` or `play` is first called, so that a page that only shows a
 * poster stays light. `close` frees everything it holds.
 */
export function useFilm(options: FilmOptions) {
  const latest = useRef(options);
  latest.current = options;
  const [{ state, index }, setPlace] = useState<{ state: FilmState; index: number }>({
    state: 'paused',
    index: options.from,
  });
  const [muted, setMuted] = useState(false);
  const player = useRef<SequentialPlayer | null>(null);
  const forgetBookmark = useRef<() => void>(() => undefined);
  /** Ends the opening that is under way. */
  const opening = useRef(new AbortController());

  /** `media`: what was made in the tap that opens the film. */
  const open = useCallback(async (media?: FilmMedia): Promise<SequentialPlayer | null> => {
    opening.current.abort();
    opening.current = new AbortController();
    const { signal } = opening.current;
    // Without a connection the film stands as loading, and begins when its script arrives. It fails only when it is closed.
    const engine = await load(() => import('./sequential-player.client'), { signal }).catch(() => null);
    const { stage, timeline, track, from } = latest.current;
    if (!engine || signal.aborted || !stage.current || timeline.segments.length === 0) return null;
    const fromSeconds = bookmarkedMoment(timeline) ?? timeline.segments[from]?.startSeconds ?? 0;
    const opened = engine.createSequentialPlayer({
      stage: stage.current,
      timeline,
      track,
      fromSeconds,
      media,
      cuts: matchMedia('(prefers-reduced-motion: reduce)').matches,
      refreshClips: () => latest.current.refreshClips(),
      onChange: setPlace,
      onMoment: (moment) => latest.current.onMoment(moment),
    });
    player.current = opened;
    setPlace(({ state }) => ({ state, index: indexAt(timeline, fromSeconds) }));
    forgetBookmark.current = keepBookmark(opened);
    return opened;
  }, []);

  const close = useCallback(() => {
    opening.current.abort();
    forgetBookmark.current();
    player.current?.dispose();
    player.current = null;
    setMuted(false);
    setPlace({ state: 'paused', index: latest.current.from });
  }, []);

  useEffect(() => close, [close]);

  return {
    state,
    index,
    muted,
    open,
    close,
    /** Inside a tap. Sound and videos are started at once: when the engine has been loaded, the tap is over. */
    play() {
      if (player.current) return player.current.play();
      setPlace({ state: 'loading', index: latest.current.from });
      const media = createFilmMedia({ music: latest.current.track !== null });
      void open(media).then(
        (opened) => (opened ? opened.play() : media.audio?.close()),
        // The engine could not start: the next tap tries again.
        () => {
          void media.audio?.close();
          setPlace({ state: 'paused', index: latest.current.from });
        },
      );
    },
    /** Also while the engine is still being loaded: it then does not play. */
    pause() {
      if (player.current) player.current.pause();
      else close();
    },
    step: (by: number) => player.current?.step(by),
    toLast: () => player.current?.seek(latest.current.timeline.segments.at(-1)?.startSeconds ?? 0),
    toFirst: () => player.current?.seek(0),
    mute() {
      player.current?.mute(!muted);
      setMuted(!muted);
    },
  };
}
