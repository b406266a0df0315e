import { Form, useNavigation } from '@remix-run/react';
import { Button } from '~/components/button';
import { Field } from '~/components/field';
import { Sheet } from '~/components/sheet';
import { typedText } from '~/components/written';
import { maxTitleLength } from './projects-page';
import type { ProjectCard } from './views';

/** A sheet with its own address, in which a project is renamed or deleted by plain form posts. */
export default function ProjectDetails({
  project,
  before,
  onClose,
}: {
  project: ProjectCard | null;
  /** The `before` of the projects page to return to. */
  before: string | null;
  onClose: () => void;
}) {
  const isBusy = useNavigation().state === 'submitting';
  return (
    <Sheet open={project !== null} onClose={onClose} title="This film" place="middle">
      {project && (
        <div className="grid gap-4">
          <Form method="post" action={`/projects/${project.id}/details`} replace className="grid gap-4">
            {before && <input type="hidden" name="before" value={before} />}
            <Field
              label="Title"
              name="title"
              defaultValue={project.title}
              required
              {...typedText<HTMLInputElement>(maxTitleLength, (text, field) => {
                field.value = text;
              })}
            />
            <Button type="submit" kind="primary" disabled={isBusy}>
              Save
            </Button>
          </Form>
          <Form method="post" action={`/projects/${project.id}/deletion`} replace className="grid">
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
