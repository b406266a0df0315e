import { priceInWords } from '~/settings/packs';
import type { WhatGoes } from './deletion';

/** What goes with an account and what stays of it, counted. */
export function WhatGoesList({ goes, isAdmin }: { goes: WhatGoes; isAdmin: boolean }) {
  const { films, photos, clips, shares, balance, paid, purchases } = goes;
  const counts: [what: string, count: number, more?: string][] = [
    ['Films', films],
    ['Photos', photos],
    ['Clips', clips],
    ['Links you shared, which end', shares],
    ['Credits left', balance, paid ? `bought for ${priceInWords(paid)}` : balance > 0 ? 'they were free' : undefined],
  ];
  return (
    <>
      <section className="grid gap-4">
        <h2 className="text-25">What goes</h2>
        <dl className="divide-y divide-line border-y border-line">
          {counts.map(([what, count, more]) => (
            <div key={what} className="flex min-h-12 items-baseline justify-between gap-4 py-3">
              <dt>{what}</dt>
              <dd className="tabular shrink-0 text-end">
                {count}
                {more && <span className="block text-15 text-quiet">{more}</span>}
              </dd>
            </div>
          ))}
        </dl>
        <p className="max-w-text text-15 text-quiet">
          Clips that are being made are stopped where that is still possible, and their credits are back if you take the
          deletion back.
        </p>
      </section>
      <section className="grid gap-4">
        <h2 className="text-25">What stays</h2>
        <ul className="grid max-w-text gap-2 text-quiet">
          <li>
            {purchases === 0
              ? 'You have bought nothing, so no purchase has to be kept.'
              : `${purchases === 1 ? 'Your purchase stays' : `Your ${purchases} purchases stay`} in our books, as the law asks, without your name and address.`}
          </li>
          <li>
            That your Google account was here once, as a number only: what is free at the first sign-in does not come
            again.
          </li>
          {isAdmin && (
            <li>Your role as an admin ends at once. It does not come back when you take the deletion back.</li>
          )}
        </ul>
      </section>
    </>
  );
}
