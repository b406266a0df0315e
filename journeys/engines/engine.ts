// One interface over three browser engines. A driver knows the wire of its browser and these few things, no more.
import { availableParallelism, loadavg } from 'node:os';

/** A page of a fresh profile: no cookie, cache or service worker is shared with any other tab. */
export interface Tab {
  /** Opens an address; resolves when the page has loaded. */
  goto(address: string): Promise<void>;
  /** Evaluates an expression in the page. Promises are awaited; the answer is a JSON value, `null` for undefined. */
  evaluate(expression: string): Promise<unknown>;
  /** Presses the middle of the element that the expression gives, as a real hand would. */
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

/** A limit in ms that holds on a machine with nothing else to do, as it is on this one with what it has to do now. */
export function onThisMachine(milliseconds: number): number {
  const [waiting = 0] = loadavg();
  return milliseconds * Math.min(4, Math.max(1, waiting / availableParallelism()));
}

/** A request to a driver that has no answer by then is an error, in ms. */
export const mostAnswerMs = onThisMachine(30_000);

/** The expression gave no element: nothing was done. */
export class NoElement extends Error {
  constructor() {
    super('The page holds no such element');
  }
}
