import { monotonicFactory } from 'ulid';

/** What an id stands for; the first letters of every id, so that a mixed-up id is seen at once. */
export type IdKind = 'usr' | 'prj' | 'pho' | 'clp' | 'gen' | 'req' | 'pur' | 'rev';

/** Makes ids: `gen_01J…`, 80 random bits, sorted by time. */
export type NewId = (kind: IdKind) => string;

/** A clock: milliseconds since 1970. Given as an argument wherever time matters, so that tests own it. */
export type Clock = () => number;

/** Ids that also keep their order within one millisecond. `clock` gives their time. */
export function createIds({ clock }: { clock: Clock }): NewId {
  const next = monotonicFactory();
  return (kind) => `${kind}_${next(clock())}`;
}

/** True for a well-formed id of this kind; anything else never reaches a query. */
export function isId(kind: IdKind, value: unknown): value is string {
  return typeof value === 'string' && new RegExp(`^${kind}_[0-9A-HJKMNP-TV-Z]{26}$`).test(value);
}
