import type { LoadContext } from '~/load-context';
import type { Thread } from '~/log';

/**
 * The Hono context of every door: the load context of Remix, the thread of this request's log lines, and the stable
 * `reason` of a refusal.
 */
export type RequestContext = { Bindings: Env; Variables: LoadContext & { thread: Thread; refusal?: string } };
