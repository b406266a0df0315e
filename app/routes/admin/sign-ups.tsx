import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Form, Link, useLoaderData } from '@remix-run/react';
import { AdminLayout, type Column, Moment, Part, Table } from '~/admin/admin-layout';
import { FlashMessage } from '~/admin/flash-message';
import { nameOf } from '~/admin/people/people';
import { ReasonField } from '~/admin/reason-field';
import { type Cluster, type ClusterPerson, clusterId, readClusterId } from '~/admin/sign-ups/sign-ups';
import { Button } from '~/components/button';

export const meta: MetaFunction = () => [{ title: 'Bursts of sign-ups · Admin · Echoes' }];

/** Clusters of new people, and the people of the one that `cluster` names. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { auth, admin } = context.services;
  await auth.requireAdmin(request);
  const key = readClusterId(new URL(request.url).searchParams.get('cluster'));
  const [clusters, people, together] = await Promise.all([
    admin.signUps.clusters(),
    key ? admin.signUps.people(key) : [],
    key ? admin.signUps.suspendedTogether(key) : 0,
  ]);
  return { clusters, people, together, cluster: key && clusterId(key) };
}

const clusterColumns: Column<Cluster>[] = [
  { name: 'Day (UTC)', cell: ({ day }) => new Date(day * 86_400_000).toISOString().slice(0, 10) },
  {
    name: 'What they share',
    cell: (cluster) => (
      <Link className="link" to={`?cluster=${clusterId(cluster)}`}>
        {cluster.by === 'network' ? 'One network' : 'One kind of device'} {cluster.hash.slice(0, 6)}
      </Link>
    ),
  },
  { name: 'First (UTC)', cell: ({ firstAt }) => <Moment at={firstAt} /> },
  { name: 'Last (UTC)', cell: ({ lastAt }) => <Moment at={lastAt} /> },
  { name: 'People', cell: ({ count }) => count, figures: true },
  { name: 'Suspended', cell: ({ suspended }) => suspended || '', figures: true },
];

const personColumns: Column<ClusterPerson>[] = [
  {
    name: 'Person',
    cell: ({ id, name }) => (
      <Link className="link wrap-anywhere" to={`/admin/people/${id}`}>
        {nameOf(name)}
      </Link>
    ),
  },
  { name: 'E-mail', cell: ({ email }) => <span className="wrap-anywhere">{email}</span> },
  { name: 'Came (UTC)', cell: ({ at }) => <Moment at={at} /> },
  {
    name: 'Status',
    cell: ({ deletedAt, suspendedAt, isAdmin }) =>
      deletedAt !== null ? 'Deleted' : suspendedAt !== null ? 'Suspended' : isAdmin ? 'Admin' : '',
  },
];

export default function AdminSignUps() {
  const { clusters, people, together, cluster } = useLoaderData<typeof loader>();
  const canSuspend = people.some((one) => one.suspendedAt === null && one.deletedAt === null && one.isAdmin === 0);
  return (
    <AdminLayout title="Bursts of sign-ups">
      <FlashMessage />
      <p className="max-w-text text-quiet">
        New people of one day who came from one network, or in browsers with the same name and languages. A family, a
        school or a phone company is one network too: look before you act. Kept for 30 days, as keyed hashes.
      </p>
      <Table
        caption="Clusters"
        columns={clusterColumns}
        rows={clusters}
        keyOf={clusterId}
        empty="None in the last seven days."
      />
      {cluster && (
        <Part title="The people of this cluster">
          <Table
            caption="People of the cluster"
            columns={personColumns}
            rows={people}
            keyOf={({ id }) => id}
            empty="Nobody is known any more."
          />
          {canSuspend && (
            <Form method="post" action="/admin/sign-ups/suspension" className="grid gap-4">
              <input type="hidden" name="cluster" value={cluster} />
              <ReasonField hint="For the audit log. They do not read it." />
              <Button type="submit" kind="danger" className="justify-self-start">
                Suspend all of them
              </Button>
            </Form>
          )}
          {together > 0 && (
            <Form method="post" action="/admin/sign-ups/lifting" className="grid gap-4">
              <input type="hidden" name="cluster" value={cluster} />
              <ReasonField hint="For the audit log." />
              <Button type="submit" kind="quiet" className="justify-self-start">
                Take it back for {together}
              </Button>
            </Form>
          )}
        </Part>
      )}
    </AdminLayout>
  );
}
