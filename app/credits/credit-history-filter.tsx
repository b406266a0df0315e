import { Link } from '@remix-run/react';
import { creditHistoryPath } from './credit-history-lines';
import { type EntryKind, kindWords } from './entry-words';

/** Links to the credit history by kind: the kinds that have entries, and the selected one. */
export function CreditHistoryFilter({ kind, kinds }: { kind: EntryKind | null; kinds: readonly EntryKind[] }) {
  const offered = kind && !kinds.includes(kind) ? [...kinds, kind] : kinds;
  if (offered.length < 2) return null;
  return (
    <nav aria-label="Show" className="flex flex-wrap gap-x-2 gap-y-1">
      {[null, ...offered].map((one) => (
        <Link
          key={one ?? 'all'}
          to={creditHistoryPath({ kind: one })}
          preventScrollReset
          aria-current={one === kind ? 'true' : undefined}
          className="group inline-flex min-h-11 items-center"
        >
          <span className="rounded-full border border-edge px-3 py-1 text-15 transition group-hover:bg-line group-aria-[current]:border-ink group-aria-[current]:bg-ink group-aria-[current]:text-ground">
            {one === null ? 'All' : kindWords[one]}
          </span>
        </Link>
      ))}
    </nav>
  );
}
