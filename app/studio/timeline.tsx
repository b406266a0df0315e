import { useEffect, useState } from 'react';
import type { Timeline as Story } from '~/generations/timeline';
import type { GenerationView } from '~/projects/views';
import { type Answer, get } from './post';
import { clockTime } from './words';

/** What happened to a try, step by step and with its credit, for whoever wants to know. Read when it is opened. */
export function Timeline({ generation }: { generation: GenerationView | null }) {
  const [open, setOpen] = useState(false);
  const [story, setStory] = useState<Answer<Story> | null>(null);
  const id = generation?.id;
  const moved = `${id} ${generation?.state} ${generation?.heldBack}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `moved` says when there is something new to read
  useEffect(() => {
    let left = false;
    if (open && id)
      get<Story>(`/generations/${id}/timeline`).then((answer) => {
        if (!left) setStory(answer);
      });
    return () => {
      left = true;
    };
  }, [open, moved]);
  if (!id) return null;

  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)} className="text-15">
      <summary className="min-h-11 py-2.5 text-quiet">What happened, step by step</summary>
      {story?.ok === false && <p className="text-bad">This could not be read just now. Close it and open it again.</p>}
      {story?.ok !== false && (
        <ol className="grid gap-1 pb-2">
          {(story?.ok ? linesOf(story.value) : []).map((line) => (
            <li key={line.key} className="flex gap-3">
              <time dateTime={new Date(line.at).toISOString()} className="tabular shrink-0 text-quiet">
                {clockTime(line.at)}
              </time>
              <span>
                {line.text}
                {line.detail && <span className="block text-quiet">{line.detail}</span>}
              </span>
            </li>
          ))}
        </ol>
      )}
    </details>
  );
}

/** Steps and credits in one diary, by time; a credit stands after the step that moved it. */
function linesOf({ steps, credits }: Story) {
  const lines = [
    ...steps.map(({ at, text, detail }, index) => ({ key: `step ${index}`, at, text, detail })),
    ...credits.map(({ at, text, balanceAfter }, index) => ({
      key: `credit ${index}`,
      at,
      text,
      detail: `${balanceAfter} left`,
    })),
  ];
  return lines.sort((a, b) => a.at - b.at);
}
