import { Form } from '@remix-run/react';
import type { ReactNode } from 'react';
import { Select } from '~/admin/admin-layout';
import { Button } from '~/components/button';
import { failureText } from '~/providers/failure-messages';
import { endingReasons } from './generations';

/** The actions on a generation. `requestKey`: one for each page, so that a form sent twice makes one generation. */
export function GenerationForms({
  path,
  isOpen,
  makers,
  requestKey,
}: {
  path: string;
  isOpen: boolean;
  makers: readonly { provider: string; model: string }[];
  requestKey: string;
}) {
  const row = 'flex flex-wrap items-end gap-4 border-b border-line py-4';
  return (
    <div className="border-t border-line">
      {isOpen && (
        <>
          <Form method="post" action={`${path}/poll`} className={row}>
            <Note>Asks the film service as soon as its rate limit allows.</Note>
            <Button type="submit" kind="quiet">
              Poll now
            </Button>
          </Form>
          <Form method="post" action={`${path}/cancellation`} className={row}>
            <Note>
              As the person could, and it counts as one of their stops of the day: the credit is returned at once, and
              the film service is asked to stop.
            </Note>
            <Button type="submit" kind="danger">
              Cancel
            </Button>
          </Form>
          <Form method="post" action={`${path}/failure`} className={row}>
            <Note>The credit is returned at once, and the person reads this sentence:</Note>
            <Select label="Reason" name="reason">
              {endingReasons.map((reason) => (
                <option key={reason} value={reason}>
                  {reason}: {failureText(reason).whatHappened}
                </option>
              ))}
            </Select>
            <Button type="submit" kind="danger">
              Fail and refund
            </Button>
          </Form>
        </>
      )}
      {makers.length > 0 ? (
        <Form method="post" action={`${path}/retry`} className={row}>
          <Note>
            {isOpen && 'This one is ended and refunded first. '}
            The same words, frame and preset again, at this film service. Echoes pays, and the person’s credit history
            says so.
          </Note>
          <input type="hidden" name="requestKey" value={requestKey} />
          <Select label="Film service" name="maker">
            {makers.map(({ provider, model }) => (
              <option key={`${provider} ${model}`} value={`${provider} ${model}`}>
                {provider} · {model}
              </option>
            ))}
          </Select>
          <Button type="submit" kind="quiet">
            Try there
          </Button>
        </Form>
      ) : (
        <p className="border-b border-line py-4 text-quiet">
          It cannot be made again: its clip or film is deleted, or no film service makes this length and shape.
        </p>
      )}
    </div>
  );
}

function Note({ children }: { children: ReactNode }) {
  return <p className="w-full max-w-text text-15 text-quiet">{children}</p>;
}
