/**
 * Cookies of one origin. On https their names begin with `__Host-`, for which browsers require Secure, Path=/ and the exact
 * host. Browsers refuse such names over plain http, so local names have no prefix.
 */
export function createCookies({ appOrigin }: { appOrigin: string }) {
  const isSecure = appOrigin.startsWith('https:');
  const nameOf = (name: string) => (isSecure ? `__Host-${name}` : name);
  const flags = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;

  const pairsOf = (request: Request) => (request.headers.get('Cookie') ?? '').split(/;\s*/);

  return {
    /** The names of this request's cookies that begin with `prefix`, in the browser's order. */
    named(request: Request, prefix: string): string[] {
      const names = pairsOf(request).map((pair) => pair.split('=')[0] ?? '');
      return names.filter((name) => name.startsWith(nameOf(prefix))).map((name) => name.slice(nameOf('').length));
    },

    /** The value of the cookie in this request, or null. */
    read(request: Request, name: string): string | null {
      const wanted = `${nameOf(name)}=`;
      const pair = pairsOf(request).find((part) => part.startsWith(wanted));
      return pair?.slice(wanted.length) || null;
    },

    /** A Set-Cookie value that keeps `value` for `seconds`. */
    keep(name: string, value: string, seconds: number): string {
      return `${nameOf(name)}=${value}; ${flags}; Max-Age=${seconds}`;
    },

    /** A Set-Cookie value that deletes the cookie. */
    forget(name: string): string {
      return `${nameOf(name)}=; ${flags}; Max-Age=0`;
    },
  };
}

export type Cookies = ReturnType<typeof createCookies>;

/**
 * Has the browser empty its HTTP cache, and with `all` everything else that it stores for this origin but the cookies.
 * Engines without this header are emptied by the page and the service worker.
 */
export function clearingSite(response: Response, { all }: { all: boolean }): Response {
  response.headers.set('Clear-Site-Data', all ? '"cache", "storage"' : '"cache"');
  return response;
}

/** The redirect to a path or address that sets these cookies. */
export function away(path: string, ...setCookies: readonly string[]): Response {
  const headers = new Headers({ Location: path });
  for (const value of setCookies) headers.append('Set-Cookie', value);
  return new Response(null, { status: 302, headers });
}
