import { type Column, Moment, Table } from '~/admin/admin-layout';
import type { StripeEventLine } from './purchase-facts';

const columns: Column<StripeEventLine>[] = [
  { name: 'Came in (UTC)', cell: ({ receivedAt }) => <Moment at={receivedAt} /> },
  {
    name: 'Event',
    cell: ({ id, type }) => (
      <>
        <span className="wrap-anywhere">{type}</span>
        <span className="block text-13 text-quiet wrap-anywhere">{id}</span>
      </>
    ),
  },
  {
    name: 'Led to',
    cell: ({ outcome, doneAt }) => (
      <span className={`wrap-anywhere ${doneAt === null ? 'text-bad' : ''}`}>{outcome ?? 'not done yet'}</span>
    ),
  },
  { name: 'Deliveries', cell: ({ deliveries }) => deliveries, figures: true },
];

/** Stripe's events, newest first: what each led to, and how often Stripe sent it. */
export function EventsTable({ rows, empty }: { rows: readonly StripeEventLine[]; empty: string }) {
  return <Table caption="Stripe’s events" columns={columns} rows={rows} keyOf={({ id }) => id} empty={empty} />;
}
