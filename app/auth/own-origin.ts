/**
 * Whether a request that changes something comes from our own pages. Browsers say so in `Sec-Fetch-Site`; where that is
 * missing, `Origin` must be ours. `none` is a person's own doing (a reload), and needs our `Origin` too.
 */
export function comesFromUs({ headers, appOrigin }: { headers: Headers; appOrigin: string }): boolean {
  const origin = headers.get('Origin');
  const site = headers.get('Sec-Fetch-Site');
  if (origin !== null && origin !== appOrigin) return false;
  return site === 'same-origin' || ((site === null || site === 'none') && origin === appOrigin);
}

/** Methods that change nothing. */
export function isReading(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}
