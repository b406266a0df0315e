import { Link } from '@remix-run/react';
import { creditsInWords } from '~/components/balance';
import { Day } from '~/components/day';
import { Icon } from '~/components/icon';
import { priceInWords } from '~/settings/packs';

/** The list of pending purchases. Nothing is asked of the person. */
export function AwaitedPayments({
  awaited,
}: {
  awaited: readonly { id: string; credits: number; amount: number; currency: string; createdAt: number }[];
}) {
  if (awaited.length === 0) return null;
  return (
    <ul className="grid gap-4" aria-label="Payments on their way">
      {awaited.map((purchase) => (
        <li key={purchase.id} className="flex gap-3 rounded-control border border-line p-4">
          <Icon name="hourglass" className="mt-0.5 text-quiet" />
          <div className="grid gap-1">
            <p className="font-medium">Payment on its way</p>
            <p className="tabular text-15">
              {creditsInWords(purchase.credits)} for {priceInWords(purchase)}, <Day at={purchase.createdAt} />
            </p>
            <p className="text-15 text-quiet">
              Your bank needs a few days. We add the credits the moment it is settled.
            </p>
            <Link
              to={`/purchases/${purchase.id}`}
              className="link -mb-2 inline-flex min-h-11 items-center text-15 font-medium"
            >
              Look at this payment
            </Link>
          </div>
        </li>
      ))}
    </ul>
  );
}
