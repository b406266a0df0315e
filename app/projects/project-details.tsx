import { Form, useNavigation } from '@remix-run/react';
import { Button } from '~/components/button';
import { Field } from '~/components/field';
import { Sheet } from '~/components/sheet';
import { maxTitleLength } from './projects-page';
import type { ProjectCard } from './views';

/** A film's name and its end, in a sheet that has its own address. Both are plain form posts. */
export function ProjectDetails({
  film,
  before,
  onClose,
}: {
  film: ProjectCard | null;
  /** The page of the wall to come back to. */
  before: string | null;
  onClose: () => void;
}) {
  const isBusy = useNavigation().state === 'submitting';
  return (
    <Sheet open={film !== null} onClose={onClose} title="This film" place="middle">
      {film && (
        <div className="grid gap-4">
          <Form method="post" action={`/projects/${film.id}/details`} replace className="grid gap-4">
            {before && <input type="hidden" name="before" value={before} />}
            <Field label="Title" name="title" defaultValue={film.title} required maxLength={maxTitleLength} />
            <Button type="submit" kind="primary" disabled={isBusy}>
              Save
            </Button>
          </Form>
          <Form method="post" action={`/projects/${film.id}/deletion`} replace className="grid">
            {before && <input type="hidden" name="before" value={before} />}
            <Button type="submit" kind="danger" icon="trash-2" disabled={isBusy}>
              Delete film
            </Button>
          </Form>
        </div>
      )}
    </Sheet>
  );
}
