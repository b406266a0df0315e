import { Form } from '@remix-run/react';
import { Button } from '~/components/button';
import { Day } from '~/components/day';
import { Icon } from '~/components/icon';

/** The browsers in which a person is signed in, and the ways to sign out. Times in ms since 1970. */
export function DeviceList({ devices }: { devices: readonly { name: string; seenAt: number; isThisOne: boolean }[] }) {
  return (
    <section className="grid gap-4">
      <h2 className="text-25">Where you are signed in</h2>
      <ul className="divide-y divide-line border-y border-line">
        {devices.map((device) => (
          <li key={`${device.name} ${device.seenAt}`} className="flex min-h-16 items-center gap-4 py-3">
            <Icon name={/iPhone|Android/.test(device.name) ? 'smartphone' : 'monitor'} className="text-quiet" />
            <span className="grow">{device.name}</span>
            <span className="text-15 text-quiet">
              {device.isThisOne ? (
                'This device'
              ) : (
                <>
                  Last here <Day at={device.seenAt} />
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-3">
        <SignOut action="/sign-out">Sign out</SignOut>
        {devices.length > 1 && <SignOut action="/sign-out/everywhere">Sign out everywhere</SignOut>}
      </div>
    </section>
  );
}

function SignOut({ action, children }: { action: string; children: string }) {
  return (
    <Form method="post" action={action} reloadDocument>
      <Button type="submit" kind="quiet" icon={action === '/sign-out' ? 'log-out' : undefined}>
        {children}
      </Button>
    </Form>
  );
}
