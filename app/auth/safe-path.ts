// Letters of any script are welcome after the first slash; what a browser drops, folds or reads as an origin is not.
const forbidden = /[\\\s\p{Cc}\p{Cf}\p{Zs}]/u;
const origin = 'https://here.invalid';

/**
 * The path to lead a person to after signing in: `wanted` if it is one of ours, else `/projects`. Never another site's,
 * however it is written, and never one that would sign in or out again.
 */
export function safePath(wanted: unknown): string {
  const elsewhere = '/projects';
  if (typeof wanted !== 'string' || wanted.length > 1000 || !wanted.startsWith('/') || forbidden.test(wanted))
    return elsewhere;
  if (!URL.canParse(wanted, origin)) return elsewhere;
  const { origin: found, pathname, search } = new URL(wanted, origin);
  if (found !== origin || pathname.startsWith('//') || pathname === '/') return elsewhere;
  if (/^\/(auth|sign-out|media|live|healthz|problem)(\/|$)/i.test(pathname)) return elsewhere;
  return pathname + search;
}
