import { type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/cloudflare';
import { Form, useLoaderData } from '@remix-run/react';
import { Button } from '~/components/button';
import { CopyLink } from '~/components/copy-link';
import { Header } from '~/components/header';
import { invitationPath } from '~/credits/invitation';
import { promiseToHost } from '~/credits/promise';
import { requireMethod } from '~/form-fields';

export const meta: MetaFunction = () => [{ title: 'Invite a friend · Echoes' }];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const {
    auth,
    settings,
    credits: { ledger, rewards },
  } = context.services;
  const user = await auth.requireUser(request);
  const [{ balance }, { code, joined, rewarded }, turned] = await Promise.all([
    ledger.balance(user.id),
    rewards.invitations(user.id),
    settings.read(),
  ]);
  const { referrerCredits, referredCredits, referralCap } = turned;
  const isOver = rewarded >= referralCap || referrerCredits + referredCredits === 0;
  return {
    balance,
    url: code && context.config.APP_ORIGIN + invitationPath(code),
    joined,
    rewarded,
    most: referralCap,
    promise: isOver ? null : promiseToHost(turned),
  };
}

/** POST: makes the person's referral link unless they have one. */
export async function action({ request, context }: ActionFunctionArgs) {
  requireMethod(request, 'POST');
  const {
    auth,
    credits: { rewards },
  } = context.services;
  const user = await auth.requireUser(request);
  await rewards.code(user.id);
  return redirect('/referral');
}

export default function Invite() {
  const { balance, url, joined, rewarded, most, promise } = useLoaderData<typeof loader>();
  return (
    <>
      <Header balance={balance} />
      <main id="main" className="column grid [--column:46rem] gap-8 py-6 md:py-12">
        <div className="grid gap-4">
          <h1 className="text-32 md:text-44">Invite a friend</h1>
          <p className="max-w-text text-17 text-quiet md:text-20">
            {promise ?? 'Your link works as before; there are no more credits to earn with it just now.'}
          </p>
        </div>
        {url ? (
          <CopyLink label="Your link" url={url} shareText="Bring your photos to life with Echoes." />
        ) : (
          <Form method="post" action="/referral" className="grid justify-items-start">
            <Button type="submit" kind="primary" icon="link" className="max-md:w-full">
              Make my link
            </Button>
          </Form>
        )}
        {url && (
          <dl className="grid grid-cols-2 divide-x divide-line border-y border-line">
            <Count what="Joined by your link" count={joined} />
            <Count what={`Rewarded, of up to ${most}`} count={rewarded} />
          </dl>
        )}
        <p className="max-w-text text-15 text-quiet">
          The link shows neither your name nor your films. It counts for friends who have no account yet, once each.
        </p>
      </main>
    </>
  );
}

function Count({ what, count }: { what: string; count: number }) {
  return (
    <div className="grid gap-1 py-4 ps-4 first:ps-0">
      <dt className="text-15 text-quiet">{what}</dt>
      <dd className="tabular font-title text-32">{count}</dd>
    </div>
  );
}
