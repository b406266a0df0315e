import { Link } from '@remix-run/react';

/** An amount of credits in words: "3 credits". */
export function creditsInWords(credits: number): string {
  return credits === 1 ? '1 credit' : `${credits} credits`;
}

/** The balance, as a link to the credit history. */
export function Balance({ credits }: { credits: number }) {
  return (
    <Link
      to="/credits"
      data-credit-balance={credits}
      className="tabular inline-flex min-h-11 items-center rounded-full px-3 text-15 font-medium transition hover:bg-line"
    >
      {creditsInWords(credits)}
    </Link>
  );
}
