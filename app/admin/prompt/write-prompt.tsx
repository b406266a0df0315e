import { Form } from '@remix-run/react';
import { useId, useState } from 'react';
import { Button } from '~/components/button';
import { Field } from '~/components/field';
import { mostSystemLetters } from '~/settings/system-prompt';
import { mostNoteLetters } from './prompt';

/** A text that could not be saved: what was typed, and the errors by field. */
export interface Unsaved {
  text: string;
  note: string;
  errors: { text?: string; note?: string };
}

/** The form for a new version of the system prompt; it starts with the live text. */
export function WritePrompt({
  next,
  from,
  neverCut,
  unsaved,
}: {
  /** The number it will get. */
  next: number;
  from: string;
  /** Letters that are sent even with the longest words of a person. */
  neverCut: number;
  unsaved: Unsaved | undefined;
}) {
  const id = useId();
  const [letters, setLetters] = useState((unsaved?.text ?? from).length);
  const error = unsaved?.errors.text;
  return (
    <Form method="post" className="grid max-w-text gap-4 justify-items-start">
      <input type="hidden" name="expected" value={next} />
      <div className="grid w-full gap-1">
        <label htmlFor={id} className="text-15 font-medium">
          Text
        </label>
        <textarea
          dir="auto"
          id={id}
          name="text"
          required
          rows={6}
          maxLength={mostSystemLetters}
          defaultValue={unsaved?.text ?? from}
          onChange={(event) => setLetters(event.target.value.length)}
          aria-invalid={error ? true : undefined}
          aria-describedby={`${id}-note`}
          className="field-sizing-content min-h-40 w-full rounded-control border border-edge bg-ground px-4 py-3 text-17 aria-invalid:border-bad"
        />
        <p id={`${id}-note`} className={`tabular text-13 ${error ? 'text-bad' : 'text-quiet'}`}>
          {error ??
            `${letters} of ${mostSystemLetters} letters. The first ${neverCut} are always sent; a longer text loses its last sentences where a person’s own words are very long.`}
        </p>
      </div>
      <Field
        label="Note"
        name="note"
        required
        maxLength={mostNoteLetters}
        defaultValue={unsaved?.note}
        error={unsaved?.errors.note}
        hint="What is different, and why."
        className="w-full"
      />
      <Button type="submit" kind="quiet">
        Save as version {next}
      </Button>
    </Form>
  );
}
