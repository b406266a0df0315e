import { Form, Link } from '@remix-run/react';
import { type Column, Moment, Table } from '~/admin/admin-layout';
import { Button } from '~/components/button';
import { type AdjustmentView, signed } from './adjustments';
import { nameOf } from './people';

/** Credits given and taken by hand. Waiting ones can be answered here; `from` is the page to come back to. */
export function AdjustmentsTable({
  caption,
  rows,
  from,
  empty,
}: {
  caption: string;
  rows: readonly AdjustmentView[];
  from: 'money' | 'person';
  empty: string;
}) {
  const columns: Column<AdjustmentView>[] = [
    { name: 'Asked (UTC)', cell: ({ requestedAt }) => <Moment at={requestedAt} /> },
    ...(from === 'money' ? [whom] : []),
    { name: 'Credits', cell: ({ credits }) => signed(credits), figures: true },
    { name: 'Why', cell: ({ reason }) => <span className="block min-w-48 max-w-text wrap-anywhere">{reason}</span> },
    { name: 'By', cell: ({ requester }) => nameOf(requester) },
    { name: 'Status', cell: (row) => <Answer row={row} from={from} /> },
  ];
  return <Table caption={caption} columns={columns} rows={rows} keyOf={({ id }) => id} empty={empty} />;
}

const whom: Column<AdjustmentView> = {
  name: 'Person',
  cell: ({ userId, person, balance }) => (
    <>
      <Link className="link" to={`/admin/people/${userId}`}>
        {nameOf(person)}
      </Link>
      <span className="block text-13 text-quiet">has {balance}</span>
    </>
  ),
};

function Answer({ row: { id, state, decider, credits, person }, from }: { row: AdjustmentView; from: string }) {
  if (state !== 'waiting') return `${state === 'done' ? 'Done' : 'Declined'}, ${nameOf(decider)}`;
  const what = `${signed(credits)} for ${nameOf(person)}`;
  return (
    <Form method="post" action={`/admin/adjustments/${id}/decision`} className="flex gap-2">
      <input type="hidden" name="from" value={from} />
      <Button type="submit" name="answer" value="yes" kind="quiet" size="small" aria-label={`Yes: ${what}`}>
        Yes
      </Button>
      <Button type="submit" name="answer" value="no" kind="quiet" size="small" aria-label={`No: ${what}`}>
        No
      </Button>
    </Form>
  );
}
