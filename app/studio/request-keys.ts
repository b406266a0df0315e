/** The part of `sessionStorage` that request keys use. */
export type KeyStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/**
 * A paid request gets its key once and keeps it until it is answered: a double tap, a lost answer or a reload sends
 * the same key, and the server charges once.
 */
export function createRequestKeys({ store, newKey }: { store: KeyStore | null; newKey: () => string }) {
  const nameOf = (subject: string) => `echoes:request:${subject}`;
  return {
    /** The key of the unanswered request about `subject`, or a new one. */
    keyFor(subject: string): string {
      const known = store?.getItem(nameOf(subject));
      if (known) return known;
      const key = newKey();
      store?.setItem(nameOf(subject), key);
      return key;
    },
    /** Forgets the key of an answered request: the next one gets a new key. */
    answered(subject: string): void {
      store?.removeItem(nameOf(subject));
    },
  };
}
