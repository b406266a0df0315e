import { useEffect, useState } from 'react';
import { load } from '~/components/waking';
import { isFirstTitle } from '~/projects/projects-page';
import type { ClipView } from '~/projects/views';

/**
 * Offers a title made from the dates of the photos, while the film has the title it was begun with. Its words are loaded
 * only then.
 */
export function TitleProposal({
  title,
  clips,
  onChange,
}: {
  title: string;
  clips: readonly ClipView[];
  onChange: (title: string) => void;
}) {
  const dates = isFirstTitle(title) ? clips.map(({ photo }) => photo.takenAt).filter((date) => date !== null) : [];
  const given = dates.join();
  const [proposed, setProposed] = useState<string | null>(null);
  useEffect(() => {
    const leaving = new AbortController();
    const known = given.split(',').filter(Boolean).map(Number);
    setProposed(null);
    if (known.length > 1)
      load(() => import('~/projects/title-of-dates'), { signal: leaving.signal }).then(
        ({ titleOfDates }) => leaving.signal.aborted || setProposed(titleOfDates(known)),
        // Without it the film keeps its title.
        () => undefined,
      );
    return () => leaving.abort();
  }, [given]);
  if (proposed === null) return null;
  return (
    <button
      type="button"
      onClick={() => onChange(proposed)}
      className="link -mt-3 min-h-11 self-start text-start text-15 transition hover:text-quiet"
    >
      Call it “{proposed}”
    </button>
  );
}
