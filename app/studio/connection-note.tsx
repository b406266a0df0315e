import { Icon } from '~/components/icon';
import { useOffline } from '~/components/problem-page';
import type { Connection } from '~/live/use-live';

/** Says when the page may be out of date: without network, or while the live connection reconnects. */
export function ConnectionNote({ connection }: { connection: Connection }) {
  const offline = useOffline();
  const words = offline
    ? 'You are offline. What you see is kept; the rest goes on when you are back.'
    : connection !== 'live'
      ? 'Finding the live line again. What you do is still kept.'
      : null;
  return (
    // Fixed, so that nothing moves under a finger when the connection is lost.
    <div role="status" className="sticky top-0 z-10 column h-0">
      {/* Rendered always, since its icon could not be fetched without network. */}
      <p
        hidden={words === null}
        className="room mx-auto flex min-h-11 w-fit max-w-full items-center gap-3 rounded-control px-4 py-2 text-15 shadow-float"
      >
        <Icon name="wifi-off" />
        {words}
      </p>
    </div>
  );
}
