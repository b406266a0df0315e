import { address, currency, email, flag, integer, list, metadata, oneOf, shape, text } from './stripe-form.ts';

// The parameters of each endpoint. Other parameters of Stripe are refused like misspelt ones.

const expand = list(text(), { max: 20 });
const range = shape({ gt: integer(), gte: integer(), lt: integer(), lte: integer() });
const created: typeof range = (value, param) =>
  typeof value === 'string' ? integer()(value, param) : range(value, param);
const paging = { limit: integer({ min: 1 }), starting_after: text(), ending_before: text(), expand };

const productData = shape(
  {
    name: text({ max: 250 }),
    description: text(),
    images: list(address, { max: 8 }),
    metadata,
    tax_code: text(),
    unit_label: text({ max: 12 }),
  },
  { required: ['name'] },
);

const priceData = shape(
  {
    currency,
    unit_amount: integer({ min: 0 }),
    product_data: productData,
    tax_behavior: oneOf('exclusive', 'inclusive', 'unspecified'),
  },
  { required: ['currency', 'unit_amount', 'product_data'] },
);

export const sessionParams = shape(
  {
    adaptive_pricing: shape({ enabled: flag }),
    allow_promotion_codes: flag,
    allowed_payment_method_types: list(text()),
    automatic_tax: shape({ enabled: flag }, { required: ['enabled'] }),
    billing_address_collection: oneOf('auto', 'required'),
    cancel_url: address,
    client_reference_id: text({ max: 200 }),
    currency,
    customer: text(),
    customer_creation: oneOf('always', 'if_required'),
    customer_email: email,
    excluded_payment_method_types: list(text()),
    expand,
    expires_at: integer(),
    line_items: list(
      shape(
        { price_data: priceData, quantity: integer({ min: 1 }), metadata },
        { required: ['price_data', 'quantity'] },
      ),
    ),
    locale: text(),
    metadata,
    mode: oneOf('payment', 'setup', 'subscription'),
    payment_intent_data: shape({
      description: text(),
      metadata,
      receipt_email: email,
      statement_descriptor: text({ max: 22 }),
      statement_descriptor_suffix: text({ max: 22 }),
    }),
    phone_number_collection: shape({ enabled: flag }, { required: ['enabled'] }),
    submit_type: oneOf('auto', 'book', 'donate', 'pay', 'subscribe'),
    success_url: address,
    ui_mode: oneOf('elements', 'embedded_page', 'form', 'hosted_page'),
  },
  { required: ['mode', 'line_items', 'success_url'] },
);

export const sessionListParams = shape({
  ...paging,
  created,
  customer: text(),
  customer_details: shape({ email }, { required: ['email'] }),
  payment_intent: text(),
  status: oneOf('complete', 'expired', 'open'),
});

export const customerParams = shape({
  description: text(),
  email: text({ max: 512 }),
  expand,
  metadata,
  name: text({ max: 256 }),
  phone: text({ max: 20 }),
});

export const refundParams = shape({
  amount: integer({ min: 1 }),
  charge: text(),
  expand,
  metadata,
  payment_intent: text(),
  reason: oneOf('duplicate', 'fraudulent', 'requested_by_customer'),
});

export const reversalListParams = shape({ ...paging, created, charge: text(), payment_intent: text() });
export const transactionListParams = shape({ ...paging, created, type: text(), source: text() });
export const chargeListParams = shape({ ...paging, created, customer: text(), payment_intent: text() });
export const eventListParams = shape({
  ...paging,
  created,
  type: text(),
  types: list(text(), { max: 20 }),
  delivery_success: flag,
});
export const pagedParams = shape(paging);
export const expandParams = shape({ expand });
