import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Link, useLoaderData, useSearchParams } from '@remix-run/react';
import { deletionPath } from '~/auth/deletion';
import { DeviceList } from '~/auth/device-list';
import { agoInWords, deviceInWords } from '~/auth/devices';
import { ButtonLink } from '~/components/button';
import { Day } from '~/components/day';
import { Header } from '~/components/header';
import { Icon } from '~/components/icon';
import { loadsUnlessSheet } from '~/components/use-sheet';
import { flashMessage } from '~/flash';
import { accountMessages } from '~/outcome-messages';
import { StorageRoom } from '~/photos/storage-room';

export const meta: MetaFunction = () => [{ title: 'Account · Echoes' }];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { auth, admin, credits, photos, settings } = context.services;
  const user = await auth.requireUser(request);
  const [{ balance }, devices, looked, storedBytes, { storageMegabytes }] = await Promise.all([
    credits.ledger.balance(user.id),
    auth.sessionsOf(user.id, request),
    admin.auditLog.shownTo(user.id),
    photos.storedBytes(user.id),
    settings.read(),
  ]);
  return {
    name: user.name,
    email: user.email,
    isAdmin: user.isAdmin,
    balance,
    storedBytes,
    roomBytes: storageMegabytes * 1e6,
    devices: devices.map(({ userAgent, seenAt, ...device }) => ({
      ...device,
      name: deviceInWords(userAgent),
      seen: agoInWords(Date.now() - seenAt),
    })),
    looked: looked.map(({ id, at, what, reason }) => ({ id, at, isPhoto: what === 'photo-opened', reason })),
  };
}

export const shouldRevalidate = loadsUnlessSheet;

export default function Account() {
  const { name, email, isAdmin, balance, storedBytes, roomBytes, devices, looked } = useLoaderData<typeof loader>();
  const [search] = useSearchParams();
  const note = flashMessage(search, accountMessages);
  return (
    <>
      <Header balance={balance} />
      <main id="main" className="column grid [--column:46rem] gap-12 py-6 md:py-12">
        <section className="grid gap-2">
          <h1 dir="auto" className="text-start text-32 wrap-anywhere md:text-44">
            {name}
          </h1>
          <p className="text-quiet wrap-anywhere">{email}</p>
          <p className="text-15 text-quiet">Name and address come from your Google account.</p>
          {isAdmin && (
            <Link to="/admin" className="link inline-flex min-h-11 items-center justify-self-start text-15 font-medium">
              Admin panel
            </Link>
          )}
        </section>
        <DeviceList devices={devices} />
        {note && (
          <p role="status" className="border-y border-line py-3">
            {note}
          </p>
        )}
        <StorageRoom storedBytes={storedBytes} roomBytes={roomBytes} />
        <section className="grid gap-4">
          <h2 className="text-25">What we looked at</h2>
          <p className="max-w-text text-quiet">
            {looked.length === 0
              ? 'Nothing. Nobody at Echoes has opened a photo or a clip of yours.'
              : 'Each time somebody at Echoes opened something of yours, and why.'}
          </p>
          {looked.length > 0 && (
            <ul className="divide-y divide-line border-y border-line">
              {looked.map(({ id, at, isPhoto, reason }) => (
                <li key={id} className="flex min-h-16 items-start gap-4 py-3">
                  <Icon name={isPhoto ? 'image' : 'film'} className="mt-0.5 text-quiet" />
                  <span className="min-w-0 grow">
                    {isPhoto ? 'A photo' : 'A clip'}
                    <span className="block text-15 text-quiet wrap-anywhere">{reason}</span>
                  </span>
                  <span className="shrink-0 text-15 text-quiet">
                    <Day at={at} year />
                  </span>
                </li>
              ))}
            </ul>
          )}
        </section>
        <section className="grid justify-items-start gap-2">
          <h2 className="text-25">When something does not work</h2>
          <p className="max-w-text text-quiet">
            See what this browser can do, copy it for us, or repair what is kept here.
          </p>
          <Link to="/diagnostics" className="link inline-flex min-h-11 items-center text-15 font-medium">
            Check this device
          </Link>
        </section>
        <section className="grid justify-items-start gap-4">
          <h2 className="text-25">Leave Echoes</h2>
          <p className="max-w-text text-quiet">
            Deleting your account takes your films, photos and credits with it. You see what goes first.
          </p>
          <ButtonLink kind="danger" to={deletionPath}>
            Delete account
          </ButtonLink>
        </section>
      </main>
    </>
  );
}
