// What the nightly comparison of providers' charges finds, and how the owner reads it.
import { priceInWords } from '~/settings/packs';

/** What one provider charged in these days, and what our tries can have cost, in US cents. `before` is no longer among them. */
export interface SpendingDifference {
  provider: string;
  /** `2027-01-31`, UTC. */
  from: string;
  before: string;
  charged: number;
  least: number;
  most: number;
  detail: string;
}

/** The difference as a sentence. */
export function spendingInWords({ provider, from, before, charged, least, most }: SpendingDifference): string {
  const [told, ...ours] = [charged, least, most].map((amount) => priceInWords({ amount, currency: 'usd' }));
  const range = least === most ? ours[0] : ours.join(' to ');
  return `${provider} charged ${told} from ${from} until ${before}; our tries can have cost ${range}.`;
}
