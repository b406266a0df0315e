import { randomBytes } from 'node:crypto';
import type Stripe from 'stripe';

/** The version of the API. */
export const apiVersion = '2026-10-28.endive';

export type Session = Stripe.Checkout.Session;
/** The wire has decimals as text. */
type Price = Omit<Stripe.Price, 'unit_amount_decimal'> & { unit_amount_decimal: string };
export type LineItem = Omit<Stripe.LineItem, 'price'> & { price: Price };
export type AnyObject = { id: string; object: string; created: number };

const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A new id in Stripe's form: the prefix of its kind, then letters and digits. */
export function newId(prefix: string, length = 24): string {
  return `${prefix}_${[...randomBytes(length)].map((byte) => letters[byte % letters.length]).join('')}`;
}

const noAddress = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };

export type SessionWish = {
  created: number;
  expiresAt: number;
  origin: string;
  amount: number;
  currency: string;
  successUrl: string;
  cancelUrl: string | null;
  clientReferenceId: string | null;
  customer: string | null;
  customerCreation: 'always' | 'if_required' | null;
  email: string | null;
  metadata: Record<string, string>;
  methods: string[];
  allowedMethods: string[] | null;
  isAdaptive: boolean;
  locale: string | null;
  submitType: string | null;
};

/** An open, unpaid Checkout Session. */
export function newSession(wish: SessionWish): Session {
  const id = newId('cs_test', 58);
  return {
    id,
    object: 'checkout.session',
    adaptive_pricing: { enabled: wish.isAdaptive },
    after_expiration: null,
    allow_promotion_codes: null,
    allowed_payment_method_types: wish.allowedMethods,
    amount_subtotal: wish.amount,
    amount_total: wish.amount,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: null,
    cancel_url: wish.cancelUrl,
    client_reference_id: wish.clientReferenceId,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: wish.created,
    currency: wish.currency,
    currency_conversion: null,
    custom_fields: [],
    custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
    customer: wish.customer,
    customer_account: null,
    customer_creation: wish.customerCreation,
    customer_details: wish.email ? detailsOf(wish.email) : null,
    customer_email: wish.customer ? null : wish.email,
    discounts: [],
    expires_at: wish.expiresAt,
    integration_identifier: null,
    invoice: null,
    invoice_creation: {
      enabled: false,
      invoice_data: {
        account_tax_ids: null,
        custom_fields: null,
        description: null,
        footer: null,
        issuer: null,
        metadata: {},
        rendering_options: null,
      },
    },
    livemode: false,
    locale: wish.locale as Session['locale'],
    managed_payments: { enabled: false },
    metadata: wish.metadata,
    mode: 'payment',
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: 'if_required',
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: wish.methods,
    payment_status: 'unpaid',
    permissions: null,
    phone_number_collection: { enabled: false },
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: wish.submitType as Session['submit_type'],
    subscription: null,
    success_url: wish.successUrl,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: 'hosted_page',
    url: `${wish.origin}/checkout/c/pay/${id}`,
    wallet_options: null,
  };
}

/** The payer, with the fields that Checkout asks for. */
export function detailsOf(email: string): NonNullable<Session['customer_details']> {
  return {
    address: null,
    business_name: null,
    email,
    individual_name: null,
    name: null,
    phone: null,
    tax_exempt: 'none',
    tax_ids: [],
  };
}

export function newLineItem(wish: {
  created: number;
  description: string;
  currency: string;
  unitAmount: number;
  quantity: number;
}): LineItem {
  const total = wish.unitAmount * wish.quantity;
  return {
    id: newId('li'),
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: total,
    amount_tax: 0,
    amount_total: total,
    currency: wish.currency,
    description: wish.description,
    metadata: {},
    quantity: wish.quantity,
    price: {
      id: newId('price'),
      object: 'price',
      active: false,
      billing_scheme: 'per_unit',
      created: wish.created,
      currency: wish.currency,
      custom_unit_amount: null,
      livemode: false,
      lookup_key: null,
      metadata: {},
      nickname: null,
      product: newId('prod', 14),
      recurring: null,
      tax_behavior: 'unspecified',
      tiers_mode: null,
      transform_quantity: null,
      type: 'one_time',
      unit_amount: wish.unitAmount,
      unit_amount_decimal: String(wish.unitAmount),
    },
  };
}

export function newCustomer(wish: {
  created: number;
  email: string | null;
  name: string | null;
  phone: string | null;
  description: string | null;
  metadata: Record<string, string>;
}): Stripe.Customer {
  return {
    id: newId('cus', 14),
    object: 'customer',
    address: null,
    balance: 0,
    created: wish.created,
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: wish.description,
    discount: null,
    email: wish.email,
    invoice_prefix: randomBytes(4).toString('hex').toUpperCase(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: false,
    metadata: wish.metadata,
    name: wish.name,
    next_invoice_sequence: 1,
    phone: wish.phone,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  };
}

/** The payment of a session, before the first attempt. */
export function newIntent(
  session: Session,
  wish: { created: number; metadata: Record<string, string>; description: string | null; receiptEmail: string | null },
): Stripe.PaymentIntent {
  const id = newId('pi');
  return {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount: session.amount_total ?? 0,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic_async',
    client_secret: newId(`${id}_secret`),
    confirmation_method: 'automatic',
    created: wish.created,
    currency: session.currency ?? 'usd',
    customer: session.customer,
    customer_account: null,
    description: wish.description,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: { enabled: false },
    metadata: wish.metadata,
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: session.payment_method_types,
    payment_record: null,
    processing: null,
    receipt_email: wish.receiptEmail,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'requires_payment_method',
    transfer_data: null,
    transfer_group: null,
  };
}

/** One attempt to pay: by card, or by a bank debit that settles days later. */
export function newCharge(
  intent: Stripe.PaymentIntent,
  wish: { created: number; origin: string; email: string | null; status: 'succeeded' | 'pending' | 'failed' },
): Stripe.Charge {
  const id = newId('ch');
  const isPaid = wish.status !== 'failed';
  return {
    id,
    object: 'charge',
    amount: intent.amount,
    amount_captured: wish.status === 'succeeded' ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: wish.status === 'succeeded' ? newId('txn') : null,
    billing_details: { address: noAddress, email: wish.email, name: null, phone: null, tax_id: null },
    calculated_statement_descriptor: 'ECHOES',
    captured: isPaid,
    created: wish.created,
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: isPaid ? null : 'card_declined',
    failure_message: isPaid ? null : 'Your card was declined.',
    fraud_details: {},
    livemode: false,
    metadata: { ...intent.metadata },
    on_behalf_of: null,
    outcome: {
      advice_code: null,
      network_advice_code: null,
      network_decline_code: isPaid ? null : '01',
      network_status: isPaid ? 'approved_by_network' : 'declined_by_network',
      reason: isPaid ? null : 'generic_decline',
      risk_level: 'normal',
      risk_score: 12,
      seller_message: isPaid ? 'Payment complete.' : 'The bank did not return any further details with this decline.',
      type: isPaid ? 'authorized' : 'issuer_declined',
    },
    paid: isPaid,
    payment_intent: intent.id,
    payment_method: newId('pm'),
    payment_method_details: methodDetails(intent.amount, wish.status === 'pending'),
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: isPaid ? `${wish.origin}/checkout/receipts/payment/${id}` : null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: wish.status,
    transfer_data: null,
    transfer_group: null,
  };
}

function methodDetails(amount: number, isDelayed: boolean): Stripe.Charge.PaymentMethodDetails {
  if (isDelayed) {
    return {
      type: 'us_bank_account',
      us_bank_account: {
        account_holder_type: 'individual',
        account_type: 'checking',
        bank_name: 'STRIPE TEST BANK',
        expected_debit_date: null,
        fingerprint: 'AOB934RVNwzk6xtn',
        last4: '6789',
        mandate: null,
        payment_reference: null,
        routing_number: '110000000',
      } as unknown as Stripe.Charge.PaymentMethodDetails.UsBankAccount,
    };
  }
  return {
    type: 'card',
    card: {
      amount_authorized: amount,
      authorization_code: null,
      brand: 'visa',
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
      country: 'US',
      electronic_commerce_indicator: null,
      exp_month: 12,
      exp_year: 2034,
      extended_authorization: { status: 'disabled' },
      fingerprint: 'AOB934RVNwzk6xtn',
      funding: 'credit',
      incremental_authorization: { status: 'unavailable' },
      installments: null,
      last4: '4242',
      mandate: null,
      multicapture: { status: 'unavailable' },
      network: 'visa',
      network_token: { used: false },
      network_transaction_id: null,
      overcapture: { maximum_amount_capturable: amount, status: 'unavailable' },
      regulated_status: 'unregulated',
      three_d_secure: null,
      transaction_link_id: null,
      wallet: null,
    },
  };
}

export function newRefund(
  charge: Stripe.Charge,
  wish: { created: number; amount: number; reason: string | null; metadata: Record<string, string> },
): Stripe.Refund {
  return {
    id: newId('re'),
    object: 'refund',
    amount: wish.amount,
    balance_transaction: newId('txn'),
    charge: charge.id,
    created: wish.created,
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: {
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
      type: 'card',
    },
    metadata: wish.metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: wish.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  };
}

/** A chargeback, or an inquiry, which takes no money. */
export function newDispute(
  charge: Stripe.Charge,
  wish: { created: number; amount: number; reason: string; isInquiry: boolean },
): Stripe.Dispute {
  return {
    id: newId('dp'),
    object: 'dispute',
    amount: wish.amount,
    balance_transactions: [],
    charge: charge.id,
    created: wish.created,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: {
      access_activity_log: null,
      billing_address: null,
      cancellation_policy: null,
      cancellation_policy_disclosure: null,
      cancellation_rebuttal: null,
      customer_communication: null,
      customer_email_address: charge.billing_details.email,
      customer_name: null,
      customer_purchase_ip: null,
      customer_signature: null,
      duplicate_charge_documentation: null,
      duplicate_charge_explanation: null,
      duplicate_charge_id: null,
      enhanced_evidence: {},
      product_description: null,
      receipt: null,
      refund_policy: null,
      refund_policy_disclosure: null,
      refund_refusal_explanation: null,
      service_date: null,
      service_documentation: null,
      shipping_address: null,
      shipping_carrier: null,
      shipping_date: null,
      shipping_documentation: null,
      shipping_tracking_number: null,
      uncategorized_file: null,
      uncategorized_text: null,
    },
    evidence_details: {
      due_by: wish.created + 14 * 86_400,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: null as unknown as Stripe.Dispute.EvidenceDetails.SubmissionMethod,
    },
    intended_submission_method: null,
    is_charge_refundable: wish.isInquiry,
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    payment_method_details: {
      card: {
        brand: 'visa',
        case_type: wish.isInquiry ? 'inquiry' : 'chargeback',
        network: 'visa',
        network_reason_code: '10.4',
      } as Stripe.Dispute.PaymentMethodDetails.Card,
      type: 'card',
    },
    reason: wish.reason,
    status: wish.isInquiry ? 'warning_needs_response' : 'needs_response',
  };
}

/** The API request that caused a change; null values for the action of a person. */
export type Cause = { id: string | null; idempotency_key: string | null };

export type Event = {
  id: string;
  object: 'event';
  api_version: string;
  created: number;
  data: { object: AnyObject; previous_attributes?: Record<string, unknown> };
  livemode: boolean;
  pending_webhooks: number;
  request: Cause;
  type: string;
};
