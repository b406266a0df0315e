import type { Context } from 'hono';
import { problemJson, wantsPage } from '~/problem';
import { page } from './remix';
import type { RequestContext } from './request-context';

/** What a refusal needs to know, whatever else its door keeps in the context. */
type Asked = Pick<Context<RequestContext>, 'req' | 'var'> & { set(key: 'refusal', reason: string): void };

/**
 * How every door says no: a page for people, JSON for programs. `reason` is a stable word for the latter; without one,
 * the status has its own, and so it is with the sentence `message`. `beside` goes beside the error in the JSON.
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
  if (wantsPage(c.req.raw.headers)) {
    try {
      return await page(c, new Request(new URL(`/problem/${status}`, c.req.url), { headers: c.req.raw.headers }));
    } catch (error) {
      c.var.logError(error, c.req.path);
    }
  }
  return Response.json({ ...beside, ...json }, { status });
}

/** What nobody expected: logged in full, answered with its id alone. */
export function unexpected(error: Error, c: Context<RequestContext>): Promise<Response> {
  c.var.logError(error, c.req.path);
  return problem(c, 500);
}

/** The answer of a door to every method but those in `allowed`. */
export function wrongMethod(allowed: string) {
  return async (c: Asked): Promise<Response> => {
    const refusal = await problem(c, 405);
    refusal.headers.set('Allow', allowed);
    return refusal;
  };
}
