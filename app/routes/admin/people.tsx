import { type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/cloudflare';
import { Link, useLoaderData } from '@remix-run/react';
import { AdminLayout, type Column, Moment, Pages, Table } from '~/admin/admin-layout';
import { askedBy } from '~/admin/money/purchase-search';
import { accountStatusOf, nameOf, type PersonRow } from '~/admin/people/people';
import { SearchForm } from '~/admin/search-form';
import { isId } from '~/db/ids';

const peoplePerPage = 50;

export const meta: MetaFunction = () => [{ title: 'People · Admin · Echoes' }];

/** People, newest first. `q`: the beginning of a name or an e-mail, or the id of anything, which leads to its owner. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { auth, admin } = context.services;
  await auth.requireAdmin(request);
  const { searchParams } = new URL(request.url);
  const asked = (searchParams.get('q') ?? '').trim().slice(0, 320);
  const list = { asked, isFirst: true, next: null, hasMore: false };
  if (asked !== '') {
    // What names a payment leads to it: an id of Stripe, a receipt, an amount.
    if (!['text', 'purchase'].includes(askedBy(asked).by))
      throw redirect(`/admin/money?${new URLSearchParams({ q: asked })}`);
    const found = await admin.people.find(asked);
    if (found.outcome === 'path') throw redirect(found.path);
    return found.outcome === 'people' ? { ...list, ...found } : { ...list, people: [] };
  }
  const before = searchParams.get('before');
  const newest = await admin.people.newest({ before: isId('usr', before) ? before : null, limit: peoplePerPage + 1 });
  const people = newest.slice(0, peoplePerPage);
  const next = newest.length > peoplePerPage ? (people.at(-1)?.id ?? null) : null;
  return { ...list, people, isFirst: !before, next };
}

const columns: Column<PersonRow>[] = [
  {
    name: 'Name',
    cell: ({ id, name }) => (
      <Link className="link inline-block min-w-28 font-medium wrap-anywhere" to={`/admin/people/${id}`}>
        {nameOf(name)}
        {name === null && <span className="sr-only"> {id}</span>}
      </Link>
    ),
  },
  { name: 'E-mail', cell: ({ email }) => <span className="block min-w-48 wrap-anywhere">{email}</span> },
  { name: 'Since (UTC)', cell: ({ createdAt }) => <Moment at={createdAt} /> },
  { name: 'Credits', cell: ({ balance }) => balance, figures: true },
  { name: 'Status', cell: accountStatusOf },
];

export default function AdminPeople() {
  const { people, asked, isFirst, next, hasMore } = useLoaderData<typeof loader>();
  return (
    <AdminLayout title="People">
      <SearchForm label="The beginning of a name or an e-mail, any id, or a payment" asked={asked} most={320} />
      <p>
        <Link to="/admin/sign-ups" className="link inline-flex min-h-11 items-center">
          Bursts of sign-ups
        </Link>
      </p>
      {hasMore && <p className="text-quiet">There are more. Write more of the name or the e-mail.</p>}
      <Table
        caption="People"
        columns={columns}
        rows={people}
        keyOf={({ id }) => id}
        empty={asked ? `No name and no e-mail begins like that, and no such id exists: ${asked}` : 'No people yet.'}
      />
      <Pages isFirst={isFirst && !asked} path="/admin/people" older={next && `?before=${next}`} />
    </AdminLayout>
  );
}
