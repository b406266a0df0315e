import { useId } from 'react';

/** The field for an admin's reason; `hint` says who reads it. */
export function ReasonField({ hint, most = 500 }: { hint: string; most?: number }) {
  const id = useId();
  return (
    <div className="grid max-w-[36rem] gap-1">
      <label htmlFor={id} className="text-15 font-medium">
        Why
      </label>
      <textarea
        dir="auto"
        id={id}
        name="reason"
        required
        minLength={3}
        maxLength={most}
        rows={2}
        aria-describedby={`${id}-hint`}
        className="field-sizing-content max-h-40 min-h-16 w-full rounded-control border border-edge bg-ground px-4 py-3 text-17"
      />
      <p id={`${id}-hint`} className="text-13 text-quiet">
        {hint}
      </p>
    </div>
  );
}
