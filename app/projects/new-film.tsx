import { Form } from '@remix-run/react';
import { Button } from '~/components/button';

/** The button that makes a film. */
export function NewFilm({ className }: { className: string }) {
  return (
    <Form method="post" action="/projects" className={className}>
      <Button type="submit" kind="primary" icon="plus">
        New film
      </Button>
    </Form>
  );
}
