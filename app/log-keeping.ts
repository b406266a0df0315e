import type { LogEvent } from './log';

/** States in which a try has ended. */
const ended = /: (ready|failed|canceled)$/;
/** What is there for everybody who tries addresses: nobody who was here has seen it. */
const strangersFind = [404, 405];

/**
 * Whether a line is kept for a month: every error, every refusal that somebody saw, every message of the
 * queue, every call to a provider that says something new, every end of a try. Strangers who look for addresses fill nothing.
 */
export function isWorthKeeping(event: LogEvent): boolean {
  switch (event.event) {
    case 'error':
      return true;
    case 'request':
      if (event.reason === undefined || event.status < 400) return false;
      return event.userId !== undefined || !strangersFind.includes(event.status);
    case 'provider-call':
      // The many answers "not yet" say nothing.
      return event.call !== 'poll' || !(event.state === 'queued' || event.state === 'running');
    case 'generation-step':
      return ended.test(event.what) && !event.what.startsWith('cleaned');
    case 'queue':
      return true;
    default:
      return false;
  }
}
