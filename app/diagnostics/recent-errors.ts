/** One error as it is remembered on the device: when (ms since 1970), on which page, and what. Nothing private is in it. */
export interface RecentError {
  at: number;
  path: string;
  text: string;
}

/** The part of `localStorage` that is needed here. */
type ErrorStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const key = 'echoes-recent-errors';
/** How many are kept, and how long each may be, in letters. */
export const errorLimits = { count: 20, text: 400, path: 80 };

/** The errors that this device remembers, oldest first. Never throws: a store that cannot be read remembers none. */
export function readErrors(store: ErrorStore): RecentError[] {
  try {
    const kept: unknown = JSON.parse(store.getItem(key) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isRecentError).slice(-errorLimits.count) : [];
  } catch {
    return [];
  }
}

/** Remembers an error; the oldest makes room. Never throws. */
export function noteError(store: ErrorStore, { at, path, text }: RecentError): void {
  const error = {
    at,
    path: withoutSecrets(path).slice(0, errorLimits.path),
    text: withoutSecrets(text).slice(0, errorLimits.text),
  };
  try {
    store.setItem(key, JSON.stringify([...readErrors(store), error].slice(-errorLimits.count)));
  } catch {
    // A full or forbidden store: an error less is known.
  }
}

/** Removes all remembered errors. Never throws. */
export function forgetErrors(store: ErrorStore): void {
  try {
    store.removeItem(key);
  } catch {
    // Nothing was kept.
  }
}

/** An error as text, with where it came from: the first line of its stack, as Chromium or the others write it. */
export function inWords(reason: unknown): string {
  if (!(reason instanceof Error)) return String(reason);
  const from = /^ *at .+$|^[^\n]*@.+:\d+:\d+$/m.exec(reason.stack ?? '')?.[0] ?? '';
  return `${reason.name}: ${reason.message} ${from.trim()}`.trim();
}

/** Text without what opens something: queries of addresses, tokens of links, names of files and addresses of people. */
export function withoutSecrets(text: string): string {
  return text
    .replace(/\?[^\s'")]+/g, '?…')
    .replace(/\/(s|r|media)\/[^\s'")]+/g, '/$1/…')
    .replace(/[^\s'"/(]+@[^\s'"/)]+\.[a-z]+/gi, '…')
    .replace(/[\w-]{40,}/g, '…')
    .replace(/[^\s'"/]+\.(jpe?g|png|webp|avif|hei[cf])\b/gi, '….$1');
}

function isRecentError(value: unknown): value is RecentError {
  const { at, path, text } = (value ?? {}) as Record<string, unknown>;
  return typeof at === 'number' && typeof path === 'string' && typeof text === 'string';
}
