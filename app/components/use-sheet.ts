import { type ShouldRevalidateFunctionArgs, useLocation, useNavigate, useSearchParams } from '@remix-run/react';
import { useCallback } from 'react';

/** The names in an address that say which sheet is open. Changing them loads nothing (app/root.tsx). */
export const sheetNames = [
  'clip',
  'alike',
  'clips',
  'film',
  'buy',
  'choose',
  'share',
  'leave',
  'delete',
  'erase',
] as const;

type SheetName = (typeof sheetNames)[number];

/**
 * A sheet that is open while the address says so: a link can open it, and Back closes it. `value` is what the address
 * says, null while the sheet is closed. `show` opens it, or shows something else in it, and closes it for null; `close`
 * goes back to the entry before it, so that no entry of a closed sheet is left behind.
 */
export function useSheet(name: SheetName): {
  value: string | null;
  /** False for a sheet that the page arrived with: no entry of this page is below it. */
  hasEntry: boolean;
  show: (value: string | null) => void;
  close: () => void;
} {
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const { pathname, search: query, hash, state } = useLocation();
  const value = search.get(name);
  const openedHere = openedBy(state).includes(name);
  const close = useCallback(() => {
    if (openedHere) return navigate(-1);
    const asked = new URLSearchParams(query);
    asked.delete(name);
    const rest = asked.toString();
    navigate(`${pathname}${rest && `?${rest}`}${hash}`, { preventScrollReset: true, replace: true, state });
  }, [navigate, pathname, query, hash, state, name, openedHere]);
  const show = useCallback(
    (next: string | null) => {
      if (next === null) return close();
      const asked = new URLSearchParams(query);
      const isOpen = asked.has(name);
      asked.set(name, next);
      const opened = isOpen && !openedHere ? openedBy(state) : [...new Set([...openedBy(state), name])];
      navigate(`${pathname}?${asked}${hash}`, {
        preventScrollReset: true,
        replace: isOpen,
        state: { ...state, opened },
      });
    },
    [navigate, pathname, query, hash, state, name, openedHere, close],
  );
  return { value, hasEntry: openedHere, show, close };
}

/** What a link needs that opens a sheet by this path. It works without scripts too. */
export function sheetLink(name: SheetName, path: string) {
  return { to: path, state: { opened: [name] }, preventScrollReset: true };
}

/** For a page's `shouldRevalidate`: opening and closing a sheet loads nothing. */
export function loadsUnlessSheet({
  currentUrl,
  nextUrl,
  formMethod,
  defaultShouldRevalidate,
}: ShouldRevalidateFunctionArgs): boolean {
  const isSheet = currentUrl.href !== nextUrl.href && withoutSheets(currentUrl) === withoutSheets(nextUrl);
  return formMethod === undefined && isSheet ? false : defaultShouldRevalidate;
}

/** The path and query of an address without its sheets. */
function withoutSheets({ pathname, searchParams }: URL): string {
  const asked = new URLSearchParams(searchParams);
  for (const name of sheetNames) asked.delete(name);
  return `${pathname}?${asked}`;
}

/** The sheets that were opened on this page: each has an entry of the history below it. */
function openedBy(state: unknown): readonly string[] {
  const { opened } = (state ?? {}) as { opened?: unknown };
  return Array.isArray(opened) ? opened.filter((one) => typeof one === 'string') : [];
}
