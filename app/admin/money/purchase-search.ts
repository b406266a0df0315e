/** What a search text means, by its form alone. */
export type Asked =
  | { by: 'purchase' | 'session' | 'intent' | 'stripe' | 'receipt-number' | 'receipt' | 'text'; text: string }
  /** In the smallest unit. */
  | { by: 'amount'; amount: number };

const forms: readonly [by: Exclude<Asked['by'], 'amount' | 'text'>, form: RegExp][] = [
  ['purchase', /^pur_\w{26}$/i],
  ['session', /^cs_\w+$/],
  ['intent', /^pi_\w+$/],
  ['stripe', /^(ch|py|re|pyr|dp|du|issfr)_\w+$/],
  ['receipt-number', /^\d{4}-\d{4}$/],
  ['receipt', /^https:\/\/\S+$/],
];
const amountForm = /^[^\w.,-]{0,2}\s?(\d{1,6})(?:[.,](\d{2}))?\s?(?:[^\w.,-]|eur|usd|gbp|chf)?$/i;

/** Reads a search text: an id of ours or of Stripe, a receipt's address or number, an amount, or the beginning of a name. */
export function askedBy(query: string): Asked {
  const text = query.trim();
  const form = forms.find(([, pattern]) => pattern.test(text));
  if (form) return { by: form[0], text };
  const [isAmount, whole = '', cents = '00'] = amountForm.exec(text) ?? [];
  return isAmount ? { by: 'amount', amount: Number(whole) * 100 + Number(cents) } : { by: 'text', text };
}
