import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { bodyOf, type StandIn, sendHtml, sendJson } from './http.ts';
import { page } from './page.ts';
import { type Received, serve } from './serve.ts';
import { createStripe, type StripeOptions, type StripeStandIn } from './stripe.ts';
import { createStripeBoard } from './stripe-board.ts';

/** Stripe's stand-in without the other services. */
export type StripeAlone = {
  origin: string;
  vars: Record<string, string>;
  stripe: StripeStandIn;
  received: readonly Received[];
  close(): Promise<void>;
};

/** Starts the API, the payment page and their part of the board on one port of loopback; 0 takes a free port. */
export async function startStripe({
  port = 0,
  ...options
}: Omit<StripeOptions, 'origin'> & { port?: number }): Promise<StripeAlone> {
  const received: Received[] = [];
  let standIns: readonly StandIn[] = [];
  const { origin, close } = await serve({ port, standIns: () => standIns, received, quiet: true });
  const stripe = createStripe({ origin, ...options });
  const part = createStripeBoard(stripe);
  const board: StandIn = {
    name: 'Board',
    mount: '',
    vars: {},
    answer(exchange) {
      if (exchange.path === '/')
        return sendHtml(exchange.response, 200, page('Stripe', `<h1>Stripe</h1>${part.html()}`, { wide: true }));
      if (/^\/board\/stripe[/.]/.test(exchange.path))
        return part.answer(exchange, exchange.path.slice('/board/stripe'.length));
      sendJson(exchange.response, 404, { error: 'Not found' });
    },
  };
  standIns = [stripe, stripe.checkout, board];
  return {
    origin,
    vars: stripe.vars,
    stripe,
    received,
    async close() {
      stripe.close?.();
      await close();
    },
  };
}

/** Stripe's client, connected to a stand-in as in the app, without retries. */
export function clientOf(vars: Record<string, string>, changes: { key?: string } = {}): Stripe {
  const { hostname, port } = new URL(vars.STRIPE_API_BASE ?? '');
  return new Stripe(changes.key ?? vars.STRIPE_SECRET_KEY ?? '', {
    host: hostname,
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  });
}

/** One received delivery. */
export type Delivery = { body: string; signature: string; event: Stripe.Event };

/** A webhook that records its deliveries. `answer` gives the status of each; 200 by default. */
export async function startWebhook(answer: (delivery: Delivery, count: number) => number = () => 200) {
  const deliveries: Delivery[] = [];
  const server = createServer(async (request, response) => {
    const body = (await bodyOf(request, 1024 * 1024))?.toString('utf8') ?? '';
    const delivery: Delivery = {
      body,
      signature: String(request.headers['stripe-signature']),
      event: JSON.parse(body) as Stripe.Event,
    };
    deliveries.push(delivery);
    response.writeHead(request.url === '/webhooks/stripe' ? answer(delivery, deliveries.length) : 404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    deliveries,
    types: () => deliveries.map(({ event }) => event.type),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The app's request for a session that sells a pack of credits. */
export function packOrder(changes: Partial<Stripe.Checkout.SessionCreateParams> = {}) {
  return {
    mode: 'payment',
    line_items: [
      {
        quantity: 1,
        price_data: { currency: 'usd', unit_amount: 999, product_data: { name: '10 credits' } },
      },
    ],
    client_reference_id: 'user_1',
    customer_email: 'ada@echoes.test',
    metadata: { pack: 'ten' },
    payment_intent_data: { metadata: { pack: 'ten' } },
    success_url: 'http://localhost:8787/credits/return?session_id={CHECKOUT_SESSION_ID}',
    cancel_url: 'http://localhost:8787/credits',
    ...changes,
  } satisfies Stripe.Checkout.SessionCreateParams;
}
