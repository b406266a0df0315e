import type { ProjectView } from '~/projects/views';
import { shapeWords } from './choices';
import type { useNote } from './note';
import type { ProjectChange, Studio } from './use-studio';
import { refusalText } from './words';

/** Changes of the film as a whole. A refusal is said in a note. */
export function useProjectChanges({
  project,
  actions,
  notes,
}: {
  project: ProjectView;
  actions: Studio['actions'];
  notes: ReturnType<typeof useNote>;
}) {
  const changeProject = async (change: ProjectChange) => {
    const answer = await actions.changeProject(change);
    if (!answer.ok) notes.say(refusalText(answer));
  };
  return {
    changeProject,
    /** Says that every photo has another shape now, and offers to take it back. */
    changeShape(shape: ProjectView['shape']) {
      const before = project.shape;
      notes.say(`The film is ${shapeWords[shape].toLowerCase()} now.`, () => void changeProject({ shape: before }));
      void changeProject({ shape });
    },
  };
}
