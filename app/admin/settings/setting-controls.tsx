import { serviceNames } from '~/admin/providers/providers';
import { Button, IconButton } from '~/components/button';
import { packs } from '~/settings/packs';
import { mostMaintenanceLetters, type Settings } from '~/settings/settings';
import type { Choosable } from '~/settings/settings-rules';
import { fieldClass } from './setting-row';
import { choiceWords, limitsOf, serviceInWords } from './setting-values';
import type { SettingView } from './settings-changes';
import { serviceValue } from './settings-form';

interface Controlled {
  view: SettingView;
  name: string;
  /** The typed values of a refused change. */
  typed: string[] | null;
  describedBy: string | undefined;
  choosable: readonly Choosable[];
  /** The film service and model in force. */
  service: { provider: string; model: string };
}

/** The field of a setting. All fields work without scripts. */
export function SettingControl(props: Controlled) {
  const { view, name, typed, describedBy, choosable, service } = props;
  const invalid = typed && describedBy ? true : undefined;
  const about = { 'aria-describedby': describedBy, 'aria-invalid': invalid };
  switch (view.key) {
    case 'provider':
      return (
        <ServiceSelect label={name} chosen={typed?.[0] ?? serviceValue(service)} choosable={choosable} about={about} />
      );
    case 'fallbacks':
      return <Fallbacks {...props} />;
    case 'maxAtProvider':
    case 'budgetAtProvider':
      return (
        <div className="grid grid-cols-2 gap-3">
          {Object.entries(view.value as Settings['maxAtProvider']).map(([id, count], index) => (
            <label key={id} className="grid gap-1 text-15 font-medium">
              {serviceNames[id]}
              <input
                name="value"
                inputMode="numeric"
                defaultValue={typed?.[index] ?? count}
                {...about}
                className={fieldClass}
              />
            </label>
          ))}
        </div>
      );
    case 'packsOnSale':
      return (
        <fieldset className="grid" {...about}>
          <legend className="sr-only">{name}</legend>
          {packs.map((pack) => (
            <label key={pack.id} className="flex min-h-11 items-center gap-3">
              <input
                type="checkbox"
                name="value"
                value={pack.id}
                defaultChecked={(typed ?? (view.value as string[])).includes(pack.id)}
                className="size-5 accent-light"
              />
              {pack.name}, {pack.credits} credits
            </label>
          ))}
        </fieldset>
      );
    case 'maintenance':
      return (
        <textarea
          dir="auto"
          name="value"
          aria-label={name}
          maxLength={mostMaintenanceLetters}
          rows={2}
          defaultValue={typed?.[0] ?? String(view.value)}
          {...about}
          className={`field-sizing-content max-h-40 py-3 ${fieldClass}`}
        />
      );
    case 'freeSecondTry':
      return <Choices name={name} chosen={typed?.[0] ?? (view.value ? 'on' : 'off')} choices={onOff} about={about} />;
    case 'referralRewardFor':
      return <Choices name={name} chosen={typed?.[0] ?? String(view.value)} choices={choiceWords} about={about} />;
    default: {
      const limits = limitsOf(view.key);
      return (
        <input
          name="value"
          aria-label={name}
          inputMode={
            limits ? (limits.isWhole ? 'numeric' : 'decimal') : view.key === 'contactAddress' ? 'email' : 'url'
          }
          autoComplete="off"
          defaultValue={typed?.[0] ?? String(view.value)}
          placeholder={limits ? `${limits.low} to ${limits.high}` : undefined}
          {...about}
          className={fieldClass}
        />
      );
    }
  }
}

const onOff = { on: 'On', off: 'Off' };

interface About {
  'aria-describedby': string | undefined;
  'aria-invalid': boolean | undefined;
}

function Choices({
  name,
  chosen,
  choices,
  about,
}: {
  name: string;
  chosen: string;
  choices: Readonly<Record<string, string>>;
  about: About;
}) {
  return (
    <select name="value" aria-label={name} defaultValue={chosen} {...about} className={fieldClass}>
      {Object.entries(choices).map(([value, words]) => (
        <option key={value} value={value}>
          {words}
        </option>
      ))}
    </select>
  );
}

function ServiceSelect({
  label,
  chosen,
  choosable,
  about,
}: {
  label: string;
  chosen: string | undefined;
  choosable: readonly Choosable[];
  about: About;
}) {
  return (
    <select name="value" aria-label={label} defaultValue={chosen} {...about} className={fieldClass}>
      {choosable.map(({ id, models }) => (
        <optgroup key={id} label={serviceNames[id] ?? id}>
          {models.map((model) => (
            <option key={model} value={serviceValue({ provider: id, model })}>
              {serviceInWords({ provider: id, model })}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}

/** The fallbacks in order: buttons move a row up or down or remove it, and add a service at the end. */
function Fallbacks({ view, typed, describedBy, choosable, name }: Controlled) {
  const fallbacks = view.value as Settings['fallbacks'];
  return (
    <div className="grid gap-3">
      <ol className="grid">
        {fallbacks.map((one, index) => {
          const words = serviceInWords(one);
          return (
            <li key={words} className="flex min-h-12 items-center gap-1 border-b border-line">
              <span className="tabular grow wrap-anywhere">
                {index + 1}. {words}
              </span>
              <MoveButtons words={words} index={index} count={fallbacks.length} />
              <IconButton type="submit" name="act" value={`remove ${index}`} icon="x" label={`Take ${words} out`} />
            </li>
          );
        })}
      </ol>
      <div className="flex gap-3">
        <ServiceSelect
          label={`Add to: ${name}`}
          chosen={typed?.[0]}
          choosable={choosable}
          about={{ 'aria-describedby': describedBy, 'aria-invalid': describedBy ? true : undefined }}
        />
        <Button type="submit" name="act" value="add" size="small">
          Add
        </Button>
      </div>
    </div>
  );
}

/** Buttons that move a row one place up or down; they submit the form around them. */
export function MoveButtons({ words, index, count }: { words: string; index: number; count: number }) {
  return (
    <>
      <IconButton
        type="submit"
        name="act"
        value={`up ${index}`}
        icon="chevron-up"
        label={`Move ${words} up`}
        disabled={index === 0}
      />
      <IconButton
        type="submit"
        name="act"
        value={`down ${index}`}
        icon="chevron-down"
        label={`Move ${words} down`}
        disabled={index === count - 1}
      />
    </>
  );
}
