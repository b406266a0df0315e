import { Form } from '@remix-run/react';
import { Button } from '~/components/button';
import type { Preset } from '~/settings/presets';
import { PresetFields } from './preset-fields';
import type { TypedPreset } from './presets-form';
import { MoveButtons } from './setting-controls';

/** Why a change of a preset was refused: `about` is its id, or `new`. */
export interface PresetResult {
  about: string;
  message: string;
  typed: TypedPreset | null;
}

/** The message of a refused change, beside its fields. */
export function PresetNote({ result }: { result: PresetResult | null }) {
  return result ? (
    <p id={`${result.about}-note`} role="alert" className="text-15 text-bad">
      {result.message}
    </p>
  ) : null;
}

/** One preset: buttons to move it and to switch it on or off; its words are behind "Change the words". */
export function PresetRow({
  preset,
  index,
  count,
  version,
  result,
  isSaved,
}: {
  preset: Preset;
  index: number;
  count: number;
  version: number;
  result: PresetResult | null;
  isSaved: boolean;
}) {
  const { id, name, description, prompt, on } = preset;
  const hidden = (
    <>
      <input type="hidden" name="about" value={id} />
      <input type="hidden" name="version" value={version} />
    </>
  );
  return (
    <li id={id} className="grid scroll-mt-4 gap-2 border-b border-line py-4 first:border-t">
      <Form
        method="post"
        action={`/admin/presets#${id}`}
        preventScrollReset
        className="flex flex-wrap items-center gap-1"
      >
        {hidden}
        <div className="min-w-0 grow basis-full md:basis-0">
          <h2 className="font-sans text-17 font-semibold">
            {index + 1}. {name} {!on && <span className="font-normal text-quiet">· Off</span>}
          </h2>
          <p className="text-15 text-quiet">{description}</p>
          {isSaved && (
            <p role="status" className="text-15 font-medium text-good">
              Saved
            </p>
          )}
        </div>
        <MoveButtons words={name} index={index} count={count} />
        <Button type="submit" name="act" value={on ? 'off' : 'on'} kind="quiet" size="small" className="shrink-0">
          {on ? 'Switch off' : 'Switch on'}
          <span className="sr-only"> {name}</span>
        </Button>
      </Form>
      {result && !result.typed && <PresetNote result={result} />}
      <details key={version} open={result?.typed != null}>
        <summary className="link inline-flex min-h-11 cursor-pointer items-center text-15 font-medium">
          Change the words<span className="sr-only"> of {name}</span>
        </summary>
        <Form
          method="post"
          action={`/admin/presets#${id}`}
          preventScrollReset
          className="grid max-w-[40rem] gap-3 pb-2"
        >
          {hidden}
          <PresetFields
            words={result?.typed ?? { name, description, prompt }}
            describedBy={result ? `${id}-note` : undefined}
          />
          {result?.typed && <PresetNote result={result} />}
          <Button type="submit" name="act" value="save" size="small" className="justify-self-start">
            Save
          </Button>
        </Form>
      </details>
    </li>
  );
}
