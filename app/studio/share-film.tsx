import { useState } from 'react';
import { Button } from '~/components/button';
import { lazyPart } from '~/components/lazy-part';
import { send } from './post';

const ShareSheet = lazyPart(() => import('./share-sheet'));

/** The "Share" button at the end of a film, with its sheet. */
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

/** The sheet for sharing a film; its script is loaded when it is first opened. */
export function ShareFilm(props: { projectId: string; title: string; onClose: () => void }) {
  return <ShareSheet {...props} />;
}

/** Reports that the owner played the film to its end. A lost report is made up for by the next one. */
export function tellPlayed(projectId: string): void {
  void send(`/projects/${projectId}/completion`);
}
