import { Form, Link } from '@remix-run/react';
import { type Column, Moment, Table } from '~/admin/admin-layout';
import { nameOf } from '~/admin/people/people';
import type { PurchaseLine } from '~/admin/people/person';
import type { PurchaseState } from '~/billing/purchases';
import { Button } from '~/components/button';
import { findPack, priceInWords } from '~/settings/packs';
import { type PurchaseOfPerson, purchaseStates, purchaseStateWords } from './money';

/** Purchases with state, refunds and debt; with a column for the person where the rows have one. */
export function PurchasesTable({
  rows,
  empty,
}: {
  rows: readonly (PurchaseLine & Partial<Pick<PurchaseOfPerson, 'person'>>)[];
  empty: string;
}) {
  const columns: Column<(typeof rows)[number]>[] = [
    { name: 'When (UTC)', cell: ({ createdAt }) => <Moment at={createdAt} /> },
    ...(rows.some(({ person }) => person !== undefined) ? [whose] : []),
    {
      name: 'What',
      cell: ({ id, packId, credits }) => (
        <>
          {findPack(packId)?.name ?? packId}, {credits} credits
          <Link className="link block text-13 wrap-anywhere" to={`/admin/purchases/${id}`}>
            {id}
          </Link>
        </>
      ),
    },
    { name: 'Price', cell: priceInWords, figures: true },
    { name: 'Status', cell: purchaseStatus },
    { name: 'Owed', cell: ({ owed }) => owed || '', figures: true },
  ];
  return <Table caption="Purchases" columns={columns} rows={rows} keyOf={({ id }) => id} empty={empty} />;
}

const whose: Column<PurchaseLine & Partial<Pick<PurchaseOfPerson, 'person'>>> = {
  name: 'Person',
  cell: ({ userId, person }) => (
    <Link className="link" to={`/admin/people/${userId}`}>
      {nameOf(person ?? null)}
    </Link>
  ),
};

function purchaseStatus({ state, refundedAmount, disputedAmount, disputeStatus, currency }: PurchaseLine) {
  const back = (amount: number) => priceInWords({ amount, currency });
  const facts = [
    purchaseStateWords[state],
    ...(refundedAmount > 0 ? [`${back(refundedAmount)} refunded`] : []),
    ...(disputedAmount > 0 ? [`${back(disputedAmount)} disputed`] : []),
    ...(disputeStatus === null ? [] : [`dispute ${disputeStatus.replaceAll('_', ' ')}`]),
  ];
  return facts.join('; ');
}

/** The choice of the state whose purchases are listed; null for all. */
export function PurchaseStates({ chosen }: { chosen: PurchaseState | null }) {
  return (
    <Form method="get" className="flex flex-wrap items-center gap-3">
      <select
        key={chosen}
        name="state"
        aria-label="Status"
        defaultValue={chosen ?? ''}
        className="min-h-11 rounded-control border border-edge bg-ground px-4 text-15"
      >
        <option value="">All</option>
        {purchaseStates.map((one) => (
          <option key={one} value={one}>
            {purchaseStateWords[one]}
          </option>
        ))}
      </select>
      <Button type="submit" kind="quiet" size="small">
        Show
      </Button>
    </Form>
  );
}
