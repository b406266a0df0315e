import { randomBytes } from 'node:crypto';
import type Stripe from 'stripe';

// The parts that all objects of the API share.

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
