import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Link, useLoaderData } from '@remix-run/react';
import { creditsInWords } from '~/components/balance';
import { ButtonLink } from '~/components/button';
import { Header } from '~/components/header';
import { Diary } from '~/credits/diary';
import { entryInWords } from '~/credits/entry-words';

const linesPerPage = 30;

export const meta: MetaFunction = () => [{ title: 'Credits · Echoes' }];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { auth, ledger, links, settings } = context.services;
  const user = await auth.requireUser(request);
  const asked = new URL(request.url).searchParams.get('before') ?? '';
  const beforeSeq = /^\d{1,9}$/.test(asked) ? Number(asked) : undefined;
  const [{ balance }, { creditsPerClip }, entries] = await Promise.all([
    ledger.balance(user.id),
    settings.read(),
    ledger.entries({ userId: user.id, beforeSeq, limit: linesPerPage + 1 }),
  ]);
  return {
    balance,
    creditsPerClip,
    lines: entries.slice(0, linesPerPage).map(({ seq, at, kind, delta, failureReason, photo }) => ({
      seq,
      at,
      delta,
      ...entryInWords({ kind, failureReason }),
      photo: photo && {
        url: links.ownerPath({ key: photo.mediaKey, userId: user.id }),
        projectId: photo.projectId,
      },
    })),
    older: entries.length > linesPerPage ? entries[linesPerPage - 1]?.seq : null,
    isFirstPage: beforeSeq === undefined,
  };
}

export default function Credits() {
  const { balance, creditsPerClip, lines, older, isFirstPage } = useLoaderData<typeof loader>();
  const clips = Math.floor(balance / creditsPerClip);
  return (
    <>
      <Header balance={balance} />
      <main
        id="main"
        className="column grid justify-center gap-12 py-6 md:grid-cols-[minmax(0,22rem)_minmax(0,36rem)] md:gap-18 md:py-12"
      >
        <section className="grid content-start gap-6">
          <h1 className="text-20 font-medium text-quiet">Your credits</h1>
          <p>
            <span className="tabular block font-title text-[6rem] leading-none font-medium">{balance}</span>
            <span className="mt-3 block text-20">{clipsInWords(clips)}</span>
          </p>
          <p className="max-w-text text-quiet">
            A clip costs {creditsInWords(creditsPerClip)}. When a clip cannot be made, its credit is back at once. The
            first credit is a gift; there is no way to buy more yet.
          </p>
          <ButtonLink kind="quiet" to="/projects" className="justify-self-start">
            My films
          </ButtonLink>
        </section>
        <section className="grid content-start gap-4">
          <h2 className="text-25">{isFirstPage ? 'What happened' : 'What happened before'}</h2>
          {lines.length > 0 ? <Diary lines={lines} /> : <p className="text-quiet">Nothing yet.</p>}
          <div className="flex gap-8">
            {!isFirstPage && (
              <Link to="/credits" className="link inline-flex min-h-11 items-center font-medium">
                Newest
              </Link>
            )}
            {older && (
              <Link to={`/credits?before=${older}`} className="link inline-flex min-h-11 items-center font-medium">
                Earlier
              </Link>
            )}
          </div>
        </section>
      </main>
    </>
  );
}

function clipsInWords(clips: number): string {
  if (clips === 0) return 'Not enough for a clip just now';
  return clips === 1 ? 'Enough for 1 clip' : `Enough for ${clips} clips`;
}
