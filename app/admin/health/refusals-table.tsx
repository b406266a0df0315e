import { type Column, Moment, Table } from '~/admin/admin-layout';
import { refusalReasons, type WebhookRefusal } from '~/db/webhook-refusals';

const columns: Column<WebhookRefusal>[] = [
  { name: 'Last (UTC)', cell: ({ lastAt }) => <Moment at={lastAt} /> },
  { name: 'Named sender', cell: ({ sender }) => sender },
  { name: 'Why', cell: ({ reason }) => refusalReasons[reason] ?? reason.replaceAll('-', ' ') },
  { name: 'That day', cell: ({ count }) => count, figures: true },
];

/** Refused webhooks by day, sender and reason, newest first. */
export function RefusalsTable({ rows }: { rows: readonly WebhookRefusal[] }) {
  return (
    <Table
      caption="Refused webhooks"
      columns={columns}
      rows={rows}
      keyOf={({ sender, reason, firstAt }) => `${sender} ${reason} ${firstAt}`}
      empty="None in 30 days."
    />
  );
}
