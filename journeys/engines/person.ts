// The actions of a person, named by the words on the page: the same for every engine.
import { NoElement, onThisMachine, type Tab } from './engine.ts';

/** Time in ms after which a condition fails, below the limit of a step, so that the error names the condition. */
const mostWaitMs = onThisMachine(25_000);
/** How long one look at the page lasts, in ms: a page that is left takes its script with it, and the next one is asked. */
const oneLookMs = 400;

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** How a control is named: its whole accessible name, or a pattern found in it. */
type Name = string | RegExp;

/** The actions of a person in one tab. */
export interface Person {
  tab: Tab;
  goto(address: string): Promise<void>;
  /** Runs a function in the page. It may use nothing but its arguments and the page. */
  evaluate<A extends readonly Json[], R>(run: (...args: A) => R | Promise<R>, ...args: A): Promise<R>;
  /** Resolves with the first answer of the page that is not false, null, zero or empty. Survives navigations. */
  until<A extends readonly Json[], R>(ask: (...args: A) => R | Promise<R>, ...args: A): Promise<NonNullable<R>>;
  /** Resolves when this text is on the page. */
  sees(text: Name): Promise<void>;
  /** Presses the control of this name once it is seen, uncovered and at rest. */
  tap(name: Name): Promise<void>;
  /** Types into the field of this name. */
  fill(name: Name, text: string): Promise<void>;
  /** Gives files to the file input of this name. */
  setFiles(name: Name, paths: readonly string[]): Promise<void>;
}

/** Creates the actions of a person in a tab. */
export function personAt(tab: Tab): Person {
  async function untilTrue(expression: string, what: string): Promise<unknown> {
    const giveUpAt = Date.now() + mostWaitMs;
    const look = `(async () => {
      for (const endAt = performance.now() + ${oneLookMs}; ; await new Promise(requestAnimationFrame)) {
        const answer = await (${expression});
        if (answer || performance.now() > endAt) return answer;
      }
    })()`;
    let last: unknown;
    while (Date.now() < giveUpAt) {
      try {
        last = await tab.evaluate(look);
        if (last) return last;
      } catch (error) {
        // The page navigated during the evaluation.
        last = error;
      }
    }
    const page = await tab.evaluate('location.href + ": " + document.body.innerText.slice(0, 800)').catch(String);
    throw new Error(`Not within ${Math.round(mostWaitMs / 1000)} s: ${what}\nLast answer: ${last}\nPage: ${page}`);
  }

  async function use(kind: Kind, name: Name, act: (expression: string) => Promise<void>): Promise<void> {
    const control = calling(findControl, [sourceOf(name), kind]);
    const ready = kind === 'file' ? `${control} !== null` : `(${isAtRest})(${control})`;
    for (;;) {
      await untilTrue(ready, `a ${kind} named ${name}, ready to be used`);
      try {
        return await act(control);
      } catch (error) {
        // The page replaced the element before the press.
        if (!(error instanceof NoElement)) throw error;
      }
    }
  }

  return {
    tab,
    goto: (address) => tab.goto(address),
    evaluate: async (run, ...args) => (await tab.evaluate(calling(run, args))) as never,
    until: async (ask, ...args) => (await untilTrue(calling(ask, args), `${ask} of ${JSON.stringify(args)}`)) as never,
    async sees(text) {
      const source = typeof text === 'string' ? escaped(text) : text.source;
      // biome-ignore lint/performance/useDomNodeTextContent: only rendered text can be seen
      const isThere = (wanted: string) => new RegExp(wanted).test(document.body.innerText.replace(/\s+/g, ' '));
      await untilTrue(calling(isThere, [source]), `the text ${text}`);
    },
    tap: (name) => use('control', name, (control) => tab.press(control)),
    fill: (name, text) => use('field', name, (field) => tab.type(field, text)),
    setFiles: (name, paths) => use('file', name, (input) => tab.setFiles(input, paths)),
  };
}

type Kind = 'control' | 'field' | 'file';

function calling<A extends readonly Json[]>(run: (...args: A) => unknown, args: A): string {
  return `(${run})(${args.map((each) => JSON.stringify(each)).join(', ')})`;
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const sourceOf = (name: Name) => (typeof name === 'string' ? `^${escaped(name)}$` : name.source);

/**
 * In the page: the first control of this name that can be used, or null. Where a dialog stands over the page, only the
 * dialog's own controls can.
 */
function findControl(source: string, kind: Kind): Element | null {
  const wanted = new RegExp(source);
  const selector = {
    control: 'button, a[href], summary, input[type="radio"], input[type="checkbox"]',
    field: 'textarea, input:not([type="file"], [type="radio"], [type="checkbox"])',
    file: 'input[type="file"]',
  }[kind];
  const textOf = (elements: Iterable<Element>) => [...elements].map(({ textContent }) => textContent).join(' ');
  const nameOf = (element: HTMLInputElement) => {
    const by = (element.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id));
    const name =
      textOf(by.filter((each) => each !== null)) ||
      element.getAttribute('aria-label') ||
      textOf(element.labels ?? []) ||
      element.textContent ||
      element.placeholder;
    return (name ?? '').replace(/\s+/g, ' ').trim();
  };
  const dialogs = [...document.querySelectorAll('dialog')].filter((dialog) => dialog.matches(':modal'));
  const room = dialogs.at(-1) ?? document;
  for (const element of room.querySelectorAll<HTMLInputElement>(selector)) {
    const isSeen = kind === 'file' || element.getClientRects().length > 0;
    if (isSeen && !element.disabled && wanted.test(nameOf(element))) return element;
  }
  return null;
}

/** In the page: whether this control is in the middle of the window, uncovered, and has not moved for two frames. */
async function isAtRest(control: Element | null): Promise<boolean> {
  if (!control) return false;
  control.scrollIntoView({ block: 'center', behavior: 'instant' });
  const place = () => {
    const { left, top, width, height } = control.getBoundingClientRect();
    return { x: left + width / 2, y: top + height / 2, key: `${left} ${top} ${width} ${height}` };
  };
  const before = place();
  for (const _frame of [1, 2]) await new Promise(requestAnimationFrame);
  const { x, y, key } = place();
  const top = document.elementFromPoint(x, y);
  const labels = [...((control as HTMLInputElement).labels ?? [])];
  const isUncovered = top !== null && [control, ...labels].some((each) => each.contains(top));
  return key === before.key && isUncovered;
}
