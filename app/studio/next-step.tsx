import type { ReactNode } from 'react';
import { BuyCredits } from '~/billing/buy-credits';
import { Button, ButtonLink, Parts } from '~/components/button';
import { usePressGuard } from '~/components/use-press-guard';
import { carryFilmMedia } from '~/player/film-media';
import type { NextAction, Retry, StudioStatus } from './next-action';
import { actionText, retryText } from './words';

/** The studio's one primary action, with a line about open generations or short credits. */
export function NextStep({
  action,
  status,
  balance,
  seconds,
  retry,
  limit,
  projectId,
  hasMusic,
  busy,
  problem,
  onAddPhotos,
  onBring,
  onRetry,
  onStopAll,
  onOpen,
  chosen,
}: {
  action: NextAction;
  status: StudioStatus;
  balance: number;
  /** The measured wait for `count` clips, in seconds. */
  seconds: (count: number) => number;
  retry: Retry | null;
  /** The sentence about a limit of the offer. */
  limit: string | null;
  projectId: string;
  hasMusic: boolean;
  busy: boolean;
  problem: string | null;
  onAddPhotos: () => void;
  onBring: (clipIds: string[]) => void;
  onRetry: (retry: Retry) => void;
  onStopAll: () => void;
  onOpen: (clipId: string) => void;
  /** The pictures of the photos that are brought to life. */
  chosen: ReactNode;
}) {
  // Nothing is paid for a photo that has just joined the row of those that are named.
  const bringing = action.kind === 'bring-to-life' ? action.clipIds : null;
  // Another action in the same place, or a row that comes or goes, may not be hit by a second tap.
  const guard = usePressGuard(
    [action.kind, bringing, retry !== null, status.open > 0, status.failedIds.length > 0].join(),
  );
  const text = actionText(action, 'clipIds' in action ? seconds(action.clipIds.length) : 0);
  const wide = 'w-full tabular';
  const isShort = status.creditsShort || (action.kind === 'bring-to-life' && action.left > 0);
  return (
    <section aria-label="Next step" {...guard} className="grid gap-2">
      {action.kind === 'play' ? (
        <ButtonLink
          to={`/projects/${projectId}/play`}
          icon="play"
          className={wide}
          viewTransition
          state={{ fromStudio: true }}
          onClick={() => carryFilmMedia({ music: hasMusic })}
        >
          {text}
        </ButtonLink>
      ) : (
        <Button
          icon={action.kind === 'add-photos' ? 'image-plus' : undefined}
          className={wide}
          data-at-once={action.kind === 'add-photos' ? 'photos' : undefined}
          disabled={busy || action.kind === 'wait-for-photos'}
          onClick={() => {
            switch (action.kind) {
              case 'add-photos':
                return onAddPhotos();
              case 'bring-to-life':
                return onBring(action.clipIds);
              case 'review':
                return action.clipIds[0] && onOpen(action.clipIds[0]);
              default:
            }
          }}
        >
          <Parts>{busy ? 'One moment' : text}</Parts>
        </Button>
      )}
      {chosen}
      {limit && <p className="text-15 text-quiet">{limit}</p>}
      {problem && (
        <p role="alert" className="text-15 text-bad">
          {problem}
        </p>
      )}
      {status.open > 0 && <OnTheWay {...status} busy={busy} onStopAll={onStopAll} />}
      {(status.open === 0 || isShort) && <StatusLine action={action} status={status} balance={balance} />}
      {/* The last part: nothing moves into its place when it goes. */}
      {status.failedIds[0] !== undefined && (
        <Failed
          failedIds={status.failedIds}
          retry={retry}
          seconds={retry ? seconds(retry.clipIds.length) : 0}
          busy={busy}
          onRetry={onRetry}
          onOpen={onOpen}
        />
      )}
    </section>
  );
}

/** Clips that did not work out: never the next step of a film that can be played, and never out of sight. */
function Failed({
  failedIds,
  retry,
  seconds,
  busy,
  onRetry,
  onOpen,
}: {
  failedIds: readonly string[];
  retry: Retry | null;
  /** The measured wait for the retry. */
  seconds: number;
  busy: boolean;
  onRetry: (retry: Retry) => void;
  onOpen: (clipId: string) => void;
}) {
  const [first = ''] = failedIds;
  return (
    <div className="grid gap-2">
      <div className="flex min-h-11 items-center justify-between gap-4">
        <p className="text-15 text-balance text-quiet">
          {failedIds.length === 1 ? 'One did not work out' : `${failedIds.length} did not work out`}; the film plays the
          photo.
        </p>
        <Button kind="quiet" size="small" className="shrink-0" onClick={() => onOpen(first)}>
          See why
        </Button>
      </div>
      {retry && (
        <Button kind="quiet" className="tabular w-full" disabled={busy} onClick={() => onRetry(retry)}>
          <Parts>{retryText(retry, seconds)}</Parts>
        </Button>
      )}
    </div>
  );
}

/** How many generations are open, with the button that cancels those that can be stopped. */
function OnTheWay({
  open,
  stoppable,
  busy,
  onStopAll,
}: Pick<StudioStatus, 'open' | 'stoppable'> & { busy: boolean; onStopAll: () => void }) {
  const which = open === 1 ? 'One is' : `${open} are`;
  return (
    <div className="flex min-h-11 items-center justify-between gap-4">
      <p className="text-15 text-balance text-quiet">
        {which} on the way{stoppable === 0 && ' and can no longer be stopped'}. You can close this page.
      </p>
      {stoppable > 0 && (
        <Button kind="quiet" size="small" className="shrink-0" disabled={busy} onClick={onStopAll}>
          {open === 1 ? 'Stop it' : stoppable < open ? `Stop ${stoppable} of ${open}` : `Stop all ${open}`}
        </Button>
      )}
    </div>
  );
}

function StatusLine({ action, status, balance }: { action: NextAction; status: StudioStatus; balance: number }) {
  const line = () => {
    if (action.kind === 'bring-to-life' && action.left > 0)
      return `Your credits reach for ${action.clipIds.length} of ${action.clipIds.length + action.left}.`;
    if (status.creditsShort) return balance === 0 ? 'You have no credits left.' : 'Your credits do not reach for more.';
    return null;
  };
  const isShort = status.creditsShort || (action.kind === 'bring-to-life' && action.left > 0);
  return (
    <div className="flex min-h-11 items-center justify-between gap-4">
      <p className="text-15 text-balance text-quiet">{line()}</p>
      {isShort && <BuyCredits kind="quiet" size="small" className="shrink-0" />}
    </div>
  );
}
