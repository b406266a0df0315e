import { Link } from '@remix-run/react';

/** The other way to credits: what an invitation brings (in the words of `promiseToHost`), and where one's link is. */
export function InviteFriend({ promise }: { promise: string }) {
  return (
    <section aria-labelledby="invitation" className="grid justify-items-start gap-2">
      <h2 id="invitation" className="text-25">
        Or bring a friend
      </h2>
      <p className="max-w-text text-quiet">{promise}</p>
      <Link to="/referral" className="link inline-flex min-h-11 items-center font-medium">
        Invite a friend
      </Link>
    </section>
  );
}
