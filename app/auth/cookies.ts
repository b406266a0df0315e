/**
 * Cookies of one origin. On https their names begin with `__Host-`: the browser itself then insists on Secure, Path=/ and
 * this very host. Browsers do not take such names over plain http, so a local Echoes uses the plain ones.
 */
export function createCookies({ appOrigin }: { appOrigin: string }) {
  const isSecure = appOrigin.startsWith('https:');
  const nameOf = (name: string) => (isSecure ? `__Host-${name}` : name);
  const flags = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;

  return {
    /** The value of the cookie in this request, or null. */
    read(request: Request, name: string): string | null {
      const wanted = `${nameOf(name)}=`;
      const pair = (request.headers.get('Cookie') ?? '').split(/;\s*/).find((part) => part.startsWith(wanted));
      return pair?.slice(wanted.length) || null;
    },

    /** A Set-Cookie value that keeps `value` for `seconds`. */
    keep(name: string, value: string, seconds: number): string {
      return `${nameOf(name)}=${value}; ${flags}; Max-Age=${seconds}`;
    },

    /** A Set-Cookie value that makes the browser forget. */
    forget(name: string): string {
      return `${nameOf(name)}=; ${flags}; Max-Age=0`;
    },
  };
}

export type Cookies = ReturnType<typeof createCookies>;
