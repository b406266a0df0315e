import { Button } from '~/components/button';
import { lazyPart } from '~/components/lazy-part';
import { useSheet } from '~/components/use-sheet';
import { send } from './post';

const ShareSheet = lazyPart(() => import('./share-sheet'));

/** The "Share" button at the end of a film; it opens `ShareFilm`, which its page renders. */
export function ShareButton() {
  const { show } = useSheet('share');
  return (
    <Button kind="quiet" icon="share-2" onClick={() => show('')}>
      Share
    </Button>
  );
}

/** The sheet for sharing a film while the address says that it is open; its script is loaded when it is first opened. */
export function ShareFilm(props: { projectId: string; title: string }) {
  const { value, close } = useSheet('share');
  return value === null ? null : <ShareSheet {...props} onClose={close} />;
}

/** Reports that the owner played the film to its end. A lost report is made up for by the next one. */
export function tellPlayed(projectId: string): void {
  void send(`/projects/${projectId}/completion`);
}
