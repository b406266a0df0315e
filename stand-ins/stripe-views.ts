import { type Account, done, invalid, type Outcome } from './stripe-account.ts';
import { entriesAt, type Fields, numberAt, type Problem, textAt } from './stripe-form.ts';
import type { AnyObject } from './stripe-objects.ts';

type Json = Record<string, unknown>;

/** The expandable fields of each kind of object, with the kind that each leads to. */
const expandable: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'checkout.session': { customer: 'customer', payment_intent: 'payment_intent', line_items: 'list of item' },
  payment_intent: { customer: 'customer', latest_charge: 'charge' },
  // The source of a transaction is a charge, a refund or a dispute; Echoes expands nothing in it.
  balance_transaction: { source: 'source' },
  charge: {
    balance_transaction: 'balance_transaction',
    customer: 'customer',
    payment_intent: 'payment_intent',
    refunds: 'list of refund',
  },
  refund: { balance_transaction: 'balance_transaction', charge: 'charge', payment_intent: 'payment_intent' },
  dispute: { charge: 'charge', payment_intent: 'payment_intent' },
};

/** The error of a request's `expand`, for an answer of this kind; null for a valid one. */
export function expansionProblem(kind: string, fields: Fields): Problem | null {
  for (const [, value] of entriesAt(fields, 'expand')) {
    const steps = String(value).split('.');
    if (steps.filter((step) => step !== 'data').length > 4)
      return { message: 'You cannot expand more than 4 levels of a property.', param: 'expand' };
    const end = steps.reduce<string | undefined>((at = '', step) => {
      if (at.startsWith('list of ')) return step === 'data' ? at.slice('list of '.length) : undefined;
      const known = expandable[at] ?? {};
      return Object.hasOwn(known, step) ? known[step] : undefined;
    }, kind);
    if (end === undefined) return { message: `This property cannot be expanded (${String(value)}).`, param: 'expand' };
  }
  return null;
}

/** Answers with objects: expanded as the request names, and in pages. */
export function createViews(account: Account) {
  /** A copy of an object or list, with the fields expanded that the request names. */
  function view(object: object, fields: Fields): Outcome<Json> {
    const copy = structuredClone(object) as Json;
    for (const [, path] of entriesAt(fields, 'expand')) expandInto(copy, String(path).split('.'));
    return done(copy);
  }

  function expandInto(target: Json, [name = '', ...rest]: readonly string[]): void {
    if (name === 'data' && Array.isArray(target.data)) {
      for (const entry of target.data as Json[]) expandInto(entry, rest);
      return;
    }
    const value = target[name] ?? listIn(target, name);
    const inner = typeof value === 'string' ? structuredClone(account.find(value)) : value;
    if (typeof inner !== 'object' || inner === null) return;
    target[name] = inner;
    if (rest.length > 0) expandInto(inner as Json, rest);
  }

  /** An expandable list of an object. */
  function listIn({ id, object }: Json, name: string): unknown {
    if (object === 'checkout.session' && name === 'line_items') return lineItems(String(id));
    if (object !== 'charge' || name !== 'refunds') return null;
    const data = [...account.refunds.values()].filter(({ charge }) => charge === id).reverse();
    return listOf(structuredClone(data), `/v1/charges/${String(id)}/refunds`, false);
  }

  function lineItems(sessionId: string) {
    const data = structuredClone(account.items.get(sessionId) ?? []);
    return listOf(data, `/v1/checkout/sessions/${sessionId}/line_items`, false);
  }

  /** One page of objects, newest first; `all` comes oldest first. */
  function paged<T extends AnyObject>(
    all: Iterable<T>,
    fields: Fields,
    { url, kind, matches = () => true }: { url: string; kind: string; matches?: (object: T) => boolean },
  ): Outcome<Json> {
    const limit = numberAt(fields, 'limit') ?? 10;
    if (limit > 100)
      return invalid({
        message: 'This value must be less than or equal to 100 (it currently is more).',
        param: 'limit',
      });
    const everything = [...all].reverse();
    const indexes: Record<string, number> = {};
    for (const param of ['starting_after', 'ending_before']) {
      const id = textAt(fields, param);
      if (id === undefined) continue;
      indexes[param] = everything.findIndex((object) => object.id === id);
      if (indexes[param] < 0) return invalid({ code: 'resource_missing', message: `No such ${kind}: '${id}'`, param });
    }
    const { starting_after: after, ending_before: before } = indexes;
    const from = after === undefined ? everything : everything.slice(after + 1);
    const within = before === undefined ? from : everything.slice(0, before);
    const found = within.filter((object) => isInTime(object.created, fields) && matches(object));
    // With `ending_before`, the page is the one that ends right before that object.
    const data = before === undefined ? found.slice(0, limit) : found.slice(-limit);
    return view(listOf(data, url, found.length > data.length), fields);
  }

  return { view, paged, lineItems };
}

function listOf(data: readonly unknown[], url: string, hasMore: boolean) {
  return { object: 'list', data, has_more: hasMore, url };
}

function isInTime(created: number, fields: Fields): boolean {
  const at = numberAt(fields, 'created');
  if (at !== undefined) return created === at;
  const { gt, gte, lt, lte } = {
    gt: numberAt(fields, 'created', 'gt') ?? -1,
    gte: numberAt(fields, 'created', 'gte') ?? 0,
    lt: numberAt(fields, 'created', 'lt') ?? Number.POSITIVE_INFINITY,
    lte: numberAt(fields, 'created', 'lte') ?? Number.POSITIVE_INFINITY,
  };
  return created > gt && created >= gte && created < lt && created <= lte;
}
