import { Form, Link } from '@remix-run/react';
import { type Column, Moment, Table } from '~/admin/admin-layout';
import { type Alone, aloneInWords } from '~/admin/people/adjustments';
import { nameOf } from '~/admin/people/people';
import { ReasonField } from '~/admin/reason-field';
import { Button } from '~/components/button';
import { Field } from '~/components/field';
import { priceInWords } from '~/settings/packs';
import { type RefundRequestView, refundInWords, refundStateInWords } from './refunds';

/** Refunds that admins asked for. Those that are not over can be answered here; `from` is the page to come back to. */
export function RefundRequestsTable({
  rows,
  from,
  empty,
}: {
  rows: readonly RefundRequestView[];
  from: 'money' | 'purchase';
  empty: string;
}) {
  const columns: Column<RefundRequestView>[] = [
    { name: 'Asked (UTC)', cell: ({ requestedAt }) => <Moment at={requestedAt} /> },
    ...(from === 'money' ? [whose] : []),
    { name: 'Amount', cell: (row) => priceInWords(row), figures: true },
    { name: 'Credits', cell: ({ credits }) => credits, figures: true },
    { name: 'Why', cell: ({ reason }) => <span className="block min-w-48 max-w-text wrap-anywhere">{reason}</span> },
    { name: 'By', cell: ({ requester }) => nameOf(requester) },
    { name: 'Status', cell: (row) => <Status row={row} from={from} /> },
  ];
  return <Table caption="Refunds asked for" columns={columns} rows={rows} keyOf={({ id }) => id} empty={empty} />;
}

const whose: Column<RefundRequestView> = {
  name: 'Purchase',
  cell: ({ purchaseId, person }) => (
    <Link className="link" to={`/admin/purchases/${purchaseId}`}>
      {nameOf(person)}
    </Link>
  ),
};

function Status({ row, from }: { row: RefundRequestView; from: string }) {
  const { id, state, decider } = row;
  const words = refundStateInWords(row);
  if (state !== 'waiting' && state !== 'asked') return `${words}, ${nameOf(decider)}`;
  const what = `${refundInWords(row)}, for ${nameOf(row.person)}`;
  const answers =
    state === 'waiting'
      ? ([
          ['yes', 'Yes'],
          ['no', 'No'],
        ] as const)
      : ([['again', 'Ask again']] as const);
  return (
    <Form method="post" action={`/admin/refunds/${id}/decision`} className="grid gap-2">
      <span>{state === 'asked' ? `${words}. Yes by ${nameOf(decider)}` : words}</span>
      <input type="hidden" name="from" value={from} />
      <span className="flex gap-2">
        {answers.map(([answer, label]) => (
          <Button
            key={answer}
            type="submit"
            name="answer"
            value={answer}
            kind="quiet"
            size="small"
            aria-label={`${label}: ${what}`}
          >
            {label}
          </Button>
        ))}
      </span>
    </Form>
  );
}

/** Asks for a refund of what is left of a payment, or a part of it. Works without a script. */
export function RefundForm({
  path,
  requestKey,
  left,
  currency,
  alone,
}: {
  /** The purchase's page, without a slash at its end. */
  path: string;
  requestKey: string;
  /** What is left of the payment, in the smallest unit. */
  left: number;
  currency: string;
  alone: Alone;
}) {
  return (
    <details className="border-y border-line">
      <summary className="min-h-12 py-3 font-medium">Refund this purchase</summary>
      <Form method="post" action={`${path}/refunds`} className="grid gap-4 pt-2 pb-6">
        <input type="hidden" name="requestKey" value={requestKey} />
        <p className="max-w-text text-15 text-quiet">
          The money goes back through Stripe. Credits go in the same share, rounded down; those that are spent are owed.
        </p>
        <Field
          label={`Amount (${currency.toUpperCase()})`}
          name="amount"
          inputMode="decimal"
          pattern="\d{1,6}([.,]\d{1,2})?"
          defaultValue={(left / 100).toFixed(2)}
          required
          className="max-w-[24rem]"
          hint={`${priceInWords({ amount: left, currency })} is left. The limit counts the credits that it takes. ${aloneInWords(alone)}`}
        />
        <ReasonField hint="For the audit log. They do not read it." />
        <Button type="submit" kind="danger" className="justify-self-start">
          Refund
        </Button>
      </Form>
    </details>
  );
}
