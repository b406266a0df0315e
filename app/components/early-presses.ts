/** What a person did before the page's scripts ran: kept by `rememberEarlyPresses`, read by `replayEarlyPresses`. */
interface EarlyPresses {
  /** Buttons in the order of their last press, each once. */
  pressed: Set<HTMLButtonElement>;
  /** Text fields that were written into. */
  typed: Set<HTMLInputElement | HTMLTextAreaElement>;
  /** Ends the remembering: from then on presses reach React. */
  end(): void;
}

declare global {
  interface Window {
    earlyPresses?: EarlyPresses;
  }
}

/**
 * An inline script at the start of the page. Until React has taken the page over, a press on a button and text typed into
 * a field would be lost: it keeps them, and keeps them from a React that has not finished. Links, forms and other controls
 * that the browser serves by itself go their way, as do buttons with `data-at-once`, which a script of their page serves.
 * Its text is in the HTML alone: the page's own scripts, which React never compares with it, are lighter without.
 */
export const rememberEarlyPresses = !import.meta.env.SSR
  ? ''
  : `{
  const ended = new AbortController()
  const listen = (type, act) => addEventListener(type, act, { capture: true, signal: ended.signal })
  const early = window.earlyPresses = { pressed: new Set(), typed: new Set(), end: () => ended.abort() }
  listen('click', (event) => {
    const button = event.target instanceof Element && event.target.closest('button[type=button]')
    if (!button || button.disabled || button.matches('[data-at-once], [popovertarget]')) return
    event.stopImmediatePropagation()
    early.pressed.delete(button)
    early.pressed.add(button)
    button.setAttribute('aria-busy', 'true')
  })
  listen('input', ({ target }) => target.matches('input:not([type=file]), textarea') && early.typed.add(target))
}`.replace(/\n\s*/g, '\n');

/** Does what was pressed and typed too early, in that order of events. To be called once React has taken the page over. */
export async function replayEarlyPresses(): Promise<void> {
  const early = window.earlyPresses;
  if (!early) return;
  delete window.earlyPresses;
  early.end();
  const focused = document.activeElement;
  if (isField(focused)) early.typed.add(focused);
  for (const field of early.typed) if (field.isConnected) await retype(field);
  for (const button of early.pressed) {
    button.removeAttribute('aria-busy');
    // React shows what one press has changed before the next one.
    if (button.isConnected) button.click();
    await nextTask();
  }
}

const isField = (element: Element | null): element is HTMLInputElement | HTMLTextAreaElement =>
  element?.matches('input:not([type=file]), textarea') ?? false;

const nextTask = () => new Promise((resolve) => setTimeout(resolve));

/** Tells React of a field's focus and text. It ignores an `input` event unless the text differs from the one it knows. */
async function retype(field: HTMLInputElement | HTMLTextAreaElement): Promise<void> {
  const { value, defaultValue, selectionStart, selectionEnd } = field;
  field.dispatchEvent(new FocusEvent('focusin', { bubbles: true }));
  if (value !== defaultValue) {
    // React watches the element's own property; the prototype's setter goes past it.
    field.value = defaultValue;
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value')?.set?.call(field, value);
    if (selectionStart !== null) field.setSelectionRange(selectionStart, selectionEnd);
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    await nextTask();
  }
  if (document.activeElement !== field) field.dispatchEvent(new FocusEvent('focusout', { bubbles: true }));
}
