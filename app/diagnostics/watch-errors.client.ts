import { inWords, noteError } from './recent-errors';

/** Files without which a page is not whole. A picture whose address has expired is asked for again and no error. */
const files = 'script, link, video, audio';

/** Remembers on this device, from now on, what goes wrong on its pages. */
export function watchErrors(): void {
  const note = (text: string) => rememberError(text);
  window.addEventListener('unhandledrejection', ({ reason }) => note(inWords(reason)));
  window.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
    note(`Refused by the content security policy: ${effectiveDirective} ${blockedURI}`),
  );
  window.addEventListener(
    'error',
    (event) => {
      if (event instanceof ErrorEvent) return note(inWords(event.error ?? event.message));
      const target: unknown = (event as Event).target;
      if (!(target instanceof Element) || !target.matches(files)) return;
      const address = target.getAttribute('src') ?? target.getAttribute('href') ?? '';
      // What a page made itself and has let go of.
      if (address && !address.startsWith('blob:')) note(`Did not load: ${target.localName} ${address}`);
    },
    // Files that do not load tell only themselves.
    { capture: true },
  );
}

/** Remembers one error of the page that is open. */
export function rememberError(text: string): void {
  try {
    noteError(localStorage, { at: Date.now(), path: location.pathname, text });
  } catch {
    // A browser that forbids the store throws when it is named.
  }
}
