import { Link } from '@remix-run/react';
import { Day } from '~/components/day';
import { Icon, type IconName } from '~/components/icon';
import { sizedUrl } from '~/photos/photo-sizes';
import type { EntryKind } from './entry-words';

/** One line of the credit history as the page gets it: the entry in words, with links to its clip, photo and receipt. */
export interface CreditHistoryLine {
  seq: number;
  at: number;
  kind: EntryKind;
  delta: number;
  /** The balance before and after the entry. */
  before: number;
  after: number;
  what: string;
  /** The reason, or the state since. */
  why: string | null;
  film: string | null;
  /** The path of its clip or film; null once it is deleted. */
  path: string | null;
  photoUrl: string | null;
  /** Stripe's page about the payment. */
  receiptUrl: string | null;
}

/** The ledger as a person reads it: photo, words, day, and the change of the balance. */
export function CreditHistory({ lines }: { lines: readonly CreditHistoryLine[] }) {
  return (
    <ol className="divide-y divide-line border-y border-line">
      {lines.map((line) => (
        <li key={line.seq} className="flex min-h-20 items-center gap-4 py-3">
          <Thumbnail line={line} />
          <div className="min-w-0 grow wrap-anywhere">
            <p className="font-medium">{line.what}</p>
            <p className="text-15 text-quiet">
              <Day at={line.at} year />
              {line.film && <span> · {line.film}</span>}
            </p>
            {line.why && <p className="text-15 text-quiet">{line.why}</p>}
            {line.receiptUrl && (
              <a
                href={line.receiptUrl}
                rel="noreferrer"
                className="link -my-2 inline-flex min-h-11 items-center text-15 font-medium"
              >
                Receipt
                <span className="sr-only"> for {line.what}</span>
              </a>
            )}
          </div>
          <div className="tabular shrink-0 text-end">
            <p className={`text-20 font-medium ${line.delta > 0 ? 'text-good' : ''}`}>
              <span className="sr-only">{line.delta > 0 ? 'plus ' : 'minus '}</span>
              <span aria-hidden="true">{line.delta > 0 ? '+' : '−'}</span>
              {Math.abs(line.delta)}
            </p>
            <p className="text-13 whitespace-nowrap text-quiet">
              <span className="sr-only">
                Balance before: {line.before}, after: {line.after}
              </span>
              <span aria-hidden="true">
                {line.before} → {line.after}
              </span>
            </p>
          </div>
        </li>
      ))}
    </ol>
  );
}

const pictures: Readonly<Record<EntryKind, IconName>> = {
  generation: 'film',
  refund: 'undo-2',
  purchase: 'plus',
  clawback: 'undo-2',
  referral: 'circle-user',
  share: 'share-2',
  signup: 'sun',
  adjustment: 'plus',
};

function Thumbnail({ line: { kind, delta, photoUrl, path, film } }: { line: CreditHistoryLine }) {
  const frame = 'size-14 shrink-0 rounded-[8px] bg-line';
  const picture = photoUrl ? (
    <img
      src={sizedUrl(photoUrl, 'small')}
      alt=""
      width={56}
      height={56}
      loading="lazy"
      className={`${frame} object-cover`}
    />
  ) : (
    <span aria-hidden="true" className={`${frame} grid place-items-center text-quiet`}>
      <Icon name={kind === 'adjustment' && delta < 0 ? 'minus' : pictures[kind]} />
    </span>
  );
  if (!path) return picture;
  return (
    <Link to={path} aria-label={photoUrl ? `Open this clip of ${film}` : `Open ${film}`} className="shrink-0">
      {picture}
    </Link>
  );
}
