import { Form } from '@remix-run/react';
import { Button } from '~/components/button';
import { Field } from '~/components/field';

/** The search for a payment, by whatever a person names who writes "I paid and got nothing". */
export function PurchaseSearch({ asked }: { asked: string }) {
  return (
    <Form method="get" role="search" className="flex flex-wrap items-end gap-4">
      <Field
        key={asked}
        label="Find a payment: e-mail, name, Stripe’s id, amount or receipt"
        type="search"
        name="q"
        defaultValue={asked}
        maxLength={500}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        className="min-w-0 grow md:max-w-[32rem]"
      />
      <Button type="submit" kind="quiet">
        Find
      </Button>
    </Form>
  );
}
