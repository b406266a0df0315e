import type Stripe from 'stripe';
import { newTransaction } from './stripe-balance.ts';
import { entriesAt, type Fields, metadataAt, numberAt, type Problem, textAt } from './stripe-form.ts';
import type { AnyObject, Cause, LineItem, Session } from './stripe-objects.ts';
import { newCustomer, newLineItem, newSession } from './stripe-session-objects.ts';

/** An error in Stripe's form. Errors about parameters are not stored under an idempotency key. */
export type Refusal = {
  status: number;
  error: { type: string; code?: string; message: string; param?: string };
  isAboutParams: boolean;
};
export type Outcome<T> = { ok: true; value: T } | { ok: false; refusal: Refusal };

export const done = <T>(value: T): Outcome<T> => ({ ok: true, value });
export const invalid = (problem: Problem): { ok: false; refusal: Refusal } => ({
  ok: false,
  refusal: { status: 400, error: { type: 'invalid_request_error', ...problem }, isAboutParams: true },
});
/** The error for a valid request that the current state does not allow. */
export const refused = (message: string, code?: string, param?: string): { ok: false; refusal: Refusal } => ({
  ok: false,
  refusal: {
    status: 400,
    error: { type: 'invalid_request_error', message, ...(code ? { code } : {}), ...(param ? { param } : {}) },
    isAboutParams: false,
  },
});
export const missing = (kind: string, id: string, param = 'id', status = 404): { ok: false; refusal: Refusal } => ({
  ok: false,
  refusal: {
    status,
    error: { type: 'invalid_request_error', code: 'resource_missing', message: `No such ${kind}: '${id}'`, param },
    isAboutParams: status === 400,
  },
});

/** Records a change as an event and delivers it to the webhook. */
export type Emit = (type: string, object: AnyObject, cause: Cause | null, previous?: Record<string, unknown>) => void;

/** Fields of a session that its payment takes over. */
export type PaymentFields = {
  metadata: Record<string, string>;
  description: string | null;
  receiptEmail: string | null;
};

/** The payment methods of this account; a session may allow fewer. */
const usualMethods = ['card', 'link', 'us_bank_account'];
const leastAmount = 50;
const minute = 60;

export type Account = ReturnType<typeof createAccount>;

/** The objects of a Stripe account: sessions, customers, payments, refunds and disputes. */
export function createAccount({ origin, now, emit }: { origin: string; now: () => number; emit: Emit }) {
  const sessions = new Map<string, Session>();
  const items = new Map<string, LineItem[]>();
  const paymentFields = new Map<string, PaymentFields>();
  const intents = new Map<string, Stripe.PaymentIntent>();
  const charges = new Map<string, Stripe.Charge>();
  const refunds = new Map<string, Stripe.Refund>();
  const disputes = new Map<string, Stripe.Dispute>();
  const warnings = new Map<string, Stripe.Radar.EarlyFraudWarning>();
  const customers = new Map<string, Stripe.Customer>();
  const transactions = new Map<string, Stripe.BalanceTransaction>();
  const kept: readonly Map<string, AnyObject>[] = [
    ...[sessions, intents, charges, refunds, disputes, customers, warnings, transactions],
  ];
  const seconds = () => Math.floor(now() / 1000);

  function openSession(fields: Fields): Outcome<Session> {
    const created = seconds();
    const expiresAt = numberAt(fields, 'expires_at') ?? created + 24 * 60 * minute;
    const lines = entriesAt(fields, 'line_items').map(([, line]) => lineFrom(line as Fields, created));
    const currencies = new Set(lines.map(({ currency }) => currency));
    const amount = lines.reduce((sum, line) => sum + line.amount_total, 0);
    const [currency = 'usd'] = currencies;
    const customer = textAt(fields, 'customer') ?? null;
    const email = textAt(fields, 'customer_email') ?? null;
    const problem = problemIn({ fields, lines, currencies, amount, currency, customer, email, created, expiresAt });
    if (problem) return invalid(problem);
    if (customer && !customers.has(customer)) return missing('customer', customer, 'customer', 400);
    const creation = textAt(fields, 'customer_creation');
    const named = (name: string) => entriesAt(fields, name).map(([, method]) => String(method));
    const [allowed, excluded] = [named('allowed_payment_method_types'), named('excluded_payment_method_types')];
    const methods = usualMethods.filter(
      (method) => (allowed.length === 0 || allowed.includes(method)) && !excluded.includes(method),
    );
    if (methods.length === 0) return invalid({ message: 'No valid payment method types for this Checkout Session.' });
    const session = newSession({
      created,
      expiresAt,
      origin,
      amount,
      currency,
      successUrl: textAt(fields, 'success_url') ?? '',
      cancelUrl: textAt(fields, 'cancel_url') ?? null,
      clientReferenceId: textAt(fields, 'client_reference_id') ?? null,
      customer,
      customerCreation: customer ? null : creation === 'always' ? 'always' : 'if_required',
      email: email ?? customers.get(customer ?? '')?.email ?? null,
      metadata: metadataAt(fields, 'metadata'),
      methods,
      allowedMethods: allowed.length > 0 ? allowed : null,
      isAdaptive: textAt(fields, 'adaptive_pricing', 'enabled') !== 'false',
      locale: textAt(fields, 'locale') ?? null,
      submitType: textAt(fields, 'submit_type') ?? null,
    });
    sessions.set(session.id, session);
    items.set(session.id, lines);
    paymentFields.set(session.id, {
      metadata: metadataAt(fields, 'payment_intent_data', 'metadata'),
      description: textAt(fields, 'payment_intent_data', 'description') ?? null,
      receiptEmail: textAt(fields, 'payment_intent_data', 'receipt_email') ?? null,
    });
    return done(session);
  }

  function addCustomer(
    given: Omit<Parameters<typeof newCustomer>[0], 'created'>,
    cause: Cause | null,
  ): Stripe.Customer {
    const customer = newCustomer({ created: seconds(), ...given });
    customers.set(customer.id, customer);
    emit('customer.created', customer, cause);
    return customer;
  }

  function openCustomer(fields: Fields, cause: Cause | null): Outcome<Stripe.Customer> {
    const text = (name: string) => textAt(fields, name) ?? null;
    const metadata = metadataAt(fields, 'metadata');
    const names = { email: text('email'), name: text('name'), phone: text('phone'), description: text('description') };
    return done(addCustomer({ ...names, metadata }, cause));
  }

  /** Money moves into the balance (`amount` > 0) or out of it, less the fee. */
  function move(moved: Omit<Parameters<typeof newTransaction>[0], 'created'>): Stripe.BalanceTransaction {
    const made = newTransaction({ created: seconds(), ...moved });
    transactions.set(made.id, made);
    return made;
  }

  return {
    origin,
    seconds,
    move,
    emit,
    sessions,
    items,
    paymentFields,
    intents,
    charges,
    refunds,
    disputes,
    customers,
    warnings,
    transactions,
    openSession,
    addCustomer,
    openCustomer,
    /** Any object by its id. */
    find: (id: string): AnyObject | null => kept.find((some) => some.has(id))?.get(id) ?? null,
  };
}

function lineFrom(line: Fields, created: number): LineItem {
  return newLineItem({
    created,
    description: textAt(line, 'price_data', 'product_data', 'name') ?? '',
    currency: (textAt(line, 'price_data', 'currency') ?? '').toLowerCase(),
    unitAmount: numberAt(line, 'price_data', 'unit_amount') ?? 0,
    quantity: numberAt(line, 'quantity') ?? 1,
  });
}

/** The checks that concern several parameters together. */
function problemIn(asked: {
  fields: Fields;
  lines: readonly LineItem[];
  currencies: ReadonlySet<string>;
  amount: number;
  currency: string;
  customer: string | null;
  email: string | null;
  created: number;
  expiresAt: number;
}): Problem | null {
  const { fields, lines, currencies, amount, currency, customer, email, created, expiresAt } = asked;
  if (textAt(fields, 'mode') !== 'payment')
    return { message: 'The stand-in for Stripe takes `payment` as mode and nothing else.', param: 'mode' };
  if ((textAt(fields, 'ui_mode') ?? 'hosted_page') !== 'hosted_page')
    return { message: 'The stand-in for Stripe has a hosted page and nothing else.', param: 'ui_mode' };
  if (lines.length === 0)
    return { message: 'You must provide at least one line item.', param: 'line_items', code: 'parameter_missing' };
  if (currencies.size > 1)
    return { message: 'All line items of a Checkout Session must have the same currency.', param: 'line_items' };
  if (customer && email)
    return { message: 'You may only specify one of these parameters: customer, customer_email.', param: 'customer' };
  if (customer && textAt(fields, 'customer_creation'))
    return { message: 'You may only specify one of these parameters: customer, customer_creation.', param: 'customer' };
  if (expiresAt < created + 30 * minute)
    return {
      message: 'The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.',
      param: 'expires_at',
    };
  if (expiresAt > created + 24 * 60 * minute)
    return {
      message: 'The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.',
      param: 'expires_at',
    };
  if (amount > 0 && amount < leastAmount)
    return {
      code: 'amount_too_small',
      message: `The Checkout Session's total amount due must add up to at least ${leastAmount} cents in ${currency}.`,
    };
  return null;
}
