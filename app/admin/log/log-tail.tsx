import { useState } from 'react';
import { Part, Select } from '~/admin/admin-layout';
import { Button } from '~/components/button';
import { Field } from '~/components/field';
import { LogLines } from './log-line';
import { type TailLine, useTail } from './use-tail';

const connections = { live: 'Listening', reconnecting: 'Connecting', offline: 'Not connected' } as const;

/** The log as it is written, with a filter that works on what the page has heard. */
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
          label="Holds (an id of a person or a clip’s try, or any text)"
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
      {leftOut > 0 && <p className="text-15 text-quiet">{leftOut} more came too fast and were left out.</p>}
      {shown.length === 0 ? (
        <p className="border-y border-line py-6 text-quiet">
          {lines.length === 0 ? 'Nothing has happened since you came.' : 'Nothing that was heard fits the filter.'}
        </p>
      ) : (
        <LogLines lines={shown.map((line) => ({ ...line, line: line.text }))} />
      )}
    </Part>
  );
}

/** Whether a line is of this kind and holds this text somewhere: its ids, or what it says. */
function matches({ event, text }: { event: string; text: string }) {
  const wanted = text.trim().toLowerCase();
  return (line: TailLine) =>
    (event === '' || line.event === event) &&
    [line.text, line.requestId, line.generationId, line.userId].some((part) => part?.toLowerCase().includes(wanted));
}
