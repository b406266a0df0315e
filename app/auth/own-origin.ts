/**
 * True if a request comes from a page of Echoes: `Sec-Fetch-Site` is `same-origin`, or, if it is missing or `none` (a
 * reload), `Origin` is ours. Checked for requests that change something.
 */
export function comesFromUs({ headers, appOrigin }: { headers: Headers; appOrigin: string }): boolean {
  const origin = headers.get('Origin');
  const site = headers.get('Sec-Fetch-Site');
  if (origin !== null && origin !== appOrigin) return false;
  return site === 'same-origin' || ((site === null || site === 'none') && origin === appOrigin);
}

/** True for methods that change nothing. */
export function isReading(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}
