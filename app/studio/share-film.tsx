import { useState } from 'react';
import { Button } from '~/components/button';
import { lazyPart } from '~/components/lazy-part';
import { send } from './post';

const ShareSheet = lazyPart(() => import('./share-sheet'));

/** "Share" at the end of a film, with the sheet it opens. */
export function ShareButton({ projectId, title }: { projectId: string; title: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button kind="quiet" icon="share-2" onClick={() => setOpen(true)}>
        Share
      </Button>
      {open && <ShareFilm projectId={projectId} title={title} onClose={() => setOpen(false)} />}
    </>
  );
}

/** The sheet for sharing a film; it comes when it is first opened. */
export function ShareFilm(props: { projectId: string; title: string; onClose: () => void }) {
  return <ShareSheet {...props} />;
}

/** Tells that its person has played a film to its end. When that does not arrive, the next time does. */
export function tellPlayed(projectId: string): void {
  void send(`/projects/${projectId}/completion`);
}
