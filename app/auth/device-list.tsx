import { Form } from '@remix-run/react';
import { Button } from '~/components/button';
import { Day } from '~/components/day';
import { Icon } from '~/components/icon';

/** A device in words. `signedInAt` in ms since 1970, `seen` as in "3 hours ago". */
export interface DeviceView {
  id: string;
  name: string;
  signedInAt: number;
  seen: string;
  isThisOne: boolean;
}

/** The browsers in which a person is signed in, this one first, and the ways to sign out. */
export function DeviceList({ devices }: { devices: readonly DeviceView[] }) {
  const sorted = [...devices].sort((one, other) => Number(other.isThisOne) - Number(one.isThisOne));
  return (
    <section className="grid gap-4">
      <h2 className="text-25">Where you are signed in</h2>
      <ul className="divide-y divide-line border-y border-line">
        {sorted.map(({ id, name, signedInAt, seen, isThisOne }) => (
          <li key={id} className="flex min-h-16 flex-wrap items-center gap-x-4 gap-y-2 py-3">
            <Icon name={/iPhone|Android/.test(name) ? 'smartphone' : 'monitor'} className="shrink-0 text-quiet" />
            <div className="min-w-0 grow basis-40 wrap-anywhere">
              <p>{name}</p>
              <p className="text-15 text-quiet">
                {isThisOne ? 'This device' : `Last here ${seen}`}
                {' · '}
                signed in <Day at={signedInAt} />
              </p>
            </div>
            <SignOut action={isThisOne ? '/sign-out' : `/account/sessions/${id}/sign-out`} device={name} size="small">
              Sign out
            </SignOut>
          </li>
        ))}
      </ul>
      {devices.length > 1 && (
        <div className="flex flex-wrap gap-3">
          <SignOut action="/account/sessions/sign-out">Sign out all others</SignOut>
          <SignOut action="/sign-out/everywhere">Sign out everywhere</SignOut>
        </div>
      )}
    </section>
  );
}

function SignOut({
  action,
  device,
  size,
  children,
}: {
  action: string;
  /** The device that this button is about, where it is about one. */
  device?: string;
  size?: 'small';
  children: string;
}) {
  return (
    <Form method="post" action={action} reloadDocument className="shrink-0">
      <Button type="submit" kind="quiet" size={size} aria-label={device && `${children}: ${device}`}>
        {children}
      </Button>
    </Form>
  );
}
