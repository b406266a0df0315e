import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import type { ClipView } from '~/projects/views';
import type { FilmMoment, FilmState, SequentialPlayer } from './sequential-player.client';
import type { Timeline } from './timeline';
import type { Track } from './tracks';

/** What a page needs to play a film in one of its elements. */
interface FilmOptions {
  stage: RefObject<HTMLElement | null>;
  timeline: Timeline;
  track: Track | null;
  from: number;
  refreshClips: () => Promise<readonly ClipView[]>;
  onMoment: (moment: FilmMoment) => void;
}

/**
 * The player of one film. Its engine is loaded when `open` or `play` is first called, so that a page that only shows a
 * poster stays light. `close` gives everything back.
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
  const opening = useRef(0);

  const open = useCallback(async (audio: AudioContext | null = null): Promise<SequentialPlayer | null> => {
    opening.current += 1;
    const mine = opening.current;
    const { createSequentialPlayer } = await import('./sequential-player.client');
    const { stage, timeline, track, from } = latest.current;
    if (mine !== opening.current || !stage.current || timeline.segments.length === 0) return null;
    player.current = createSequentialPlayer({
      stage: stage.current,
      timeline,
      track,
      from,
      audio,
      muted: false,
      cuts: matchMedia('(prefers-reduced-motion: reduce)').matches,
      refreshClips: () => latest.current.refreshClips(),
      onChange: setPlace,
      onMoment: (moment) => latest.current.onMoment(moment),
    });
    return player.current;
  }, []);

  const close = useCallback(() => {
    opening.current += 1;
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
    /** Inside a person's tap. Sound is asked for at once: after the engine has come it would be too late for some. */
    play() {
      if (player.current) return player.current.play();
      setPlace({ state: 'loading', index: latest.current.from });
      const audio = typeof AudioContext === 'undefined' ? null : new AudioContext();
      void open(audio).then((opened) => (opened ? opened.play() : audio?.close()));
    },
    pause: () => player.current?.pause(),
    restart: () => player.current?.restart(),
    step: (by: number) => player.current?.step(by),
    toLast: () => player.current?.seek(latest.current.timeline.segments.at(-1)?.startSeconds ?? 0),
    toFirst: () => player.current?.seek(0),
    mute() {
      player.current?.mute(!muted);
      setMuted(!muted);
    },
  };
}
