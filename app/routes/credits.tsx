import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Link, useLoaderData, useSearchParams } from '@remix-run/react';
import { useState } from 'react';
import { AwaitedPayments } from '~/billing/awaited-payments';
import { BuyForm } from '~/billing/buy-form';
import { EndedNote } from '~/billing/ended-note';
import { readReturnUrl } from '~/billing/return-url';
import { creditsInWords } from '~/components/balance';
import { Header } from '~/components/header';
import { Icon } from '~/components/icon';
import { useReload } from '~/components/reload';
import { CreditHistory } from '~/credits/credit-history';
import { CreditHistoryFilter } from '~/credits/credit-history-filter';
import { creditHistoryLine, creditHistoryPath } from '~/credits/credit-history-lines';
import { isEntryKind } from '~/credits/entry-words';
import { InviteFriend } from '~/credits/invite-friend';
import { promiseToHost } from '~/credits/promise';
import { useLive } from '~/live/use-live';
import { boughtMessage } from '~/outcome-messages';
import { packFor, packsOffered } from '~/settings/packs';

const linesPerPage = 30;
/** The credits for a first film of a few photos: they select the pack while no project says what it needs. */
const usualFilm = 6;
export const meta: MetaFunction = () => [{ title: 'Credits · Echoes' }];
export { loadsUnlessSheet as shouldRevalidate } from '~/components/use-sheet';

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { auth, billing, settings, credits, media } = context.services;
  const user = await auth.requireUser(request);
  const { searchParams } = new URL(request.url);
  const [before, kind] = [searchParams.get('before') ?? '', searchParams.get('kind')];
  const asked = {
    userId: user.id,
    kind: isEntryKind(kind) ? kind : undefined,
    beforeSeq: /^\d{1,9}$/.test(before) ? Number(before) : undefined,
  };
  const [{ balance, version }, turned, kinds, awaited, entries] = await Promise.all([
    credits.ledger.balance(user.id),
    settings.read(),
    credits.ledger.kinds(user.id),
    billing.awaited(user.id),
    credits.ledger.entries({ ...asked, limit: linesPerPage + 1 }),
  ]);
  const urlOf = (key: string) => media.links.ownerPath({ key, userId: user.id });
  return {
    balance,
    version,
    creditsPerClip: turned.creditsPerClip,
    onSale: turned.packsOnSale,
    invitation: turned.referrerCredits + turned.referredCredits > 0 ? promiseToHost(turned) : null,
    awaited,
    kind: asked.kind ?? null,
    kinds,
    lines: entries.slice(0, linesPerPage).map((entry) => creditHistoryLine(entry, urlOf)),
    older: entries.length > linesPerPage ? (entries[linesPerPage - 1]?.seq ?? null) : null,
    isFirstPage: asked.beforeSeq === undefined,
    requestKey: crypto.randomUUID(),
  };
}

export default function Credits() {
  const { balance, version, creditsPerClip, onSale, invitation, awaited, requestKey, ...page } =
    useLoaderData<typeof loader>();
  const reload = useReload();
  useLive({
    onFrame: (frame) => {
      if (frame.type === 'purchase' || (frame.type === 'balance' && frame.version > version)) void reload();
    },
  });
  const offered = packsOffered(onSale);
  const { buy, ended, bought } = readReturnUrl(useSearchParams()[0]);
  // One request key per page: buying a pack twice from one page is one purchase, even after a revalidation.
  const [key] = useState(requestKey);
  return (
    <>
      <Header balance={balance} />
      <main
        id="main"
        className="column grid grid-cols-[minmax(0,1fr)] justify-center gap-12 py-6 md:grid-cols-[minmax(0,22rem)_minmax(0,36rem)] md:gap-12 md:py-12 lg:gap-18"
      >
        <section className="grid content-start gap-6">
          <h1 className="text-20 font-medium text-quiet">Your credits</h1>
          <p>
            <span className="tabular block font-title text-[6rem] leading-none font-medium">{balance}</span>
            <span className="mt-3 block text-20">{clipsInWords(Math.floor(balance / creditsPerClip))}</span>
          </p>
          {bought !== null && (
            <p role="status" className="flex gap-2 font-medium text-good">
              <Icon name="circle-check" className="mt-0.5" />
              {boughtMessage(bought)}
            </p>
          )}
          <AwaitedPayments awaited={awaited} />
          <section aria-labelledby="packs" className="grid gap-4 pt-4">
            <h2 id="packs" className="text-25">
              More credits
            </h2>
            {ended && <EndedNote ended={ended} />}
            <BuyForm
              offered={offered}
              chosen={offered.find(({ id }) => id === buy) ?? packFor(usualFilm, offered)}
              creditsPerClip={creditsPerClip}
              requestKey={key}
              returnTo="/credits"
            />
          </section>
          {invitation && <InviteFriend promise={invitation} />}
          <p className="max-w-text text-15 text-quiet">
            A clip costs {creditsInWords(creditsPerClip)}. When a clip cannot be made, its credit is back at once.
          </p>
        </section>
        <section id="history" className="grid scroll-mt-6 grid-cols-[minmax(0,1fr)] content-start gap-4">
          <h2 className="text-25">{page.isFirstPage ? 'What happened' : 'What happened before'}</h2>
          <CreditHistoryFilter kind={page.kind} kinds={page.kinds} />
          {page.lines.length > 0 ? (
            <CreditHistory lines={page.lines} />
          ) : (
            <p className="border-y border-line py-6 text-quiet">Nothing of this kind yet.</p>
          )}
          <nav aria-label="Pages of the credit history" className="flex flex-wrap gap-x-8">
            {!page.isFirstPage && (
              <Link to={`${creditHistoryPath({ kind: page.kind })}#history`} className={pageLink}>
                Newest
              </Link>
            )}
            {page.older && (
              <Link to={`${creditHistoryPath({ kind: page.kind, before: page.older })}#history`} className={pageLink}>
                Earlier
              </Link>
            )}
            {page.lines.length > 0 && (
              <a href={creditHistoryPath({ kind: page.kind, file: true })} download className={`${pageLink} ms-auto`}>
                <Icon name="download" />
                Download as CSV
              </a>
            )}
          </nav>
        </section>
      </main>
    </>
  );
}

const pageLink = 'link inline-flex min-h-11 items-center gap-2 font-medium';

function clipsInWords(clips: number): string {
  if (clips === 0) return 'Not enough for a clip just now';
  return clips === 1 ? 'Enough for 1 clip' : `Enough for ${clips} clips`;
}
