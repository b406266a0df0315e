import { useCallback, useEffect, useState } from 'react';
import { Button } from '~/components/button';
import { Sheet } from '~/components/sheet';
import { useSheet } from '~/components/use-sheet';
import { useUnsent } from '~/photos/use-uploads';
import { leaveDevice } from './this-device.client';

/** The form posts that sign this browser out. */
const signOuts: readonly string[] = ['/sign-out', '/sign-out/everywhere'];

type Photos = Awaited<ReturnType<ReturnType<typeof useUnsent>['find']>>;

/**
 * Stands between every sign-out and its form post: while photos have not arrived, a sheet says so, and the person waits or
 * goes. Then the session ends, and this browser is emptied. Without scripts the form posts by itself.
 */
export function Leaving() {
  const { value, show, close } = useSheet('leave');
  const { find, send } = useUnsent();
  const [unsent, setUnsent] = useState<Photos>([]);
  const [isSending, setIsSending] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const action = signOuts.find((one) => one === value) ?? null;

  const signOut = useCallback(async (path: string): Promise<boolean> => {
    setBusy(true);
    setProblem(null);
    const body = new URLSearchParams({ cleared: 'yes' });
    // The page follows the redirect itself, once this browser is emptied.
    if (await leaveDevice(() => fetch(path, { method: 'POST', body, redirect: 'manual' }))) {
      location.replace('/');
      return true;
    }
    setBusy(false);
    setProblem('This did not work out, and you are still signed in. Try again in a moment.');
    return false;
  }, []);

  useEffect(() => {
    const onSubmit = async (event: SubmitEvent) => {
      const path = event.target instanceof HTMLFormElement && new URL(event.target.action).pathname;
      if (!path || !signOuts.includes(path)) return;
      event.preventDefault();
      event.stopPropagation();
      const photos = await find();
      setUnsent(photos);
      if (photos.length > 0 || !(await signOut(path))) show(path);
    };
    document.addEventListener('submit', onSubmit, { capture: true });
    return () => document.removeEventListener('submit', onSubmit, { capture: true });
  }, [find, signOut, show]);

  // The sheet may be open when its page is loaded.
  useEffect(() => {
    if (action !== null) void find().then(setUnsent);
    else setIsSending(false);
  }, [action, find]);

  useEffect(() => {
    if (!isSending) return;
    return send(unsent, () => void find().then(setUnsent));
  }, [isSending, send, find, unsent]);

  if (action === null) return null;
  const count = unsent.length;
  return (
    <Sheet open onClose={close} title={titleFor(count)} place="middle">
      {count > 0 && (
        <p>
          {count === 1 ? 'It is' : 'They are'} only on this device. If you sign out now, Echoes removes{' '}
          {count === 1 ? 'it' : 'them'} here, and you would have to add {count === 1 ? 'it' : 'them'} again.
        </p>
      )}
      <p role="status" className="text-quiet empty:hidden">
        {isSending && count > 0 ? 'On the way. Keep this page open.' : ''}
      </p>
      {problem && (
        <p role="alert" className="border-s-2 border-bad ps-4">
          {problem}
        </p>
      )}
      <div className="flex flex-wrap gap-3">
        {count > 0 && !isSending && (
          <Button kind="primary" disabled={busy} onClick={() => setIsSending(true)}>
            Wait until {count === 1 ? 'it has' : 'they have'} arrived
          </Button>
        )}
        <Button
          kind={count > 0 ? 'danger' : 'primary'}
          icon="log-out"
          disabled={busy}
          onClick={() => void signOut(action)}
        >
          {count > 0 ? `Sign out without ${count === 1 ? 'it' : 'them'}` : 'Sign out'}
        </Button>
      </div>
    </Sheet>
  );
}

function titleFor(count: number): string {
  if (count === 0) return 'Sign out';
  return count === 1 ? 'One photo has not arrived yet' : `${count} photos have not arrived yet`;
}
