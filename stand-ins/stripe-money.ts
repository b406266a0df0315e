/** Currencies without a smaller unit. */
const wholeCurrencies = 'bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf'.split(' ');

/** An amount in smallest units as text: 999 of usd is $9.99. */
export function moneyText(amount: number, currency: string): string {
  const units = wholeCurrencies.includes(currency) ? amount : amount / 100;
  return new Intl.NumberFormat('en-US', { style: 'currency', currency }).format(units);
}
