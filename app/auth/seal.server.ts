import { createHash } from 'node:crypto';

const ivBytes = 12;

/** Sealed texts for a cookie, which only Echoes can read and change. */
export interface Seal {
  seal(text: string): Promise<string>;
  /** The text; null for anything that these secrets did not seal. */
  open(sealed: string): Promise<string | null>;
}

/**
 * Seals texts by AES-256-GCM, in base64url. The first of `secrets` seals and each of them opens, so that a secret can be
 * replaced. A text sealed for one `purpose` cannot be opened for another.
 */
export function createSeal({ secrets, purpose }: { secrets: readonly string[]; purpose: string }): Seal {
  const keyOf = (secret: string) =>
    crypto.subtle.importKey(
      'raw',
      createHash('sha256').update(`seal ${purpose} ${secret}`).digest(),
      'AES-GCM',
      false,
      ['encrypt', 'decrypt'],
    );

  return {
    async seal(text) {
      const iv = crypto.getRandomValues(new Uint8Array(ivBytes));
      const key = await keyOf(secrets[0] ?? '');
      const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, Buffer.from(text));
      return Buffer.concat([iv, new Uint8Array(sealed)]).toString('base64url');
    },

    async open(sealed) {
      const bytes = Buffer.from(sealed, 'base64url');
      const algorithm = { name: 'AES-GCM', iv: bytes.subarray(0, ivBytes) };
      for (const secret of secrets) {
        const text = await crypto.subtle
          .decrypt(algorithm, await keyOf(secret), bytes.subarray(ivBytes))
          .catch(() => null);
        if (text) return Buffer.from(text).toString();
      }
      return null;
    },
  };
}
