import { useEffect, useState } from 'react';
import type { Timeline } from '~/generations/timeline';
import type { GenerationView } from '~/projects/views';
import { type Answer, get } from './post';

const queueMilliseconds = 8000;

/** The generation timeline as last read; `clockAhead` is how far the server's clock is ahead of the page's, in ms. */
export interface TimelineRead {
  answer: Answer<Timeline> | null;
  clockAhead: number;
}

/**
 * Reads a generation's timeline while `wanted`, and again at each change of its state. In the admission queue it is
 * polled too: no live frame carries a changed queue position.
 */
export function useGenerationTimeline(generation: GenerationView | null, wanted: boolean): TimelineRead {
  const [timeline, setTimeline] = useState<TimelineRead & { id: string | null }>({
    id: null,
    answer: null,
    clockAhead: 0,
  });
  const id = generation?.id ?? null;
  const moved = `${id} ${generation?.state} ${generation?.heldBack} ${generation?.progress === null}`;
  const isWaiting = generation?.state === 'queued';
  // biome-ignore lint/correctness/useExhaustiveDependencies: `moved` changes with the generation
  useEffect(() => {
    if (!wanted || id === null) return;
    let left = false;
    const read = async () => {
      const answer = await get<Timeline>(`/generations/${id}/timeline`);
      if (!left) setTimeline({ id, answer, clockAhead: answer.ok ? answer.value.readAt - Date.now() : 0 });
    };
    void read();
    const timer = isWaiting ? setInterval(read, queueMilliseconds) : undefined;
    return () => {
      left = true;
      clearInterval(timer);
    };
  }, [wanted, moved]);
  return timeline.id === id ? timeline : { answer: null, clockAhead: 0 };
}
