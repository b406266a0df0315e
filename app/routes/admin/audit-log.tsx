import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Form, Link, useLoaderData } from '@remix-run/react';
import { AdminLayout, type Column, Moment, Pages, Select, Table } from '~/admin/admin-layout';
import { type AuditEntryView, auditWords, isAuditKind } from '~/admin/audit-log';
import { Button } from '~/components/button';
import { Field } from '~/components/field';

const entriesPerPage = 50;

export const meta: MetaFunction = () => [{ title: 'Audit log · Admin · Echoes' }];

/** Audit entries, newest first. `what`: a kind; `about`: the id of a person or a thing; `by`: an admin. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { auth, admin } = context.services;
  await auth.requireAdmin(request);
  const { searchParams } = new URL(request.url);
  const [what, about, by, before] = ['what', 'about', 'by', 'before'].map(
    (name) => searchParams.get(name)?.trim() ?? '',
  );
  const found = await admin.auditLog.list({
    what: isAuditKind(what) ? what : undefined,
    adminId: by || undefined,
    ...(about && (about.startsWith('usr_') ? { userId: about } : { subject: about })),
    before: /^\d{1,12}$/.test(before ?? '') ? Number(before) : undefined,
    limit: entriesPerPage + 1,
  });
  const rows = found.slice(0, entriesPerPage);
  return { rows, what, about, by, isFirst: !before, next: found.length > entriesPerPage ? rows.at(-1)?.id : null };
}

const columns: Column<AuditEntryView>[] = [
  { name: 'When (UTC)', cell: ({ at }) => <Moment at={at} /> },
  {
    name: 'Who',
    cell: ({ admin }) =>
      admin ? (
        <Link className="link" to={`?by=${admin.id}`}>
          {admin.name}
        </Link>
      ) : (
        'The command line'
      ),
  },
  { name: 'What', cell: ({ what }) => auditWords[what] },
  {
    name: 'To what',
    cell: ({ userId, subject }) =>
      userId ? (
        <Link className="link wrap-anywhere" to={`/admin/people/${userId}`}>
          {subject}
        </Link>
      ) : (
        <span className="wrap-anywhere">{subject}</span>
      ),
  },
  {
    name: 'Before and after',
    cell: ({ before, after }) => (
      <span className="block max-w-text wrap-anywhere">
        {before !== null && <del className="text-quiet">{before}</del>}{' '}
        {after !== null && <ins className="no-underline">{after}</ins>}
      </span>
    ),
  },
  { name: 'Why', cell: ({ reason }) => <span className="block max-w-text">{reason}</span> },
];

export default function AdminAuditLog() {
  const { rows, what, about, by, isFirst, next } = useLoaderData<typeof loader>();
  const search = new URLSearchParams(
    Object.entries({ what, about, by }).filter(([, value]) => value) as [string, string][],
  );
  return (
    <AdminLayout title="Audit log">
      <Form method="get" className="flex flex-wrap items-end gap-4">
        <Select label="Kind" name="what" defaultValue={what}>
          <option value="">All</option>
          {Object.entries(auditWords).map(([kind, words]) => (
            <option key={kind} value={kind}>
              {words}
            </option>
          ))}
        </Select>
        <Field label="About (an id or a setting)" name="about" defaultValue={about} className="grow md:max-w-[24rem]" />
        {by && <input type="hidden" name="by" value={by} />}
        <Button type="submit" kind="quiet">
          Show
        </Button>
      </Form>
      <Table caption="Audit log" columns={columns} rows={rows} keyOf={({ id }) => id} empty="No such entry." />
      <Pages
        isFirst={isFirst}
        path={`?${search}`}
        older={next ? `?${new URLSearchParams([...search, ['before', String(next)]])}` : null}
      />
    </AdminLayout>
  );
}
