import { useEffect, useState } from 'react';
import { Button } from '~/components/button';
import { useAnnounce } from '~/components/live-region';
import type { Repaired } from './repair.client';
import type { UnsentPhoto } from './use-diagnostics';

/** The button that makes this device's share of Echoes anew, and what it would cost. */
export function RepairForm({
  unsent,
  repaired,
  busy,
  onRepair,
}: {
  unsent: readonly UnsentPhoto[] | null;
  /** What the repair came to after which the page was loaded. */
  repaired: Repaired | null;
  busy: boolean;
  onRepair: (removeUnsent: boolean) => void;
}) {
  const announce = useAnnounce();
  const [removeUnsent, setRemoveUnsent] = useState(false);
  const hasUnsent = unsent === null || unsent.length > 0;
  const outcome = repaired && outcomeText(repaired);
  useEffect(() => {
    if (outcome) announce(outcome);
  }, [outcome, announce]);
  return (
    <section className="grid justify-items-start gap-4">
      <h2 className="text-25">Repair</h2>
      <p className="max-w-text text-quiet">
        Fetches anew what Echoes keeps on this device. Your films, clips and credits are not here but with Echoes:
        nothing of them changes, and you stay signed in.
      </p>
      {hasUnsent && (
        <div className="grid gap-3">
          <p className="max-w-text">
            {unsent === null
              ? 'Photos that are not sent yet cannot be read on this device just now. They stay, unless you remove them.'
              : 'These photos are on this device and not with Echoes yet. They stay, and go on when you open their film.'}
          </p>
          {unsent && (
            <ul className="text-15 text-quiet">
              {unsent.map(({ id, name }) => (
                <li key={id} className="wrap-anywhere">
                  {name}
                </li>
              ))}
            </ul>
          )}
          <label className="flex min-h-11 items-center gap-3">
            <input
              type="checkbox"
              checked={removeUnsent}
              onChange={(event) => setRemoveUnsent(event.target.checked)}
              className="size-5 accent-light"
            />
            Remove photos not yet sent, too
          </label>
        </div>
      )}
      <Button
        kind={hasUnsent && removeUnsent ? 'danger' : 'quiet'}
        icon="refresh-cw"
        disabled={busy}
        onClick={() => onRepair(hasUnsent && removeUnsent)}
      >
        Repair this device
      </Button>
      {outcome && <p className="max-w-text">{outcome}</p>}
    </section>
  );
}

function outcomeText({ removedPhotos, left }: Repaired): string {
  const removed =
    removedPhotos === 0 ? '' : ` ${removedPhotos === 1 ? 'One photo was' : `${removedPhotos} photos were`} removed.`;
  if (left.length === 0) return `Repaired.${removed} If something is still wrong, copy the report for us.`;
  return `Not everything could be repaired: ${left.join(', ')}. Close every other tab of Echoes, and try again.${removed}`;
}
