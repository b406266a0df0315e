import type { LoadContext } from '~/load-context';
import type { Thread } from '~/log';

/**
 * What every door finds in its Hono context: what Remix's loaders get, the thread that gathers this request's log lines,
 * and the stable word of what was refused, once something was.
 */
export type RequestContext = { Bindings: Env; Variables: LoadContext & { thread: Thread; refusal?: string } };
