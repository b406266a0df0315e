import type { CreditHistoryLine } from './credit-history';
import { type EntryFacts, type EntryKind, entryInWords } from './entry-words';

/** An entry as the ledger gives it. */
export interface Entry extends EntryFacts {
  seq: number;
  at: number;
  balanceAfter: number;
  film: { projectId: string; title: string; isOpen: boolean } | null;
  photo: { clipId: string; mediaKey: string | null; isOpen: boolean } | null;
  purchase: (NonNullable<EntryFacts['purchase']> & { receiptUrl: string | null }) | null;
}

/** An entry as a line of the credit history. `urlOf` signs a link to a photo. A deleted film keeps only its name. */
export function creditHistoryLine(entry: Entry, urlOf: (mediaKey: string) => string): CreditHistoryLine {
  const { seq, at, kind, delta, balanceAfter, film, photo, purchase } = entry;
  return {
    ...{ seq, at, kind, delta },
    before: balanceAfter - delta,
    after: balanceAfter,
    ...entryInWords(entry),
    film: film?.title ?? null,
    path: pathOf(entry),
    photoUrl: photo?.mediaKey && photo.isOpen ? urlOf(photo.mediaKey) : null,
    // Stripe's receipt also lists refunds.
    receiptUrl: purchase?.receiptUrl ?? null,
  };
}

/** The address of the credit history: of one kind, a page of it, or all of it as a file. */
export function creditHistoryPath(asked: { kind?: EntryKind | null; before?: number; file?: boolean }): string {
  const query = new URLSearchParams();
  if (asked.kind) query.set('kind', asked.kind);
  if (asked.before !== undefined) query.set('before', String(asked.before));
  const path = asked.file ? '/credits.csv' : '/credits';
  // `query.size` is newer than Safari 16.4.
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

function pathOf({ film, photo }: Entry): string | null {
  if (!film?.isOpen) return null;
  return photo?.isOpen ? `/projects/${film.projectId}?clip=${photo.clipId}` : `/projects/${film.projectId}`;
}
