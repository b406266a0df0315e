import { Form, Link } from '@remix-run/react';
import type { ReactNode, SelectHTMLAttributes } from 'react';
import { AccountMenu } from '~/components/account-menu';
import { buttonClass } from '~/components/button';
import { Brand } from '~/components/header';
import { AdminNavigation } from './admin-navigation';

/**
 * The frame of every admin page. `isFresh`: the admin signed in recently enough to move money and settings; `false` shows
 * how to sign in again, and a page that moves neither leaves it out.
 */
export function AdminLayout({
  title,
  isFresh,
  path,
  children,
}: {
  title: string;
  isFresh?: boolean;
  /** The path of this page, to which the sign-in leads back. */
  path?: string;
  children: ReactNode;
}) {
  return (
    <>
      <header className="column flex min-h-16 items-center gap-4 pt-[env(safe-area-inset-top)]">
        <Brand to="/projects" />
        <span className="grow text-15 text-quiet">Admin panel</span>
        <AccountMenu />
      </header>
      <AdminNavigation />
      <main id="main" className="column grid grid-cols-[minmax(0,1fr)] content-start gap-8 py-6 md:gap-12 md:py-12">
        <h1 className="text-32 wrap-anywhere md:text-44">{title}</h1>
        {isFresh === false && path && <SignInAgain path={path} />}
        {children}
      </main>
    </>
  );
}

/** Money, settings and rights move only within fifteen minutes of the moment at which Google asked who the admin is. */
export function SignInAgain({ path }: { path: string }) {
  return (
    <Form
      method="post"
      action="/auth/google"
      reloadDocument
      className="flex flex-wrap items-center gap-4 border-s-2 border-light ps-4"
    >
      <input type="hidden" name="returnTo" value={path} />
      <input type="hidden" name="fresh" value="yes" />
      <p className="max-w-text">To change something here, sign in again. It holds for fifteen minutes.</p>
      <button type="submit" className={buttonClass('quiet', '', 'small')}>
        Sign in again
      </button>
    </Form>
  );
}

/** A part of a page with its heading; `beside` stands to the right of the heading. */
export function Part({ title, beside, children }: { title: string; beside?: ReactNode; children: ReactNode }) {
  return (
    <section className="grid grid-cols-[minmax(0,1fr)] content-start gap-4">
      <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-2">
        <h2 className="text-25">{title}</h2>
        {beside}
      </div>
      {children}
    </section>
  );
}

/** Said to screen readers: shown as blocks, a table loses its roles in some browsers. */
const roles = {
  table: { role: 'table' },
  rowgroup: { role: 'rowgroup' },
  row: { role: 'row' },
  columnheader: { role: 'columnheader' },
  cell: { role: 'cell' },
} as const;

/** One column of a table; `figures` aligns it to the end. */
export interface Column<Row> {
  name: string;
  cell: (row: Row) => ReactNode;
  figures?: boolean;
}

/**
 * A table. On a phone each row is a block whose lines carry the names of their columns, so that nothing is off the screen;
 * the roles keep it a table for screen readers. Where it is wider than a wide page it scrolls by itself, with the keyboard.
 */
export function Table<Row>({
  caption,
  columns,
  rows,
  keyOf,
  empty,
}: {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string | number;
  /** The text in place of a table without rows. */
  empty: string;
}) {
  if (rows.length === 0) return <p className="border-y border-line py-6 text-quiet">{empty}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div role="group" aria-label={caption} tabIndex={0} className="-mx-(--gutter) overflow-x-auto px-(--gutter)">
      <table
        {...roles.table}
        className="relative w-full border-collapse text-15 max-md:block max-md:border-t max-md:border-line"
      >
        <caption className="sr-only">{caption}</caption>
        <thead {...roles.rowgroup} className="max-md:sr-only">
          <tr {...roles.row} className="border-b border-line text-start text-quiet">
            {columns.map(({ name, figures }) => (
              <th
                key={name}
                {...roles.columnheader}
                scope="col"
                className={`py-2 pe-4 font-medium whitespace-nowrap ${figures ? 'text-end' : 'text-start'}`}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody {...roles.rowgroup} className="max-md:block">
          {rows.map((row) => (
            <tr key={keyOf(row)} {...roles.row} className="border-b border-line align-top max-md:block max-md:py-2">
              {columns.map(({ name, cell, figures }) => (
                <td
                  key={name}
                  {...roles.cell}
                  data-name={name}
                  className={`py-3 pe-4 max-md:grid max-md:grid-cols-[7rem_minmax(0,1fr)] max-md:gap-x-3 max-md:py-1 max-md:pe-0 max-md:wrap-anywhere max-md:before:text-13 max-md:before:text-quiet max-md:before:content-[attr(data-name)] max-md:empty:hidden ${figures ? 'tabular md:text-end' : ''}`}
                >
                  {wrapped(cell(row))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** One box for the parts of a cell, so that they stay together beside the name of their column; nothing for no content. */
function wrapped(content: ReactNode): ReactNode {
  return content === null || content === undefined || content === '' ? null : <div className="min-w-0">{content}</div>;
}

/** Names with their values, in two columns on a wide screen. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="grid gap-x-8 border-t border-line md:grid-cols-2">
      {facts.map(([name, value]) => (
        <div
          key={name}
          className="flex min-h-12 items-baseline justify-between gap-4 border-b border-line py-3 text-15"
        >
          <dt className="text-quiet">{name}</dt>
          <dd className="min-w-0 text-end wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A labelled select, as tall as the text fields. */
export function Select({ label, children, ...rest }: SelectHTMLAttributes<HTMLSelectElement> & { label: string }) {
  return (
    <label className="grid max-w-full grid-cols-[minmax(0,1fr)] gap-1 text-15 font-medium">
      {label}
      <select className="min-h-12 w-full rounded-control border border-edge bg-ground px-4 text-17" {...rest}>
        {children}
      </select>
    </label>
  );
}

/** A time to the second. In UTC, so that server and browser render the same. `at` in ms since 1970. */
export function Moment({ at }: { at: number }) {
  const iso = new Date(at).toISOString();
  return (
    <time dateTime={iso} className="tabular whitespace-nowrap">
      {iso.slice(0, 10)} {iso.slice(11, 19)}
    </time>
  );
}

/** Links to the next and the newest page of a list that is paged by key. */
export function Pages({ older, isFirst, path }: { older: string | null; isFirst: boolean; path: string }) {
  if (isFirst && older === null) return null;
  const link = 'link inline-flex min-h-11 items-center font-medium';
  return (
    <nav aria-label="Pages" className="flex gap-8">
      {!isFirst && (
        <Link to={path} className={link}>
          Newest
        </Link>
      )}
      {older !== null && (
        <Link to={older} className={link}>
          Earlier
        </Link>
      )}
    </nav>
  );
}
