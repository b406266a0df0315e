import { Link, useLocation } from '@remix-run/react';
import { Icon } from '~/components/icon';

/** The admin pages, in the order of the navigation. */
const adminPages = [
  { to: '/admin', name: 'Overview' },
  { to: '/admin/people', name: 'People', also: ['/admin/sign-ups', '/admin/media-access'] },
  { to: '/admin/generations', name: 'Generations' },
  { to: '/admin/providers', name: 'Film services' },
  { to: '/admin/money', name: 'Money', also: ['/admin/purchases'] },
  { to: '/admin/prompt', name: 'System prompt' },
  { to: '/admin/presets', name: 'Presets' },
  { to: '/admin/settings', name: 'Settings' },
  { to: '/admin/audit-log', name: 'Audit log' },
  { to: '/admin/log', name: 'Live log' },
  { to: '/admin/health', name: 'Health' },
] as const;

/**
 * The links to all admin pages: on a wide screen in a row, on a phone behind a line that names the current page. It works
 * without a script; following a link closes it.
 */
export function AdminNavigation() {
  const { pathname } = useLocation();
  const isIn = (path: string) => pathname === path || pathname.startsWith(`${path}/`);
  const pages: readonly { to: string; name: string; also?: readonly string[] }[] = adminPages;
  const current = pages.findLast(({ to, also = [] }) => isIn(to) || also.some(isIn)) ?? adminPages[0];
  const links = (className: string) =>
    adminPages.map(({ to, name }) => (
      <Link
        key={to}
        to={to}
        aria-current={to === current.to ? 'page' : undefined}
        className={`inline-flex min-h-12 items-center text-15 font-medium text-quiet hover:text-ink aria-[current=page]:border-light aria-[current=page]:text-ink ${className}`}
      >
        {name}
      </Link>
    ));
  return (
    <div className="border-b border-line">
      <nav aria-label="Admin panel" className="column">
        <details key={pathname} className="group md:hidden">
          <summary className="flex min-h-12 items-center justify-between text-15 font-medium">
            <span className="border-b-2 border-light py-1">{current.name}</span>
            <span className="inline-flex items-center gap-2 text-quiet">
              All pages
              <Icon name="chevron-down" className="group-open:rotate-180" />
            </span>
          </summary>
          <div className="grid grid-cols-2 gap-x-6 pb-3">{links('border-s-2 border-transparent ps-3')}</div>
        </details>
        <div className="hidden flex-wrap gap-x-5 md:flex">{links('shrink-0 border-b-2 border-transparent')}</div>
      </nav>
    </div>
  );
}
