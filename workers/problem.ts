import type { Context } from 'hono';
import { isReading } from '~/auth/own-origin';
import { problemData, problemJson, wantsPage } from '~/problem';
import { page } from './remix';
import type { RequestContext } from './request-context';

/** The part of a door's Hono context that a refusal uses. */
type Asked = Pick<Context<RequestContext>, 'req' | 'var'> & { set(key: 'refusal', reason: string): void };

/**
 * The refusal of every door: a page for browsers, its words for a page that loads its data, JSON for programs. `reason` (a stable word for programs) and `message`
 * default to those of the status. `beside` holds further fields of the JSON.
 */
export async function problem(
  c: Asked,
  status: number,
  reason?: string,
  message?: string,
  beside: object = {},
): Promise<Response> {
  const json = problemJson({ status, reason, message, requestId: c.var.requestId });
  c.set('refusal', json.error.reason);
  if (c.req.path.endsWith('.data')) return problemData({ status, isReading: isReading(c.req.method) });
  if (wantsPage(c.req.raw.headers)) {
    try {
      return await page(c, new Request(new URL(`/problem/${status}`, c.req.url), { headers: c.req.raw.headers }));
    } catch (error) {
      c.var.logError(error, c.req.path);
    }
  }
  return Response.json({ ...beside, ...json }, { status });
}

/** The answer to an unexpected error: 500 with the request id; the log has the details. */
export function unexpected(error: Error, c: Context<RequestContext>): Promise<Response> {
  c.var.logError(error, c.req.path);
  return problem(c, 500);
}

/** The handler for methods that a door does not take: a 405 that names those in `allowed`. */
export function wrongMethod(allowed: string) {
  return async (c: Asked): Promise<Response> => {
    const refusal = await problem(c, 405);
    refusal.headers.set('Allow', allowed);
    return refusal;
  };
}
