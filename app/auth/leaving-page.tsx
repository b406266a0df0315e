import { Form } from '@remix-run/react';
import { Button, ButtonLink } from '~/components/button';
import { PlainPage } from '~/components/problem-page';
import { Sheet } from '~/components/sheet';
import { sheetLink, useSheet } from '~/components/use-sheet';
import { deletionPath } from './deletion';
import { FreshSignIn } from './fresh-sign-in';

/** The only page of an account that is being deleted: taking it back, ending it at once, or signing out. */
export function LeavingPage({ day, isFresh, note }: { day: string; isFresh: boolean; note: string | null }) {
  const finish = useSheet('delete');
  return (
    <PlainPage title={`Your account is being deleted on ${day}`}>
      {note && (
        <p role="status" className="max-w-text border-s-2 border-light ps-4">
          {note}
        </p>
      )}
      <p className="max-w-text text-20 text-quiet">
        Until then nothing of it is shown to anybody, not even to you. If you take it back, everything is as it was:
        your films, your photos, your credits, and the links you shared play again.
      </p>
      <div className="flex w-full flex-wrap gap-3">
        <Form method="post" action="/account/deletion/withdrawal" reloadDocument className="grid max-md:w-full">
          <Button type="submit" kind="primary" icon="undo-2">
            Take it back
          </Button>
        </Form>
        <Form method="post" action="/sign-out" reloadDocument className="grid max-md:w-full">
          <Button type="submit" kind="quiet" icon="log-out">
            Sign out
          </Button>
        </Form>
        <ButtonLink kind="danger" icon="trash-2" className="max-md:w-full" {...sheetLink('delete', '?delete')}>
          Delete it now
        </ButtonLink>
      </div>
      <Sheet open={finish.value !== null} onClose={finish.close} title="Delete it now" place="middle">
        <ul className="grid gap-2">
          <li>Everything is erased for good within a few hours.</li>
          <li>It cannot be taken back any more, by you or by us.</li>
        </ul>
        {isFresh ? (
          <Form method="post" action="/account/deletion/completion" reloadDocument className="grid">
            <Button type="submit" kind="danger" icon="trash-2">
              Delete for good
            </Button>
          </Form>
        ) : (
          <>
            <p className="text-quiet">First Google asks who you are, so that nobody else can do this.</p>
            <FreshSignIn returnTo={`${deletionPath}?delete`} kind="quiet">
              Sign in again
            </FreshSignIn>
          </>
        )}
      </Sheet>
    </PlainPage>
  );
}
