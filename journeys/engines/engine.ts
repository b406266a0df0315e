// One interface over three browser engines; a driver implements it in the protocol of its browser.
import { availableParallelism, loadavg } from 'node:os';

/** A page of a fresh profile: no cookie, cache or service worker is shared with any other tab. */
export interface Tab {
  /** Opens an address; resolves when the page has loaded. */
  goto(address: string): Promise<void>;
  /** Evaluates an expression in the page. Promises are awaited; the answer is a JSON value, `null` for undefined. */
  evaluate(expression: string): Promise<unknown>;
  /** Presses the middle of the element that the expression gives, by real input events. */
  press(expression: string): Promise<void>;
  /** Types into the element that the expression gives. */
  type(expression: string, text: string): Promise<void>;
  /** Chooses files in the file input that the expression gives. */
  setFiles(expression: string, paths: readonly string[]): Promise<void>;
  /** What the window shows, as PNG. */
  screenshot(): Promise<Buffer>;
  /** Errors that the browser wrote to its console. */
  consoleErrors(): string[];
  close(): Promise<void>;
}

/** A started browser. */
export interface Engine {
  /** Name and version, for a report. */
  name: string;
  newTab(): Promise<Tab>;
  /** Ends the browser and every process it started. */
  close(): Promise<void>;
}

/** A limit in ms for an idle machine, scaled to the load of this one. */
export function onThisMachine(milliseconds: number): number {
  const [waiting = 0] = loadavg();
  return milliseconds * Math.min(4, Math.max(1, waiting / availableParallelism()));
}

/** Time in ms after which a request to a driver fails. */
export const mostAnswerMs = onThisMachine(30_000);

/** The expression gave no element: nothing was done. */
export class NoElement extends Error {
  constructor() {
    super('The page holds no such element');
  }
}
