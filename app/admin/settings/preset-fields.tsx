import { presetLimits } from '~/settings/presets';
import type { TypedPreset } from './presets-form';
import { fieldClass, OptionalReason } from './setting-row';

/** The fields of a preset: two for the person, one for the film service. */
export function PresetFields({ words, describedBy }: { words: TypedPreset; describedBy: string | undefined }) {
  const about = { 'aria-describedby': describedBy, 'aria-invalid': describedBy ? (true as const) : undefined };
  return (
    <>
      <label className="grid gap-1 text-15 font-medium">
        Name
        <input name="name" defaultValue={words.name} maxLength={presetLimits.name} {...about} className={fieldClass} />
      </label>
      <label className="grid gap-1 text-15 font-medium">
        Description
        <input
          name="description"
          defaultValue={words.description}
          maxLength={presetLimits.description}
          {...about}
          className={fieldClass}
        />
      </label>
      <label className="grid gap-1 text-15 font-medium">
        Prompt for the film service
        <textarea
          dir="auto"
          name="prompt"
          rows={4}
          defaultValue={words.prompt}
          maxLength={presetLimits.prompt}
          {...about}
          className={`${fieldClass} field-sizing-content py-3`}
        />
      </label>
      <OptionalReason />
    </>
  );
}
