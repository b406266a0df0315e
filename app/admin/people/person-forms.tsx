import { Form } from '@remix-run/react';
import type { ReactNode } from 'react';
import { ReasonField } from '~/admin/reason-field';
import { Button } from '~/components/button';
import { Field } from '~/components/field';
import { type Alone, aloneInWords, mostAdjusted } from './adjustments';

/** The actions on one person. Each opens in place and works without a script. */
export function PersonForms({
  path,
  requestKey,
  balance,
  alone,
  isSuspended,
}: {
  /** The page's own address, without a slash at its end. */
  path: string;
  requestKey: string;
  balance: number;
  /** How far the admin who looks may go without another one. */
  alone: Alone;
  isSuspended: boolean;
}) {
  return (
    <div className="divide-y divide-line border-y border-line">
      <Action name="Give or take credits">
        <Form method="post" action={`${path}/adjustments`} className="grid gap-4">
          <input type="hidden" name="requestKey" value={requestKey} />
          <fieldset className="flex flex-wrap gap-x-6">
            <legend className="sr-only">Give or take</legend>
            <Direction value="give" label="Give" isFirst />
            <Direction value="take" label={`Take (they have ${balance})`} />
          </fieldset>
          <Field
            label="Credits"
            name="credits"
            type="number"
            inputMode="numeric"
            min={1}
            max={mostAdjusted}
            required
            className="max-w-[12rem]"
            hint={aloneInWords(alone)}
          />
          <ReasonField hint="They read this in their credit history." />
          <Button type="submit" className="justify-self-start">
            Change their credits
          </Button>
        </Form>
      </Action>
      <Action name={isSuspended ? 'Lift the suspension' : 'Suspend'}>
        <Form
          method="post"
          action={isSuspended ? `${path}/suspension/lifting` : `${path}/suspension`}
          className="grid gap-4"
        >
          <p className="max-w-text text-15 text-quiet">
            {isSuspended
              ? 'They can sign in again, and their shared films play again.'
              : 'They are signed out on every device at once, and their shared films stop. Nothing is deleted.'}
          </p>
          <ReasonField hint="For the audit log. They do not read it." />
          <Button type="submit" kind={isSuspended ? 'quiet' : 'danger'} className="justify-self-start">
            {isSuspended ? 'Lift the suspension' : 'Suspend this account'}
          </Button>
        </Form>
      </Action>
      <Action name="Sign out everywhere">
        <Form method="post" action={`${path}/sign-out`} className="grid gap-4">
          <p className="max-w-text text-15 text-quiet">Every device of theirs has to sign in again.</p>
          <Button type="submit" kind="quiet" className="justify-self-start">
            Sign them out
          </Button>
        </Form>
      </Action>
    </div>
  );
}

function Action({ name, children }: { name: string; children: ReactNode }) {
  return (
    <details>
      <summary className="min-h-12 py-3 font-medium">{name}</summary>
      <div className="pt-2 pb-6">{children}</div>
    </details>
  );
}

function Direction({ value, label, isFirst = false }: { value: string; label: string; isFirst?: boolean }) {
  return (
    <label className="flex min-h-11 items-center gap-3">
      <input type="radio" name="way" value={value} defaultChecked={isFirst} className="size-5 accent-light" />
      {label}
    </label>
  );
}
