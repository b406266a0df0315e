import { Form } from '@remix-run/react';
import { Button, ButtonLink } from '~/components/button';
import { Sheet } from '~/components/sheet';
import { sheetLink, useSheet } from '~/components/use-sheet';
import { roomInWords } from './upload-limits';

/** From this share on the room is called nearly full. */
const nearlyFull = 0.8;

/** The room that a person's photos and clips take up, and the way to free what deleted films still hold. */
export function StorageRoom({ storedBytes, roomBytes }: { storedBytes: number; roomBytes: number }) {
  const erasure = useSheet('erase');
  const share = Math.min(1, storedBytes / roomBytes);
  return (
    <section className="grid gap-4">
      <h2 className="text-25">Room for your films</h2>
      <div className="grid gap-2">
        <div className="h-2 overflow-hidden rounded-control bg-line" aria-hidden>
          <div
            className={`h-full ${share >= nearlyFull ? 'bg-bad' : 'bg-light'}`}
            style={{ width: `${share * 100}%` }}
          />
        </div>
        <p className="tabular">{roomInWords(storedBytes, roomBytes)}</p>
      </div>
      <p className="max-w-text text-quiet">
        {share >= 1
          ? 'There is no room for another photo. Delete films or clips you no longer need, then erase them here.'
          : share >= nearlyFull
            ? 'Soon there is no room for another photo. Delete films or clips you no longer need, then erase them here.'
            : 'Photos and clips count, also those of films you deleted, until they are erased.'}{' '}
        What you delete can be put back for 30 days and takes up room until then; erased, it is gone for good.
      </p>
      <div>
        <ButtonLink kind="quiet" icon="trash-2" {...sheetLink('erase', '?erase')}>
          Erase what I deleted
        </ButtonLink>
      </div>
      <Sheet open={erasure.value !== null} onClose={erasure.close} title="Erase what you deleted" place="middle">
        <ul className="grid gap-2">
          <li>Films and clips that you deleted in the last 30 days are gone for good, with their photos.</li>
          <li>They cannot be put back any more, by you or by us.</li>
          <li>Films and clips that you did not delete stay as they are.</li>
        </ul>
        <Form method="post" action="/account/erasure" reloadDocument className="grid">
          <Button type="submit" kind="danger" icon="trash-2">
            Erase for good
          </Button>
        </Form>
      </Sheet>
    </section>
  );
}
