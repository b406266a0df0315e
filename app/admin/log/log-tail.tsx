import { useState } from 'react';
import { Part, Select } from '~/admin/admin-layout';
import { Button } from '~/components/button';
import { Field } from '~/components/field';
import { LogLines } from './log-line';
import { type TailLine, useTail } from './use-tail';

const connections = { live: 'Listening', reconnecting: 'Connecting', offline: 'Not connected' } as const;

/** The log as it is written, with a filter over the lines that the page holds. */
export function LogTail() {
  const [isPaused, setIsPaused] = useState(false);
  const [event, setEvent] = useState('');
  const [text, setText] = useState('');
  const { lines, leftOut, connection, clear } = useTail({ isPaused });
  const shown = lines.filter(matches({ event, text }));
  const events = [...new Set([...lines.map((line) => line.event), ...(event ? [event] : [])])].sort();
  const state = isPaused ? 'Paused' : connections[connection];
  return (
    <Part title="Live" beside={<p className="text-15 text-quiet">{state}</p>}>
      <div className="flex flex-wrap items-end gap-4">
        <Select label="Kind of event" value={event} onChange={(change) => setEvent(change.target.value)}>
          <option value="">All</option>
          {events.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </Select>
        <Field
          label="Contains (an id of a person or a generation, or any text)"
          value={text}
          onChange={(change) => setText(change.target.value)}
          className="grow md:max-w-[24rem]"
        />
        <Button kind="quiet" aria-pressed={isPaused} onClick={() => setIsPaused(!isPaused)}>
          {isPaused ? 'Go on' : 'Pause'}
        </Button>
        <Button kind="quiet" onClick={clear}>
          Clear
        </Button>
      </div>
      {leftOut > 0 && <p className="text-15 text-quiet">{leftOut} more lines came too fast and were left out.</p>}
      {shown.length === 0 ? (
        <p className="border-y border-line py-6 text-quiet">
          {lines.length === 0 ? 'No line since you opened this page.' : 'No line fits the filter.'}
        </p>
      ) : (
        <LogLines lines={shown.map((line) => ({ ...line, line: line.text }))} />
      )}
    </Part>
  );
}

/** True for a line of this kind whose ids or fields contain this text. */
function matches({ event, text }: { event: string; text: string }) {
  const wanted = text.trim().toLowerCase();
  return (line: TailLine) =>
    (event === '' || line.event === event) &&
    [line.text, line.requestId, line.generationId, line.userId].some((part) => part?.toLowerCase().includes(wanted));
}
