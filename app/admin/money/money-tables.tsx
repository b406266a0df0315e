import { Link } from '@remix-run/react';
import type { ReactNode } from 'react';
import { type Column, Moment, Table } from '~/admin/admin-layout';
import { signed } from '~/admin/people/adjustments';
import { nameOf } from '~/admin/people/people';
import { type Difference, differenceInWords } from '~/billing/differences';
import { type SpendingDifference, spendingInWords } from '~/generations/spending';
import { priceInWords } from '~/settings/packs';
import type { OwedLine, ReportLine, ReversalLine } from './money';

const whose = {
  name: 'Person',
  cell: ({ userId, person }: { userId: string; person: string | null }) => (
    <Link className="link" to={`/admin/people/${userId}`}>
      {nameOf(person)}
    </Link>
  ),
};

const reversalWords: Readonly<Record<ReversalLine['reason'], string>> = {
  refund: 'Refunded',
  dispute: 'Disputed',
  reinstated: 'Payment reinstated',
};

const reversals: Column<ReversalLine>[] = [
  { name: 'When (UTC)', cell: ({ createdAt }) => <Moment at={createdAt} /> },
  whose,
  {
    name: 'What',
    cell: ({ reason, purchaseId, disputeStatus, ...price }) => (
      <>
        {reversalWords[reason]}, of {priceInWords(price)}
        {disputeStatus !== null && `; dispute ${disputeStatus.replaceAll('_', ' ')}`}
        <Link className="link block text-13 wrap-anywhere" to={`/admin/purchases/${purchaseId}`}>
          {purchaseId}
        </Link>
      </>
    ),
  },
  { name: 'Moved', cell: ({ moved }) => (moved === 0 ? '0' : signed(-moved)), figures: true },
  { name: 'Had been spent', cell: ({ credits, moved }) => Math.max(0, credits - moved) || '', figures: true },
];

export function ReversalsTable({ rows }: { rows: readonly ReversalLine[] }) {
  return (
    <Table caption="Refunds and disputes" columns={reversals} rows={rows} keyOf={({ id }) => id} empty="None so far." />
  );
}

const owed: Column<OwedLine>[] = [whose, { name: 'Credits owed', cell: (row) => row.owed, figures: true }];

export function OwedTable({ rows }: { rows: readonly OwedLine[] }) {
  return <Table caption="Owed" columns={owed} rows={rows} keyOf={({ userId }) => userId} empty="No debts." />;
}

/** Comparisons by time; `item` shows one difference as an item of a list. */
const comparisons = <Found,>(item: (found: Found) => ReactNode): Column<ReportLine<Found>>[] => [
  { name: 'When (UTC)', cell: ({ at }) => <Moment at={at} /> },
  {
    name: 'What differed',
    cell: ({ differences }) =>
      differences.length === 0 ? 'Nothing' : <ul className="grid gap-2">{differences.map(item)}</ul>,
  },
  { name: 'Settled', cell: ({ ok }) => (ok ? 'Yes' : 'No') },
  { name: 'Took', cell: ({ milliseconds }) => `${(milliseconds / 1000).toFixed(1)} s`, figures: true },
];

const reports = comparisons<Difference>((difference) => (
  <li key={`${difference.what} ${difference.purchaseId} ${difference.sessionId}`} className="min-w-48">
    {differenceInWords(difference)}
    <span className="block text-13 text-quiet wrap-anywhere">
      {[difference.purchaseId, difference.sessionId, difference.detail].filter(Boolean).join(' · ')}
    </span>
  </li>
));

export function ReportsTable({ rows }: { rows: readonly ReportLine[] }) {
  return <Table caption="Comparisons" columns={reports} rows={rows} keyOf={({ at }) => at} empty="Not compared yet." />;
}

const charges = comparisons<SpendingDifference>((difference) => (
  <li key={difference.provider} className="min-w-48">
    {spendingInWords(difference)}
  </li>
));

export function ChargesTable({ rows }: { rows: readonly ReportLine<SpendingDifference>[] }) {
  return <Table caption="Charges" columns={charges} rows={rows} keyOf={({ at }) => at} empty="Not compared yet." />;
}
