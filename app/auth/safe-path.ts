// Letters of any script are allowed. Browsers drop control and format characters and read a backslash as a slash.
const forbidden = /[\\\s\p{Cc}\p{Cf}\p{Zs}]/u;
const origin = 'https://here.invalid';

/**
 * The path to redirect to after signing in or buying: `wanted` if it is a page of Echoes, else `/projects`. Never another
 * site, in any spelling, and never a path that signs in or out.
 */
export function safePath(wanted: unknown): string {
  const elsewhere = '/projects';
  if (typeof wanted !== 'string' || wanted.length > 1000 || !wanted.startsWith('/') || forbidden.test(wanted))
    return elsewhere;
  const url = parsed(wanted);
  if (!url) return elsewhere;
  const { origin: found, pathname, search } = url;
  if (found !== origin || pathname.startsWith('//') || pathname === '/') return elsewhere;
  if (/^\/(auth|sign-out|media|live|healthz|problem)(\/|$)/i.test(pathname)) return elsewhere;
  return pathname + search;
}

/** `URL.canParse` is newer than the oldest browsers. */
function parsed(path: string): URL | null {
  try {
    return new URL(path, origin);
  } catch {
    return null;
  }
}

const freshPage = '/admin/sign-in-again';

/**
 * The page that asks for a fresh sign-in for something on the page `path`, and tells why one was refused: for an admin a page
 * of its own, else that page itself.
 */
export function signInAgainPath(path: string): string {
  if (!path.startsWith('/admin') || path.startsWith(freshPage)) return path;
  return `${freshPage}?${new URLSearchParams({ returnTo: path })}`;
}
