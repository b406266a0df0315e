import { useId } from 'react';
import { maxWordsLength, presets } from '~/generations/presets';

/** The six ways to move, as quiet rows, and the person's own words. */
export function WayToMove({
  presetId,
  words,
  onChange,
}: {
  presetId: string;
  words: string;
  onChange: (change: { presetId?: string; words?: string }) => void;
}) {
  const name = useId();
  const wordsId = useId();
  return (
    <div className="grid gap-4">
      <fieldset className="grid">
        <legend className="mb-1 text-15 font-medium">How it moves</legend>
        {presets.map((preset) => (
          <label
            key={preset.id}
            className="flex min-h-14 items-center gap-3 border-b border-line py-2 last:border-0 has-focus-visible:outline-2 has-focus-visible:outline-light"
          >
            <input
              type="radio"
              name={name}
              value={preset.id}
              checked={preset.id === presetId}
              onChange={() => onChange({ presetId: preset.id })}
              className="size-5 shrink-0 accent-light"
            />
            <span className="grid">
              <span className={preset.id === presetId ? 'font-semibold' : ''}>{preset.name}</span>
              <span className="text-15 text-quiet">{preset.description}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <div className="grid gap-1">
        <label htmlFor={wordsId} className="text-15 font-medium">
          In your own words <span className="font-normal text-quiet">(if you like)</span>
        </label>
        <textarea
          id={wordsId}
          value={words}
          maxLength={maxWordsLength}
          rows={2}
          placeholder="She waves to the camera"
          onChange={(event) => onChange({ words: event.target.value })}
          className="field-sizing-content min-h-20 w-full rounded-control border border-edge bg-ground px-4 py-3 text-17 placeholder:text-quiet"
        />
        {words.length > maxWordsLength - 100 && (
          <p className="tabular text-13 text-quiet">{maxWordsLength - words.length} letters left</p>
        )}
      </div>
    </div>
  );
}
