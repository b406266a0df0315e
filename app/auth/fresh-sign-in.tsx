import { Form } from '@remix-run/react';
import { Button, type ButtonKind } from '~/components/button';

/** Has Google ask the signed-in person anew who they are, and leads back to the page `returnTo`. */
export function FreshSignIn({
  returnTo,
  kind = 'primary',
  children,
}: {
  returnTo: string;
  kind?: ButtonKind;
  children: string;
}) {
  return (
    <Form method="post" action="/auth/google" reloadDocument className="grid">
      <input type="hidden" name="returnTo" value={returnTo} />
      <input type="hidden" name="fresh" value="yes" />
      <Button type="submit" kind={kind} icon="lock">
        {children}
      </Button>
    </Form>
  );
}
