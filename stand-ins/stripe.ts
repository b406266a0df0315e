import { bodyOf, type Exchange, type Origins, type StandIn } from './http.ts';
import { type Account, createAccount } from './stripe-account.ts';
import { type Answer, answerOf, createForcedAnswers, createIdempotency, errorAnswer } from './stripe-answers.ts';
import { createCheckout } from './stripe-checkout.ts';
import { createEvents, type Events } from './stripe-events.ts';
import { fieldsOf } from './stripe-form.ts';
import { apiVersion, newId } from './stripe-objects.ts';
import { createPayments, type Payments } from './stripe-payments.ts';
import { createReversals, type Reversals } from './stripe-reversals.ts';
import { createRoutes, type Route } from './stripe-routes.ts';
import { expansionProblem } from './stripe-views.ts';

/** The key that the stand-in accepts, and the secret of its signatures; they are valid nowhere else. */
const stripeKey = 'sk_test_echoes0000000000000000000000000000';
export const stripeWebhookSecret = 'whsec_echoes0000000000000000000000000000';

/** Stripe's stand-in, with its controls for tests and the board. */
export type StripeStandIn = StandIn & {
  /** The hosted payment page and the receipts. */
  checkout: StandIn;
  account: Account;
  payments: Payments;
  reversals: Reversals;
  events: Events;
  answers: ReturnType<typeof createForcedAnswers>;
  webhook: string;
};

export type StripeOptions = Origins & {
  /** Milliseconds before each further attempt to deliver an event. */
  retryDelays?: readonly number[];
  now?: () => number;
};

/**
 * The part of Stripe's wire protocol that sells credits. Its mount is `/v1`, because Stripe's client takes a host and a
 * port, but no path.
 */
export function createStripe({
  origin,
  appOrigin,
  retryDelays = [300, 1000, 3000, 8000],
  now = Date.now,
}: StripeOptions): StripeStandIn {
  const webhook = `${appOrigin}/webhooks/stripe`;
  const events = createEvents({ webhook, secret: stripeWebhookSecret, now, retryDelays });
  const account = createAccount({ origin, now, emit: events.emit });
  const payments = createPayments(account);
  const reversals = createReversals(account);
  const answers = createForcedAnswers();
  const idempotency = createIdempotency({ now });
  const routes = createRoutes({ account, payments, reversals, events });

  async function answer(exchange: Exchange): Promise<void> {
    const { request, response, path, url, note } = exchange;
    const requestId = newId('req', 14);
    const method = request.method ?? '';
    const body = method === 'POST' ? ((await bodyOf(request, 256 * 1024))?.toString('utf8') ?? '') : '';
    const key = header(request.headers['idempotency-key']);
    payments.sweep();
    const found = headerRefusal(exchange) ?? forRoute();

    async function send(given: Answer): Promise<void> {
      const { status, headers } = given;
      const { error } = given.body as { error?: { code?: string; message?: string } };
      if (error) note(error.code ?? error.message ?? '');
      response.writeHead(status, {
        'content-type': 'application/json',
        'cache-control': 'no-cache, no-store',
        'request-id': requestId,
        'stripe-version': apiVersion,
        ...(key ? { 'idempotency-key': key } : {}),
        ...headers,
      });
      response.end(JSON.stringify(given.body, null, 2));
    }

    function forRoute(): Answer | { route: Route; id: string } {
      const here = routes.filter((route) => route.path.test(path));
      const route = here.find((one) => one.method === method);
      if (route) return { route, id: route.path.exec(path)?.[1] ?? '' };
      const message = `Unrecognized request URL (${method}: ${url.pathname}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`;
      return errorAnswer(404, { type: 'invalid_request_error', message });
    }

    if (!('route' in found)) return send(found);
    const { route, id } = found;
    const forced = answers.take(method);
    if (forced) note(`forced: ${forced}`);
    if (forced === 'RATE_LIMIT')
      return send(errorAnswer(429, { type: 'rate_limit_error', code: 'rate_limit', message: 'Too many requests.' }));
    if (forced === 'UNAVAILABLE')
      return send(errorAnswer(503, { type: 'api_error', message: 'The service is overloaded.' }));

    async function work(): Promise<{ answer: Answer; isRemembered: boolean }> {
      const fields = fieldsOf(method === 'POST' ? body : url.search.slice(1));
      const problem = route.params(fields, '') ?? expansionProblem(route.gives, fields);
      if (problem)
        return { answer: errorAnswer(400, { type: 'invalid_request_error', ...problem }), isRemembered: false };
      const failed = errorAnswer(500, { type: 'api_error', message: 'An unknown error occurred.' });
      if (forced === 'ERROR') return { answer: failed, isRemembered: true };
      const outcome = route.run(fields, id, { id: requestId, idempotency_key: key ?? null });
      if (forced === 'HOLD') await answers.untilReleased();
      return { answer: answerOf(outcome), isRemembered: outcome.ok || !outcome.refusal.isAboutParams };
    }

    const given =
      key && method === 'POST'
        ? await idempotency.answered({ key, path: url.pathname, body, requestId }, work)
        : (await work()).answer;
    if (forced === 'LOSE_ANSWER') return void response.destroy();
    return send(given);
  }

  const checkout = createCheckout({ account, payments });
  return {
    name: 'Stripe',
    mount: '/v1',
    vars: { STRIPE_API_BASE: origin, STRIPE_SECRET_KEY: stripeKey, STRIPE_WEBHOOK_SECRET: stripeWebhookSecret },
    answer,
    checkout,
    account,
    payments,
    reversals,
    events,
    answers,
    webhook,
    close() {
      events.close();
      answers.release();
    },
  };
}

function header(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** The error of a request's headers, which are checked before its path and body. */
function headerRefusal({ request }: Exchange): Answer | null {
  const { authorization = '' } = request.headers;
  const basic = /^Basic (.+)$/.exec(authorization)?.[1];
  const given = basic
    ? Buffer.from(basic, 'base64').toString('utf8').split(':')[0]
    : /^Bearer (.+)$/.exec(authorization)?.[1];
  const refuse = (status: number, message: string) => errorAnswer(status, { type: 'invalid_request_error', message });
  if (!given)
    return refuse(
      401,
      'You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. "Authorization: Bearer YOUR_SECRET_KEY").',
    );
  if (given !== stripeKey)
    return refuse(401, `Invalid API Key provided: ${given.slice(0, 8)}${'*'.repeat(12)}${given.slice(-4)}`);
  const version = header(request.headers['stripe-version']);
  if (version !== undefined && version !== apiVersion) return refuse(400, `Invalid Stripe API version: ${version}`);
  const type = request.headers['content-type'] ?? 'application/x-www-form-urlencoded';
  if (request.method === 'POST' && !/^application\/x-www-form-urlencoded\b/i.test(type))
    return refuse(
      400,
      `Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any questions, we can help at https://support.stripe.com/.`,
    );
  return null;
}
