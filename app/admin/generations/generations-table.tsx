import { Link } from '@remix-run/react';
import { type Column, Moment, Table } from '~/admin/admin-layout';
import { ageInWords, type GenerationRow, stateWords, troubleOf } from './generations';

const troubleWords = { overdue: 'overdue', stale: 'has not moved for five minutes' } as const;

/** The state of a generation; for an open one its age and its trouble. `now` in ms. */
export function StateText({
  generation,
  now,
}: {
  generation: Pick<GenerationRow, 'state' | 'stateAt' | 'deadlineAt' | 'createdAt'>;
  now: number;
}) {
  const trouble = troubleOf(generation, now);
  const isOpen = !['ready', 'failed', 'canceled'].includes(generation.state);
  return (
    <>
      <span className={generation.state === 'failed' || trouble ? 'text-bad' : ''}>{stateWords[generation.state]}</span>
      {isOpen && <span className="text-quiet"> for {ageInWords(now - generation.stateAt)}</span>}
      {trouble && <span className="block text-bad">{troubleWords[trouble]}</span>}
    </>
  );
}

/** Generations as a table, newest first. `now`: the time of the read, in ms. */
export function GenerationsTable({ rows, now }: { rows: readonly GenerationRow[]; now: number }) {
  const columns: Column<GenerationRow>[] = [
    {
      name: 'Began (UTC)',
      cell: ({ id, createdAt }) => (
        <Link className="link" to={`/admin/generations/${id}`}>
          <Moment at={createdAt} />
        </Link>
      ),
    },
    { name: 'State', cell: (generation) => <StateText generation={generation} now={now} /> },
    { name: 'Age', figures: true, cell: ({ createdAt }) => ageInWords(now - createdAt) },
    {
      name: 'Person',
      cell: ({ userId, name }) => (
        <Link className="link" to={`/admin/people/${userId}`}>
          {name ?? 'A deleted account'}
        </Link>
      ),
    },
    {
      name: 'Film service',
      cell: ({ provider, model, providerStatus }) => (
        <>
          {provider} <span className="whitespace-nowrap text-quiet">{model}</span>
          {providerStatus && <span className="block text-quiet">{providerStatus}</span>}
        </>
      ),
    },
    { name: 'Submits', figures: true, cell: ({ submits }) => submits },
    { name: 'Error', cell: ({ failureReason }) => failureReason },
  ];
  return (
    <Table
      caption="Generations"
      columns={columns}
      rows={rows}
      keyOf={({ id }) => id}
      empty="No generation fits the filter."
    />
  );
}
