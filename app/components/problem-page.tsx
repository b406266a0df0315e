import { type ReactNode, useEffect, useState } from 'react';
import type { Problem } from '~/problem';
import { ButtonLink, buttonClass } from './button';
import { Brand } from './header';
import { Icon } from './icon';

/** The text of a problem page: what happened, and the next step. */
export type ProblemWords = Omit<Problem, 'status'>;

/** The text of the offline page. */
export const offlineWords: ProblemWords = {
  title: 'No connection',
  sentence: 'Your films are safe. This page opens again as soon as you are back online.',
  nextStep: 'reload',
};

/** A page of one column under the brand, without navigation. */
export function PlainPage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="column flex min-h-16 items-center">
        <Brand to="/" />
      </header>
      <main
        id="main"
        className="column grid [--column:var(--container-text)] grow content-center justify-items-start gap-6 pb-28"
      >
        <h1 className="text-44">{title}</h1>
        {children}
      </main>
    </div>
  );
}

/** A page about one problem. `requestId` is what a person can quote to the owner, `contact` the mail address for that. */
export function ProblemPage({
  problem,
  requestId,
  contact,
}: {
  problem: ProblemWords;
  requestId?: string | undefined;
  contact?: string | undefined;
}) {
  return (
    <PlainPage title={problem.title}>
      <p className="text-20 text-quiet">{problem.sentence}</p>
      {problem.nextStep === 'reload' ? (
        // Leads to the same address without its query, and works without scripts.
        <a href="?" className={buttonClass('primary')}>
          <Icon name="refresh-cw" />
          Load the page again
        </a>
      ) : (
        <ButtonLink kind="primary" to={problem.nextStep.to}>
          {problem.nextStep.label}
        </ButtonLink>
      )}
      {problem === offlineWords && (
        <p className="text-13 text-quiet">
          Do other sites open?{' '}
          <a href="/repair" className="link">
            Repair Echoes in this browser
          </a>
        </p>
      )}
      {requestId && (
        <p className="text-15 text-quiet">
          {contact ? (
            <>
              Does it happen again?{' '}
              <a href={mailTo({ contact, title: problem.title, requestId })} className="link">
                Write to us
              </a>{' '}
              at {contact}, with this number:{' '}
            </>
          ) : (
            'The number of this answer: '
          )}
          <code className="select-all wrap-anywhere">{requestId}</code>
        </p>
      )}
    </PlainPage>
  );
}

/** A mail that names the problem and its number, with room for the person's own words. */
function mailTo({ contact, title, requestId }: { contact: string; title: string; requestId: string }): string {
  const subject = encodeURIComponent(`Echoes: ${title}`);
  const body = encodeURIComponent(`\n\n\nNumber: ${requestId}\n`);
  return `mailto:${encodeURIComponent(contact).replace('%40', '@')}?subject=${subject}&body=${body}`;
}

/** True while the browser reports no network; false on the server. */
export function useOffline(): boolean {
  const [offline, setOffline] = useState(false);
  useEffect(() => {
    const look = () => setOffline(!navigator.onLine);
    look();
    addEventListener('online', look);
    addEventListener('offline', look);
    return () => {
      removeEventListener('online', look);
      removeEventListener('offline', look);
    };
  }, []);
  return offline;
}
