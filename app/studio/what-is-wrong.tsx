import { useEffect, useId, useRef, useState } from 'react';
import { Button } from '~/components/button';
import { typedText } from '~/components/written';
import { type ComplaintReason, complaints, maxComplaintLength } from '~/generations/feedback';

/** A complaint about a generation. */
export interface Complaint {
  reason: ComplaintReason;
  words: string;
}

/**
 * A form for a complaint: three reasons and the person's own words. Sending it starts the free second try; the button for
 * that stands in the panel's footer, where the paid ones are.
 */
export function WhatIsWrong({
  formId,
  reason,
  onReason,
  onSend,
  onBack,
}: {
  formId: string;
  reason: ComplaintReason | null;
  onReason: (reason: ComplaintReason) => void;
  onSend: (complaint: Complaint) => void;
  onBack: () => void;
}) {
  const [words, setWords] = useState('');
  const name = useId();
  const heading = useRef<HTMLLegendElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  return (
    <form
      id={formId}
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
              onChange={() => onReason(one.reason)}
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
            dir="auto"
            value={words}
            rows={2}
            {...typedText(maxComplaintLength, setWords)}
            className="field-sizing-content max-h-40 min-h-16 w-full rounded-control border border-edge bg-ground px-4 py-3 text-17"
          />
        </label>
      )}
      <Button kind="quiet" size="small" className="justify-self-start" onClick={onBack}>
        Not now
      </Button>
    </form>
  );
}
