import { useEffect, useId, useRef, useState } from 'react';
import { Button } from '~/components/button';
import { type ComplaintReason, complaints, maxComplaintLength } from '~/generations/feedback';

/** A complaint about a generation. */
export interface Complaint {
  reason: ComplaintReason;
  words: string;
}

/** A form for a complaint: three reasons and the person's own words. Sending it starts the free second try. */
export function WhatIsWrong({
  button,
  busy,
  problem,
  onSend,
  onBack,
}: {
  /** The text of the button, with the wait. */
  button: string;
  busy: boolean;
  problem: string | null;
  onSend: (complaint: Complaint) => void;
  onBack: () => void;
}) {
  const [reason, setReason] = useState<ComplaintReason | null>(null);
  const [words, setWords] = useState('');
  const name = useId();
  const heading = useRef<HTMLLegendElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (reason) onSend({ reason, words: words.trim() });
      }}
    >
      <fieldset className="grid">
        <legend ref={heading} tabIndex={-1} className="text-20 font-semibold outline-none">
          What is wrong with this one?
        </legend>
        <p className="mb-1 text-15 text-quiet">Tell us, and the second try is on us.</p>
        {complaints.map((one) => (
          <label
            key={one.reason}
            className="flex min-h-12 items-center gap-3 border-b border-line last:border-0 has-focus-visible:outline-2 has-focus-visible:outline-light"
          >
            <input
              type="radio"
              name={name}
              value={one.reason}
              checked={one.reason === reason}
              onChange={() => setReason(one.reason)}
              className="size-5 shrink-0 accent-light"
            />
            {one.words}
          </label>
        ))}
      </fieldset>
      {reason !== null && (
        <label className="grid gap-1 text-15">
          <span>
            In your own words <span className="text-quiet">(if you like)</span>
          </span>
          <textarea
            value={words}
            maxLength={maxComplaintLength}
            rows={2}
            onChange={(event) => setWords(event.target.value)}
            className="field-sizing-content max-h-40 min-h-16 w-full rounded-control border border-edge bg-ground px-4 py-3 text-17"
          />
        </label>
      )}
      <Button type="submit" className="tabular w-full" disabled={busy || reason === null}>
        {busy ? 'One moment' : button}
      </Button>
      <Button kind="quiet" className="w-full" onClick={onBack}>
        Not now
      </Button>
      {problem && (
        <p role="alert" className="text-center text-15 text-bad">
          {problem}
        </p>
      )}
    </form>
  );
}
