import { Form, Link } from '@remix-run/react';
import type { ReactNode } from 'react';
import { Moment } from '~/admin/admin-layout';
import { Button } from '~/components/button';
import { limitsOf } from './setting-values';
import type { SettingWords } from './setting-words';
import type { SettingView } from './settings-changes';

/** Why a change of a setting was refused, for its field. */
export interface SettingResult {
  key: string;
  /** The error in the typed value, or a conflict with another admin's change. */
  message: string;
  typed: string[];
}

/**
 * A setting with its description, limits, value, default and last change; opened, it is edited in place. `control` is its
 * field; a list whose rows have their own buttons has no "Save".
 */
export function SettingRow({
  words,
  view,
  shown,
  shownDefault,
  result,
  isSaved,
  hasSave = true,
  guard = null,
  hidden,
  control,
}: {
  words: SettingWords;
  view: SettingView;
  shown: ReactNode;
  shownDefault: string;
  result: SettingResult | null;
  isSaved: boolean;
  hasSave?: boolean;
  /** A guarded setting: `asks` for another admin's yes, or `waits` for it. */
  guard?: 'asks' | 'waits' | null;
  hidden?: ReactNode;
  control: (describedBy: string | undefined) => ReactNode;
}) {
  const { key, name, what, unit } = words;
  const limits = limitsOf(key);
  const note = result ? `${key}-note` : undefined;
  return (
    <section
      id={key}
      aria-labelledby={`${key}-name`}
      className="grid scroll-mt-4 gap-x-8 gap-y-2 border-b border-line py-4 first-of-type:border-t md:grid-cols-[minmax(0,1fr)_minmax(0,24rem)]"
    >
      <div className="grid content-start gap-1">
        <h3 id={`${key}-name`} className="font-sans text-17 font-semibold">
          {name}
        </h3>
        <p className="max-w-text text-15 text-quiet">{what}</p>
        <p className="text-13 text-quiet">
          {limits && `From ${limits.low.toLocaleString('en')} to ${limits.high.toLocaleString('en')}. `}
          By default {shownDefault}.{' '}
          {view.isUnreadable && 'The stored value breaks the limits, so the default is in force. '}
          <LastChange view={view} />
        </p>
      </div>
      <div className="grid content-start gap-2">
        <div className="tabular flex flex-wrap items-baseline gap-x-2">
          <span className="text-20 font-medium wrap-anywhere">{shown}</span>
          {unit && <span className="text-15 text-quiet">{unit}</span>}
          {guard === 'waits' && <span className="text-15 font-medium">A change waits for another admin</span>}
          {isSaved && (
            <span role="status" className="text-15 font-medium text-good">
              Saved
            </span>
          )}
        </div>
        <details key={view.version} open={result !== null}>
          <summary className="link inline-flex min-h-11 cursor-pointer items-center text-15 font-medium">
            Change<span className="sr-only"> {name}</span>
          </summary>
          <Form method="post" action={`/admin/settings#${key}`} preventScrollReset className="grid gap-3 pt-1 pb-2">
            <input type="hidden" name="key" value={key} />
            <input type="hidden" name="version" value={view.version} />
            {hidden}
            {control(note)}
            {result && (
              <p id={note} role="alert" className="text-15 text-bad">
                {result.message}
              </p>
            )}
            <OptionalReason />
            {guard && <p className="text-15 text-quiet">Another admin has to say yes before it changes.</p>}
            <div className="flex flex-wrap gap-3">
              {hasSave && (
                <Button type="submit" size="small">
                  {guard ? 'Ask for this change' : 'Save'}
                </Button>
              )}
              {!view.isDefault && (
                <Button type="submit" name="act" value="default" kind="quiet" size="small">
                  {guard ? 'Ask for the default' : 'Back to the default'}
                </Button>
              )}
            </div>
          </Form>
        </details>
      </div>
    </section>
  );
}

export const fieldClass =
  'min-h-12 w-full rounded-control border border-edge bg-ground px-4 text-17 aria-invalid:border-bad';

function LastChange({ view: { changedAt, changedBy, key } }: { view: SettingView }) {
  if (changedAt === null) return <>Not changed yet.</>;
  return (
    <>
      Changed by {changedBy?.name ?? 'the console'}, <Moment at={changedAt} />.{' '}
      <Link to={`/admin/audit-log?about=${key}`} className="link">
        Its audit log<span className="sr-only">: {key}</span>
      </Link>
    </>
  );
}

/** The field for the reason of a change, which may stay empty. */
export function OptionalReason() {
  return (
    <label className="grid gap-1 text-15 font-medium">
      <span>
        Why <span className="font-normal text-quiet">(if you like)</span>
      </span>
      <input name="reason" maxLength={500} autoComplete="off" className={fieldClass} />
    </label>
  );
}
