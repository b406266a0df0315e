import type { Timeline as Told } from '~/generations/timeline';
import type { Story } from './use-generation-timeline';
import { clockTime } from './words';

/** What happened to a try, step by step and with its credit, for whoever wants to know. */
export function Timeline({ story, onToggle }: { story: Story; onToggle: (open: boolean) => void }) {
  const { answer } = story;
  return (
    <details onToggle={(event) => onToggle(event.currentTarget.open)} className="text-15">
      <summary className="min-h-11 py-2.5 text-quiet">What happened, step by step</summary>
      {answer?.ok === false && <p className="text-bad">This could not be read just now. Close it and open it again.</p>}
      {answer?.ok !== false && (
        <ol className="grid gap-1 pb-2">
          {(answer?.ok ? linesOf(answer.value) : []).map((line) => (
            <li key={line.key} className="grid grid-cols-[auto_minmax(0,1fr)_auto] gap-3">
              <time dateTime={new Date(line.at).toISOString()} className="tabular text-quiet">
                {clockTime(line.at)}
              </time>
              <span>
                {line.text}
                {line.detail && <span className="block text-quiet">{line.detail}</span>}
              </span>
              {line.delta !== null && (
                <span className={`tabular font-medium ${line.delta > 0 ? 'text-good' : ''}`}>
                  <span className="sr-only">{line.delta > 0 ? 'plus ' : 'minus '}</span>
                  <span aria-hidden="true">{line.delta > 0 ? '+' : '−'}</span>
                  {Math.abs(line.delta)}
                </span>
              )}
            </li>
          ))}
        </ol>
      )}
    </details>
  );
}

/** Steps and credits in one list, by time; a credit stands after the step that moved it. */
function linesOf({ steps, credits }: Told) {
  const lines = [
    ...steps.map(({ at, text, detail }, index) => ({ key: `step ${index}`, at, text, detail, delta: null })),
    ...credits.map(({ at, text, delta, balanceAfter }, index) => ({
      key: `credit ${index}`,
      at,
      text,
      detail: `${balanceAfter} left`,
      delta,
    })),
  ];
  return lines.sort((a, b) => a.at - b.at);
}
