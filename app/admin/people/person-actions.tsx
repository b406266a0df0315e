import { type Column, Moment, Table } from '~/admin/admin-layout';
import { type AuditEntryView, auditWords } from '~/admin/audit-log';

const columns: Column<AuditEntryView>[] = [
  { name: 'When (UTC)', cell: ({ at }) => <Moment at={at} /> },
  { name: 'Admin', cell: ({ admin }) => admin?.name ?? 'The command line' },
  { name: 'What', cell: ({ what, after }) => (after === null ? auditWords[what] : `${auditWords[what]}: ${after}`) },
  { name: 'Why', cell: ({ reason }) => <span className="block min-w-48 max-w-text wrap-anywhere">{reason}</span> },
];

/** The audit entries about one person. */
export function PersonAuditLog({ rows }: { rows: readonly AuditEntryView[] }) {
  return (
    <Table
      caption="Audit log"
      columns={columns}
      rows={rows}
      keyOf={({ id }) => id}
      empty="No admin has done anything here."
    />
  );
}
