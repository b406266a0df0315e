import { Form } from '@remix-run/react';
import { useEffect } from 'react';
import { Button } from '~/components/button';
import { useAnnounce } from '~/components/live-region';

const undoMilliseconds = 6000;

/** "Film deleted" with an undo button, for six seconds; without scripts, until the page is left. */
export function DeletedNote({
  projectId,
  before,
  onGone,
}: {
  projectId: string;
  before: string | null;
  onGone: () => void;
}) {
  const announce = useAnnounce();
  useEffect(() => {
    announce('Film deleted. Undo is at the end of the page.');
    const timer = setTimeout(onGone, undoMilliseconds);
    return () => clearTimeout(timer);
  }, [announce, onGone]);
  return (
    <section
      aria-label="Film deleted"
      className="room fixed inset-x-4 bottom-[max(5.5rem,calc(env(safe-area-inset-bottom)+5rem))] z-10 mx-auto flex max-w-[28rem] items-center justify-between gap-4 rounded-control border border-line ps-5 pe-2 py-2 shadow-float md:bottom-8"
    >
      <p>
        Film deleted
        <span className="block text-15 text-quiet">Its photos and clips are erased after 30 days.</span>
      </p>
      <Form method="post" action={`/projects/${projectId}/deletion`} replace>
        <input type="hidden" name="deleted" value="false" />
        {before && <input type="hidden" name="before" value={before} />}
        <Button type="submit" kind="quiet" icon="undo-2" size="small">
          Undo
        </Button>
      </Form>
    </section>
  );
}
