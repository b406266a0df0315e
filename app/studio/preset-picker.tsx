import { useId } from 'react';
import { charactersOf } from '~/characters';
import { typedText } from '~/components/written';
import { maxWordsLength, type PresetView } from '~/settings/preset-choice';

/** The presets on offer as rows, and a field for the person's own words. */
export function PresetPicker({
  presets,
  kept,
  presetId,
  words,
  onChange,
}: {
  /** All presets: a clip may still have one that is off, whose name is shown. */
  presets: readonly PresetView[];
  /** The preset that is stored with the clip. */
  kept: string;
  presetId: string;
  words: string;
  onChange: (change: { presetId?: string; words?: string }) => void;
}) {
  const name = useId();
  const wordsId = useId();
  const lettersLeft = Math.max(0, maxWordsLength - charactersOf(words));
  const offered = presets.filter(({ on }) => on);
  const isGone = !offered.some(({ id }) => id === kept);
  return (
    <div className="grid gap-4">
      <fieldset className="grid">
        <legend className="mb-1 text-15 font-medium">How it moves</legend>
        {isGone && (
          <p className="mb-1 text-15 text-quiet">{goneInWords(presets.find(({ id }) => id === kept)?.name)}</p>
        )}
        {offered.map((preset) => (
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
          dir="auto"
          id={wordsId}
          value={words}
          rows={2}
          placeholder="She waves to the camera"
          {...typedText(maxWordsLength, (typed) => onChange({ words: typed }))}
          className="field-sizing-content min-h-20 w-full rounded-control border border-edge bg-ground px-4 py-3 text-17 placeholder:text-quiet"
        />
        {lettersLeft < 100 && (
          <p className="tabular text-13 text-quiet">
            {lettersLeft === 1 ? '1 letter left' : `${lettersLeft} letters left`}
          </p>
        )}
      </div>
    </div>
  );
}

function goneInWords(name: string | undefined): string {
  const gone = name ? `“${name}” is no longer offered` : 'The way it moved before is no longer offered';
  return `${gone}. The next try moves as chosen here.`;
}
