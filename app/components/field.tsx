import { type InputHTMLAttributes, useId } from 'react';

/** A labelled text field with its hint or its error. */
export function Field({
  label,
  hint,
  error,
  className = '',
  ...rest
}: InputHTMLAttributes<HTMLInputElement> & { label: string; hint?: string; error?: string }) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className={`grid gap-1 ${className}`}>
      <label htmlFor={id} className="text-15 font-medium">
        {label}
      </label>
      <input
        id={id}
        dir="auto"
        aria-invalid={error ? true : undefined}
        aria-describedby={note ? `${id}-note` : undefined}
        className="min-h-12 w-full rounded-control border border-edge bg-ground px-4 text-17 text-ink placeholder:text-quiet aria-invalid:border-bad"
        {...rest}
      />
      {note && (
        <p id={`${id}-note`} className={`text-13 ${error ? 'text-bad' : 'text-quiet'}`}>
          {note}
        </p>
      )}
    </div>
  );
}
