import { monotonicFactory } from 'ulid';

/** The first letters of an id, which name the table of its row: an id of the wrong kind is noticed at once. */
export type IdKind =
  | 'usr'
  | 'prj'
  | 'pho'
  | 'clp'
  | 'gen'
  | 'req'
  | 'shr'
  | 'pur'
  | 'rev'
  | 'rfd'
  | 'adj'
  | 'chg'
  | 'alr';

/** Makes ids: `gen_01J…`, 80 random bits, sorted by time. */
export type NewId = (kind: IdKind) => string;

/** A clock: milliseconds since 1970. An argument wherever time matters, so that tests set it. */
export type Clock = () => number;

/** Makes ids that sort by time, also within one millisecond. */
export function createIds({ clock }: { clock: Clock }): NewId {
  const next = monotonicFactory(createRandomNumbers());
  return (kind) => `${kind}_${next(clock())}`;
}

/** Random numbers from 0 up to 1. An id takes sixteen, so sixteen random bytes are fetched at a time. */
function createRandomNumbers(): () => number {
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

/** True for a well-formed id of this kind. Checked before an id from outside reaches a query. */
export function isId(kind: IdKind, value: unknown): value is string {
  return typeof value === 'string' && new RegExp(`^${kind}_[0-9A-HJKMNP-TV-Z]{26}$`).test(value);
}
