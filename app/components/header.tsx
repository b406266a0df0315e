import { Link } from '@remix-run/react';
import type { ReactNode } from 'react';
import { AccountMenu } from './account-menu';
import { Balance } from './balance';

/** The product's name, as a link. */
export function Brand({ to }: { to: string }) {
  return (
    <Link to={to} className="inline-flex min-h-11 items-center font-title text-20 font-semibold tracking-tight">
      Echoes
    </Link>
  );
}

/** The top of every signed-in page: the name, `children`, the balance, the menu of the account. */
export function Header({
  balance,
  children,
}: {
  /** The balance in credits, or an element that updates itself. */
  balance: number | ReactNode;
  children?: ReactNode;
}) {
  return (
    <header className="column flex min-h-16 items-center gap-2 pt-[env(safe-area-inset-top)]">
      <Brand to="/projects" />
      <div className="flex min-w-0 grow items-center justify-end gap-1">
        {children}
        {typeof balance === 'number' ? <Balance credits={balance} /> : balance}
        <AccountMenu />
      </div>
    </header>
  );
}
