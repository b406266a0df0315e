import { Form } from '@remix-run/react';
import { useId, useState } from 'react';
import { Button } from '~/components/button';
import { Field } from '~/components/field';
import { mostSystemLetters } from '~/settings/system-prompt';
import { mostNoteLetters } from './prompt';

/** What was wrong with a text that was sent, by field, beside what had been written. */
export interface Unsaved {
  text: string;
  note: string;
  errors: { text?: string; note?: string };
}

/** A new version of the system prompt: written from the live one, saved, and not live yet. */
export function WritePrompt({
  next,
  from,
  neverCut,
  unsaved,
}: {
  /** The number it will get. */
  next: number;
  from: string;
  /** So many letters go along whole, however much a person writes. */
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
            `${letters} of ${mostSystemLetters} letters. The first ${neverCut} always go along; what is longer loses its last sentences where a person has written very much themselves.`}
        </p>
      </div>
      <Field
        label="Note"
        name="note"
        required
        maxLength={mostNoteLetters}
        defaultValue={unsaved?.note}
        error={unsaved?.errors.note}
        hint="What is different, and what it should bring."
        className="w-full"
      />
      <Button type="submit" kind="quiet">
        Save as version {next}
      </Button>
    </Form>
  );
}
