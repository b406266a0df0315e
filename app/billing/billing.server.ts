import type { Credits } from '~/credits/credits.server';
import type { Base } from '~/db/base';
import { createRunReports } from '~/db/run-reports.server';
import { lazyMembers } from '~/lazy';
import type { Live } from '~/live/channel.server';
import type { SettingsReader } from '~/settings/settings.server';
import { createCheckout } from './checkout.server';
import { createStripeEvents } from './events.server';
import { createFees } from './fees.server';
import { type Books, createFulfil } from './fulfil.server';
import { createLookUp } from './look-up.server';
import { createPurchaseRows } from './purchase-rows.server';
import { createReconcile } from './reconcile.server';
import { createRefunds } from './refunds.server';
import { createReversing } from './reversing.server';
import { createStripe } from './stripe.server';

/** Buying credits: checkout, Stripe's events, and the nightly comparison of Stripe's books with ours. */
export function createBilling({
  base,
  credits,
  live,
  settings,
  fetch,
}: {
  base: Base;
  credits: Pick<Credits, 'ledger' | 'rewards'>;
  live: Pick<Live, 'publish'>;
  settings: SettingsReader;
  fetch: typeof globalThis.fetch;
}) {
  const { db, config, clock, newId } = base;
  const { ledger, rewards } = credits;
  const stripe = createStripe({ config, fetch });
  const rows = createPurchaseRows({ db });
  const reversing = createReversing({ stripe, rows, ledger, live, newId, clock });
  const fulfil = createFulfil({ stripe, rows, reversing, credits, live, clock });
  const refunds = () => createRefunds({ db, clock, stripe, books });
  const books: Books = { fulfil, reversing, rows, rewards };
  return lazyMembers(
    {
      events: () => createStripeEvents({ base, stripe, books }),
      lookUp: () => createLookUp({ stripe, books }),
      refunds,
      reconcile: () =>
        createReconcile({
          stripe,
          books,
          refunds: refunds(),
          fees: createFees({ db, stripe }),
          reports: createRunReports({ db, clock }),
        }),
    },
    { ...books, ...createCheckout({ base, stripe, books, settings }) },
  );
}
