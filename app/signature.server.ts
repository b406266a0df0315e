import { createHmac, timingSafeEqual } from 'node:crypto';

/** Signs texts for one purpose, and checks what was signed. */
export interface Signature {
  /** The mark of these parts, in base64url. */
  of(...parts: string[]): string;
  /** True if `given` is the mark of these parts. */
  matches(given: string, ...parts: string[]): boolean;
}

/**
 * Signatures by HMAC-SHA-256. The first of `secrets` signs and each of them checks, so that a secret can be replaced while
 * what it signed stays valid. `purpose` keeps marks of one kind from standing in for another; `length` shortens them, six
 * bits for each character.
 */
export function createSignature({
  secrets,
  purpose,
  length,
}: {
  secrets: readonly string[];
  purpose: string;
  length?: number;
}): Signature {
  const markOf = (secret: string, parts: readonly string[]) =>
    createHmac('sha256', secret)
      .update(framed([purpose, ...parts]))
      .digest('base64url')
      .slice(0, length);
  return {
    of: (...parts) => markOf(secrets[0] ?? '', parts),
    matches: (given, ...parts) => secrets.some((secret) => isSame(given, markOf(secret, parts))),
  };
}

/** Each part after its length in bytes: with a separator alone, two lists of parts could be the same text. */
function framed(parts: readonly string[]): string {
  return parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join('');
}

function isSame(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}
