import { monotonicFactory } from 'ulid';

/** What an id stands for; the first letters of every id, so that a mixed-up id is seen at once. */
export type IdKind = 'usr' | 'prj' | 'pho' | 'clp' | 'gen' | 'req' | 'shr' | 'pur' | 'rev' | 'adj' | 'alr';

/** Makes ids: `gen_01J…`, 80 random bits, sorted by time. */
export type NewId = (kind: IdKind) => string;

/** A clock: milliseconds since 1970. Given as an argument wherever time matters, so that tests own it. */
export type Clock = () => number;

/** Ids that also keep their order within one millisecond. `clock` gives their time. */
export function createIds({ clock }: { clock: Clock }): NewId {
  const next = monotonicFactory(createShares());
  return (kind) => `${kind}_${next(clock())}`;
}

/** Random numbers from 0 up to 1. One id takes sixteen: asked for together, they cost one call instead of as many. */
function createShares(): () => number {
  const bytes = new Uint8Array(16);
  let used = bytes.length;
  return () => {
    if (used === bytes.length) {
      crypto.getRandomValues(bytes);
      used = 0;
    }
    return (bytes[used++] ?? 0) / 256;
  };
}

/** True for a well-formed id of this kind; anything else never reaches a query. */
export function isId(kind: IdKind, value: unknown): value is string {
  return typeof value === 'string' && new RegExp(`^${kind}_[0-9A-HJKMNP-TV-Z]{26}$`).test(value);
}
