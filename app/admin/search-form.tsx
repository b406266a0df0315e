import { Form } from '@remix-run/react';
import { Button } from '~/components/button';
import { Field } from '~/components/field';

/** The search of an admin page, for `q` in its address. `asked`: what was searched last. `most` in characters. */
export function SearchForm({ label, asked, most }: { label: string; asked: string; most: number }) {
  return (
    <Form method="get" role="search" className="flex flex-wrap items-end gap-4">
      <Field
        key={asked}
        label={label}
        type="search"
        name="q"
        defaultValue={asked}
        maxLength={most}
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
