import { useBlocker, useLocation } from '@remix-run/react';
import { useEffect, useState } from 'react';
import { Icon } from './icon';
import { type PageDataNews, pageDataEvent } from './page-data.client';
import { useOffline } from './problem-page';

/**
 * The strip at the top of every page that says what is not up to date, and the keeper of pages without network: one that
 * is opened then waits, and opens once the network is back. `isLive`: the live connection of the page, if it has one.
 */
export function ConnectionStrip({ isLive }: { isLive: boolean }) {
  const offline = useOffline();
  const { waiting, isTooMany, post } = usePageData();
  // Without network the script of another page may be missing, for which Remix would leave the standing one.
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => !navigator.onLine && currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    if (!offline && navigator.onLine && blocker.state === 'blocked') blocker.proceed();
  }, [offline, blocker]);
  const words = wordsOf({ offline, isWaitingToLeave: blocker.state === 'blocked', waiting, isTooMany, post, isLive });
  return (
    // Below the header, and fixed, so that nothing moves under a finger when the connection is lost.
    <div role="status" className="pointer-events-none fixed inset-x-4 top-[calc(4rem+env(safe-area-inset-top))] z-30">
      {/* Rendered always, since its icon could not be fetched without network. */}
      <p
        hidden={words === null}
        className="room mx-auto flex min-h-11 w-fit max-w-[34rem] items-center gap-3 rounded-control border border-line px-4 py-2 text-15 shadow-float"
      >
        <Icon name="wifi-off" />
        {words}
      </p>
    </div>
  );
}

function wordsOf({
  offline,
  isWaitingToLeave,
  waiting,
  isTooMany,
  post,
  isLive,
}: {
  offline: boolean;
  isWaitingToLeave: boolean;
  waiting: number;
  isTooMany: boolean;
  post: LostPost['why'] | null;
  isLive: boolean;
}): string | null {
  if (offline)
    return isWaitingToLeave
      ? 'You are offline. This goes on when you are back.'
      : 'You are offline. What you see is kept.';
  if (waiting > 0)
    return isTooMany
      ? 'Too many requests at once. The page goes on by itself in a moment.'
      : 'No answer yet. The page asks again by itself.';
  if (post === 'too-many')
    return 'Too many requests at once, and nothing has changed. Wait a minute, then do it again.';
  if (post === 'lost') return 'The answer was lost. What you see is what has arrived.';
  if (!isLive) return 'Finding the live line again. What you do is still kept.';
  return null;
}

/** A post that changed nothing, as far as the page knows, and the page that it was sent from. */
interface LostPost {
  why: 'lost' | 'too-many';
  at: string;
}

/** What `keepStandingPage` tells. A lost post is told until the address changes. */
function usePageData(): { waiting: number; isTooMany: boolean; post: LostPost['why'] | null } {
  const [waiting, setWaiting] = useState({ waiting: 0, isTooMany: false });
  const [lost, setLost] = useState<LostPost | null>(null);
  const { key } = useLocation();
  useEffect(() => {
    const listening = new AbortController();
    const onNews = (event: Event) => {
      const news = (event as CustomEvent<PageDataNews>).detail;
      if ('waiting' in news) setWaiting(news);
      else setLost({ why: news.post, at: location.pathname });
    };
    addEventListener(pageDataEvent, onNews, listening);
    return () => listening.abort();
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key changes with each entry of the history
  useEffect(() => {
    setLost((lost) => (lost?.at === location.pathname ? lost : null));
  }, [key]);
  return { ...waiting, post: lost?.why ?? null };
}
