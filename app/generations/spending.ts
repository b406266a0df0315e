// The findings of the nightly comparison with providers' charges, and the sentence for each.
import { priceInWords } from '~/settings/packs';

/** What one provider charged from `from` until `before` (exclusive), and what generations can have cost, in US cents. */
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
  return `${provider} charged ${told} from ${from} until ${before}; our clips can have cost ${range}.`;
}
