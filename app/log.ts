import { AsyncLocalStorage } from 'node:async_hooks';

/** Every event that Echoes logs. Names are stable: dashboards and alerts search for them. */
export type LogEvent =
  | {
      event: 'request';
      requestId: string;
      method: string;
      path: string;
      status: number;
      milliseconds: number;
      userId?: string;
      /** The reason of a refusal (app/problem.ts). */
      reason?: string;
    }
  | { event: 'error'; where: string; message: string; stack?: string; generationId?: string }
  | { event: 'configuration-missing'; names: readonly string[] }
  | { event: 'sign-in'; requestId: string; outcome: string; userId?: string; detail?: string }
  | { event: 'upload'; userId: string; uploadId: string; outcome: string; bytes?: number }
  | {
      event: 'generation-step';
      generationId: string;
      userId: string;
      projectId?: string;
      clipId: string;
      what: string;
      detail?: string;
    }
  | {
      event: 'provider-call';
      generationId: string;
      provider: string;
      call: string;
      outcome: string;
      milliseconds: number;
      /** The state of the task, in the answer to a poll. */
      state?: string;
      status?: number;
      detail?: string;
    }
  | { event: 'provider-unreachable'; generationId: string; provider: string; taskId: string | null }
  | {
      event: 'provider-breaker';
      provider: string;
      state: 'opened' | 'closed';
      reason: string;
      openings: number;
      until: number;
    }
  | { event: 'webhook'; provider: string; outcome: string; generationId?: string }
  | { event: 'queue'; generationId: string; outcome: string; detail?: string }
  | {
      event: 'sweep';
      outcome: string;
      overdue: number;
      stale: number;
      uncleaned: number;
      removedObjects: number;
      milliseconds: number;
    }
  /** More rows were stale than one sweep handles: it handled `seen`, and the next one continues after them. */
  | { event: 'sweep-left'; what: string; seen: number }
  | { event: 'audit'; differences: number }
  | { event: 'spending'; provider: string; charged: number; least: number; most: number; detail: string }
  | { event: 'alert'; alertId: string; kind: string; outcome: string; detail?: string }
  | { event: 'purchase'; purchaseId: string; userId?: string; outcome: string; detail?: string }
  | { event: 'stripe-event'; eventId: string; type: string; outcome: string; detail?: string }
  | { event: 'stripe-unreachable'; call: string; detail: string }
  | { event: 'live-publish-failed'; userId: string; detail: string }
  /** The database refused the lines of this request; they stand on the console, under the same request id. */
  | { event: 'lines-not-kept'; requestId: string | null; events: readonly string[]; detail: string };

/** A line as it is stored and shown: masked, with the ids that find it. `isKept`: it is stored for a month. */
export interface LogLine {
  /** ms since 1970 */
  at: number;
  event: LogEvent['event'];
  requestId: string | null;
  generationId: string | null;
  userId: string | null;
  text: string;
  isKept: boolean;
}

/**
 * The request and the person of one invocation (a request, a message, an alarm or a sweep), and its log lines. `leftOut`
 * counts lines beyond the limits.
 */
export interface Thread {
  requestId: string | null;
  userId: string | null;
  lines: LogLine[];
  leftOut: number;
}

const threads = new AsyncLocalStorage<Thread>();
/** The most lines that an invocation gathers; beyond the first limit, only kept ones. */
const mostLines = 100;
const mostKept = 200;
/** The most characters of a line, and of each text in a longer line. */
const longestLine = 4000;
const longestText = 600;

/** Runs one invocation; every line that is logged in it, at any depth, carries its thread and is gathered there. */
export function withThread<Result>(requestId: string | null, work: (thread: Thread) => Result): Result {
  const thread: Thread = { requestId, userId: null, lines: [], leftOut: 0 };
  return threads.run(thread, work, thread);
}

/** Gives the current thread its person and, if known, the request that began the work. */
export function followThread(found: { requestId?: string | null; userId: string }): void {
  const thread = threads.getStore();
  if (thread) Object.assign(thread, { requestId: found.requestId ?? thread.requestId, userId: found.userId });
}

const secret =
  /(\/webhooks\/\w+\/gen_\w+\.|\/s\/\w{26})[\w-]+|((?:sig|_jwt|code|state|token|secret|key|authorization|cookie)=)[^&\s"]+|(Bearer\s+)\S+|(whsec_|key_|sk_)[A-Za-z0-9]+/gi;

/** Masks what must not be logged: signatures, tokens, keys, cookies and signed addresses. */
export function masked(text: string): string {
  return text.replace(
    secret,
    (_match, address?: string, name?: string, bearer?: string, prefix?: string) =>
      `${address ?? name ?? bearer ?? prefix}…`,
  );
}

/** The message of a thrown value with all its causes, and its stack. */
export function described(error: unknown): { message: string; stack?: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  const cause = error.cause === undefined ? '' : ` ← ${described(error.cause).message}`;
  // The message of a failed query holds the whole query; its cause says more.
  return { message: `${error.message.slice(0, 500)}${cause}`, stack: error.stack?.slice(0, 4000) };
}

const cleaned = (_key: string, value: unknown) => (typeof value === 'string' ? masked(value) : value);
const cut = (_key: string, value: unknown) => (typeof value === 'string' ? value.slice(0, longestText) : value);

/** Writes one JSON line, with the id of the request it belongs to; the only console call of the product. */
export function log(event: LogEvent): void {
  const thread = threads.getStore();
  const requestId = thread?.requestId ?? undefined;
  const line = JSON.stringify({ ...(requestId && { requestId }), ...event }, cleaned);
  if (event.event === 'error' || event.event === 'configuration-missing') console.error(line);
  else console.log(line);
  if (thread) gather(thread, event, line);
}

/** Generation steps that end in a final state. */
const ended = /: (ready|failed|canceled)$/;

/**
 * Whether a line is kept for a month: errors, refusals that a person saw, queue messages, provider calls except polls
 * without change, and ends of generations.
 */
export function isWorthKeeping(event: LogEvent): boolean {
  switch (event.event) {
    case 'error':
      return true;
    case 'request':
      // Strangers could fill the database with their refusals: those are only counted.
      return event.reason !== undefined && event.status >= 400 && event.userId !== undefined;
    case 'provider-call':
      // Most polls find the task still waiting or running.
      return event.call !== 'poll' || !(event.state === 'queued' || event.state === 'running');
    case 'generation-step':
      return ended.test(event.what) && !event.what.startsWith('cleaned');
    case 'queue':
      return true;
    default:
      return false;
  }
}

function gather(thread: Thread, event: LogEvent, line: string): void {
  const { requestId, userId, lines } = thread;
  const isKept = isWorthKeeping(event);
  if (lines.length >= (isKept ? mostKept : mostLines)) {
    thread.leftOut += 1;
    return;
  }
  const text = line.length <= longestLine ? line : JSON.stringify(JSON.parse(line), cut).slice(0, longestLine);
  const ids = event as { generationId?: string; userId?: string; requestId?: string };
  lines.push({
    at: Date.now(),
    event: event.event,
    requestId: ids.requestId ?? requestId,
    generationId: ids.generationId ?? null,
    userId: ids.userId ?? userId,
    text,
    isKept,
  });
}
