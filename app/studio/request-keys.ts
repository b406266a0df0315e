/** The part of `sessionStorage` that is needed here. */
export type KeyStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/**
 * A paid request gets its key once and keeps it until it was answered: a double tap, a lost answer or a reload asks
 * again with the same key, and the server pays only once.
 */
export function createRequestKeys({ store, newKey }: { store: KeyStore | null; newKey: () => string }) {
  const nameOf = (subject: string) => `echoes:request:${subject}`;
  return {
    /** The key of the open attempt at `subject`, or a new one. */
    keyFor(subject: string): string {
      const known = store?.getItem(nameOf(subject));
      if (known) return known;
      const key = newKey();
      store?.setItem(nameOf(subject), key);
      return key;
    },
    /** The attempt was answered: the next one is a new one. */
    answered(subject: string): void {
      store?.removeItem(nameOf(subject));
    },
  };
}
