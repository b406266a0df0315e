import { useCallback, useEffect, useRef, useState } from 'react';
import { Button } from '~/components/button';
import { Sheet } from '~/components/sheet';
import { useSheet } from '~/components/use-sheet';
import { useUnsent } from '~/photos/use-uploads';
import { leaveDevice } from './this-device.client';

type Photos = Awaited<ReturnType<ReturnType<typeof useUnsent>['find']>>;

/** A sign-out that was asked for, by the path of its form post: each press is an object of its own. */
export interface AskedSignOut {
  path: string;
}

/**
 * Signs out for `asked`: while photos have not arrived, a sheet says so, and the person waits or goes. Then the session
 * ends, and this browser is emptied. `action`: the sign-out of which the sheet is open by the page's address.
 */
export default function LeavingSheet({ asked, action }: { asked: AskedSignOut | null; action: string | null }) {
  const { show, close } = useSheet('leave');
  const { find, send } = useUnsent();
  const [unsent, setUnsent] = useState<Photos>([]);
  const [isSending, setIsSending] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

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

  const answered = useRef<AskedSignOut | null>(null);
  useEffect(() => {
    if (asked === null || asked === answered.current) return;
    answered.current = asked;
    void (async () => {
      const photos = await find();
      setUnsent(photos);
      if (photos.length > 0 || !(await signOut(asked.path))) show(asked.path);
    })();
  }, [asked, find, signOut, show]);

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
