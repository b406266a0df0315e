const key = 'flash';

/** `path`, which may have a query and a fragment, with its query changed. */
export function withQuery(path: string, change: (query: URLSearchParams) => void): string {
  const [address = '', fragment] = path.split('#', 2);
  const [pathname = '', search] = address.split('?', 2);
  const query = new URLSearchParams(search);
  change(query);
  // `query.size` is newer than Safari 16.4.
  const text = query.toString();
  return `${pathname}${text && `?${text}`}${fragment === undefined ? '' : `#${fragment}`}`;
}

/** The address of a page with the code of a flash message: after a post the page shows the code's sentence. */
export function flash(path: string, code: string): string {
  return withQuery(path, (query) => query.set(key, code));
}

/** The address of a page without its flash message. */
export function withoutFlash(path: string): string {
  return withQuery(path, (query) => query.delete(key));
}

/** The code of the flash message in an address, or null. An address may hold any text: look the code up, never show it. */
export function readFlash(search: URLSearchParams): string | null {
  return search.get(key);
}

/** The sentence of the flash message in an address; null where `messages` has none for its code. */
export function flashMessage(search: URLSearchParams, messages: Readonly<Record<string, string>>): string | null {
  const code = readFlash(search);
  return code !== null && Object.hasOwn(messages, code) ? (messages[code] ?? null) : null;
}
