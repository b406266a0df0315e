import { type Account, done, missing, type Outcome } from './stripe-account.ts';
import type { Events } from './stripe-events.ts';
import { type Check, type Fields, textAt } from './stripe-form.ts';
import type { AnyObject, Cause } from './stripe-objects.ts';
import * as params from './stripe-params.ts';
import type { Payments } from './stripe-payments.ts';
import type { Reversals } from './stripe-reversals.ts';
import { createViews } from './stripe-views.ts';

/** One endpoint of the API. */
export type Route = {
  method: 'GET' | 'POST';
  path: RegExp;
  params: Check;
  /** The kind of object in the answer. */
  gives: string;
  run: (fields: Fields, id: string, cause: Cause) => Outcome<object>;
};

/** The endpoints of the API that the stand-in has. */
export function createRoutes({
  account,
  payments,
  reversals,
  events,
}: {
  account: Account;
  payments: Payments;
  reversals: Reversals;
  events: Events;
}): readonly Route[] {
  const { view, paged, lineItems } = createViews(account);

  /** Reads one object by id. */
  const read =
    (kept: ReadonlyMap<string, AnyObject>, kind: string): Route['run'] =>
    (fields, id) => {
      const object = kept.get(id);
      return object ? view(object, fields) : missing(kind, id);
    };
  const shown = (outcome: Outcome<object>, fields: Fields) => (outcome.ok ? view(outcome.value, fields) : outcome);
  /** True where the request does not filter by this field, or filters by this value. */
  const matchesFilter = (fields: Fields, name: string, value: unknown) =>
    textAt(fields, name) === undefined || textAt(fields, name) === value;

  const { expandParams, pagedParams } = params;
  const { sessions, intents, charges, refunds, disputes, warnings, customers, transactions } = account;
  return [
    {
      method: 'POST',
      path: /^\/checkout\/sessions$/,
      params: params.sessionParams,
      gives: 'checkout.session',
      run: (fields) => shown(account.openSession(fields), fields),
    },
    {
      method: 'GET',
      path: /^\/checkout\/sessions$/,
      params: params.sessionListParams,
      gives: 'list of checkout.session',
      run: (fields) =>
        paged(sessions.values(), fields, {
          url: '/v1/checkout/sessions',
          kind: 'checkout.session',
          matches: (session) =>
            ['status', 'customer', 'payment_intent'].every((name) =>
              matchesFilter(fields, name, session[name as keyof typeof session]),
            ) && [undefined, session.customer_details?.email].includes(textAt(fields, 'customer_details', 'email')),
        }),
    },
    {
      method: 'GET',
      path: /^\/checkout\/sessions\/(\w+)$/,
      params: expandParams,
      gives: 'checkout.session',
      run: read(sessions, 'checkout.session'),
    },
    {
      method: 'GET',
      path: /^\/checkout\/sessions\/(\w+)\/line_items$/,
      params: pagedParams,
      gives: 'list of item',
      run: (_fields, id) => (sessions.has(id) ? done(lineItems(id)) : missing('checkout.session', id, 'session')),
    },
    {
      method: 'POST',
      path: /^\/checkout\/sessions\/(\w+)\/expire$/,
      params: expandParams,
      gives: 'checkout.session',
      run: (fields, id, cause) => shown(payments.expire(id, cause), fields),
    },
    {
      method: 'POST',
      path: /^\/customers$/,
      params: params.customerParams,
      gives: 'customer',
      run: (fields, _id, cause) => shown(account.openCustomer(fields, cause), fields),
    },
    {
      method: 'GET',
      path: /^\/customers\/(\w+)$/,
      params: expandParams,
      gives: 'customer',
      run: read(customers, 'customer'),
    },
    {
      method: 'GET',
      path: /^\/payment_intents\/(\w+)$/,
      params: expandParams,
      gives: 'payment_intent',
      run: read(intents, 'payment_intent'),
    },
    { method: 'GET', path: /^\/charges\/(\w+)$/, params: expandParams, gives: 'charge', run: read(charges, 'charge') },
    {
      method: 'GET',
      path: /^\/charges$/,
      params: params.chargeListParams,
      gives: 'list of charge',
      run: (fields) =>
        paged(charges.values(), fields, {
          url: '/v1/charges',
          kind: 'charge',
          matches: ({ payment_intent, customer }) =>
            matchesFilter(fields, 'payment_intent', payment_intent) && matchesFilter(fields, 'customer', customer),
        }),
    },
    {
      method: 'POST',
      path: /^\/refunds$/,
      params: params.refundParams,
      gives: 'refund',
      run: (fields, _id, cause) => shown(reversals.refundFrom(fields, cause), fields),
    },
    {
      method: 'GET',
      path: /^\/refunds$/,
      params: params.reversalListParams,
      gives: 'list of refund',
      run: (fields) =>
        paged(refunds.values(), fields, {
          url: '/v1/refunds',
          kind: 'refund',
          matches: ({ payment_intent, charge }) =>
            matchesFilter(fields, 'payment_intent', payment_intent) && matchesFilter(fields, 'charge', charge),
        }),
    },
    { method: 'GET', path: /^\/refunds\/(\w+)$/, params: expandParams, gives: 'refund', run: read(refunds, 'refund') },
    {
      method: 'GET',
      path: /^\/disputes$/,
      params: params.reversalListParams,
      gives: 'list of dispute',
      run: (fields) =>
        paged(disputes.values(), fields, {
          url: '/v1/disputes',
          kind: 'dispute',
          matches: ({ payment_intent, charge }) =>
            matchesFilter(fields, 'payment_intent', payment_intent) && matchesFilter(fields, 'charge', charge),
        }),
    },
    {
      method: 'GET',
      path: /^\/disputes\/(\w+)$/,
      params: expandParams,
      gives: 'dispute',
      run: read(disputes, 'dispute'),
    },
    {
      method: 'GET',
      path: /^\/balance_transactions$/,
      params: params.transactionListParams,
      gives: 'list of balance_transaction',
      run: (fields) =>
        paged(transactions.values(), fields, {
          url: '/v1/balance_transactions',
          kind: 'balance_transaction',
          matches: ({ type, source }) => matchesFilter(fields, 'type', type) && matchesFilter(fields, 'source', source),
        }),
    },
    {
      method: 'GET',
      path: /^\/radar\/early_fraud_warnings\/(\w+)$/,
      params: expandParams,
      gives: 'radar.early_fraud_warning',
      run: read(warnings, 'early_fraud_warning'),
    },
    {
      method: 'GET',
      path: /^\/events$/,
      params: params.eventListParams,
      gives: 'list of event',
      run: (fields) => {
        const types = Object.values((fields.types as Fields | undefined) ?? {}).map(String);
        const given = textAt(fields, 'delivery_success');
        const known = events.all().map(({ event }) => event);
        return paged(known, fields, {
          url: '/v1/events',
          kind: 'event',
          matches: ({ type, pending_webhooks }) =>
            isType(type, textAt(fields, 'type')) &&
            (types.length === 0 || types.includes(type)) &&
            (given === undefined || (given === 'true') === (pending_webhooks === 0)),
        });
      },
    },
    {
      method: 'GET',
      path: /^\/events\/(\w+)$/,
      params: expandParams,
      gives: 'event',
      run: (fields, id) => {
        const found = events.find(id);
        return found ? view(found.event, fields) : missing('event', id);
      },
    },
  ];
}

/** `charge.*` matches every type that begins with `charge.`. */
function isType(type: string, asked: string | undefined): boolean {
  return asked === undefined || (asked.endsWith('*') ? type.startsWith(asked.slice(0, -1)) : type === asked);
}
