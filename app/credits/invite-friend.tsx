import { Link } from '@remix-run/react';

/** A link to the invitation page, with the rewards in the words of `promiseToHost`. */
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
