import type { Context } from 'hono';
import { isReading } from '~/auth/own-origin';
import { isOutcome, outcomeMessages } from '~/outcome-messages';
import { problemJson, wantsPage } from '~/problem';
import { readFormPost } from './form-post';
import { problem } from './problem';
import { rateClassOf } from './rate-limit';
import { page } from './remix';
import type { RequestContext } from './request-context';

/** The door for pages and form posts, which Remix answers. Its refusals look like those of other doors. */
export async function pages(c: Context<RequestContext>): Promise<Response> {
  const asked = c.req.raw;
  // Remix's own page for an address without a route would have no data, and so no number and no way to the owner.
  if (rateClassOf(asked.method, c.req.path) === 'unknown' && wantsPage(asked.headers)) return problem(c, 404);
  if (isReading(asked.method)) return asEveryDoor(c, await page(c, asked));
  const read = await readFormPost(asked);
  if (read.outcome === 'refused') return problem(c, read.status, undefined, read.message);
  return asEveryDoor(c, await page(c, read.request));
}

async function asEveryDoor(c: Context<RequestContext>, response: Response): Promise<Response> {
  const { status, headers } = response;
  if (status >= 400) c.set('refusal', problemJson({ status, requestId: c.var.requestId }).error.reason);
  // Remix's client reads errors in Remix's own format, which Remix has sanitized.
  if (status < 400 || c.req.path.endsWith('.data')) return response;
  if (wantsPage(c.req.raw.headers) && headers.get('Content-Type')?.startsWith('text/html')) return response;
  const given = c.req.method === 'HEAD' ? {} : await refusalOf(response);
  const message = given.message ?? (isOutcome(given.outcome) ? outcomeMessages[given.outcome] : undefined);
  const refusal = await problem(c, status, given.outcome, message, given);
  const allow = headers.get('Allow');
  if (allow) refusal.headers.set('Allow', allow);
  return refusal;
}

/** The JSON of a route's refusal. Remix's own error texts and those of faults are for developers, and left out. */
async function refusalOf(response: Response): Promise<{ outcome?: string; message?: string }> {
  const isOurs = response.headers.get('Content-Type')?.startsWith('application/json');
  if (!isOurs || response.headers.has('X-Remix-Error') || (response.status >= 500 && response.status !== 503))
    return {};
  return response.json();
}
