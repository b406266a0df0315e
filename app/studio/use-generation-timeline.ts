import { useEffect, useState } from 'react';
import type { Timeline } from '~/generations/timeline';
import type { GenerationView } from '~/projects/views';
import { type Answer, get } from './post';

const lineMilliseconds = 8000;

/** What happened to a try, and by how much the server's clock is ahead of this page's, in ms. */
export interface Story {
  answer: Answer<Timeline> | null;
  clockAhead: number;
}

/**
 * The story of a try, read when it is wanted and again whenever the try moves; while it stands in line also every few
 * seconds, since others before it move without a word.
 */
export function useStory(generation: GenerationView | null, wanted: boolean): Story {
  const [story, setStory] = useState<Story & { id: string | null }>({ id: null, answer: null, clockAhead: 0 });
  const id = generation?.id ?? null;
  const moved = `${id} ${generation?.state} ${generation?.heldBack} ${generation?.progress === null}`;
  const isWaiting = generation?.state === 'queued';
  // biome-ignore lint/correctness/useExhaustiveDependencies: `moved` says when there is something new to read
  useEffect(() => {
    if (!wanted || id === null) return;
    let left = false;
    const read = async () => {
      const answer = await get<Timeline>(`/generations/${id}/timeline`);
      if (!left) setStory({ id, answer, clockAhead: answer.ok ? answer.value.readAt - Date.now() : 0 });
    };
    void read();
    const timer = isWaiting ? setInterval(read, lineMilliseconds) : undefined;
    return () => {
      left = true;
      clearInterval(timer);
    };
  }, [wanted, moved]);
  return story.id === id ? story : { answer: null, clockAhead: 0 };
}
