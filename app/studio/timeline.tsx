import type { Timeline as GenerationTimeline } from '~/generations/timeline';
import type { TimelineRead } from './use-generation-timeline';
import { clockTime } from './words';

/** A generation's timeline, step by step with the credits that moved; closed at first. */
export function Timeline({ timeline, onToggle }: { timeline: TimelineRead; onToggle: (open: boolean) => void }) {
  const { answer } = timeline;
  return (
    <details onToggle={(event) => onToggle(event.currentTarget.open)} className="text-15">
      <summary className="min-h-11 py-2.5 text-quiet">What happened, step by step</summary>
      {answer?.ok === false && <p className="text-bad">This could not be read just now. Close it and open it again.</p>}
      {answer?.ok !== false && (
        <ol className="grid gap-1 pb-2">
          {(answer?.ok ? rowsOf(answer.value) : []).map((line) => (
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

/** Steps and credits as one list by time; at equal times a credit follows its step. */
function rowsOf({ steps, credits }: GenerationTimeline) {
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
