import { Link } from '@remix-run/react';
import { type Column, Facts, Moment, Table } from '~/admin/admin-layout';
import type { GenerationDetails } from './generation-details.server';
import { ageInWords } from './generations';
import { StateText } from './generations-table';

/** The facts of a generation. Its photo and its video are shown for a reason only, on the media access page. */
export function GenerationFacts({
  generation,
  name,
  film,
  isGone,
  feedback,
  now,
}: Omit<GenerationDetails, 'steps' | 'entries' | 'lines' | 'siblings'>) {
  const { userId, clipId, createdAt, deadlineAt, provider, requestId } = generation;
  const mediaAccess = `/admin/media-access/${clipId}`;
  return (
    <Facts
      facts={[
        ['State', <StateText key="state" generation={generation} now={now} />],
        [
          'Person',
          <Link key="who" className="link" to={`/admin/people/${userId}`}>
            {name ?? 'A deleted account'}
          </Link>,
        ],
        ['Film', isGone ? `${film.title} (deleted)` : film.title],
        [
          'Photo and clip',
          <Link key="clip" className="link" to={mediaAccess}>
            Open, with a reason
          </Link>,
        ],
        ['Began (UTC)', <Moment key="began" at={createdAt} />],
        ['In this state since', <Moment key="since" at={generation.stateAt} />],
        ['Deadline', <Moment key="deadline" at={deadlineAt} />],
        ['Took', generation.state === 'ready' ? ageInWords(generation.stateAt - createdAt) : '–'],
        ['Film service', `${provider} · ${generation.model}`],
        ['Task id', generation.providerTaskId ?? '–'],
        ['Its own status', generation.providerStatus ?? '–'],
        ['Progress', generation.progress === null ? '–' : `${Math.round(generation.progress * 100)} %`],
        ['Submits', generation.submits],
        ['Nonce of the last submit', generation.submitNonce ?? '–'],
        ['Cost to us', generation.providerCost === null ? '–' : `${generation.providerCost} US cents`],
        ['Cost to the person', generation.cost === 1 ? '1 credit' : `${generation.cost} credits`],
        ['Error', [generation.failureReason, generation.failureDetail].filter(Boolean).join(': ') || '–'],
        ['Shape and length', `${generation.shape}, ${generation.durationSeconds} s`],
        ['Preset', generation.presetId],
        ['Cleaned up', generation.cleanedAt === null ? 'Not yet' : <Moment key="cleaned" at={generation.cleanedAt} />],
        ['Feedback', feedback ? [feedback.reason, feedback.words].filter(Boolean).join(': ') : 'None'],
        [
          'Asked for by',
          requestId === null ? (
            '–'
          ) : (
            <Link key="request" className="link" to={`/admin/log?${new URLSearchParams({ request: requestId })}`}>
              {requestId}
            </Link>
          ),
        ],
      ]}
    />
  );
}

/** Every row of the timeline, as it was written. */
export function GenerationSteps({ steps }: { steps: GenerationDetails['steps'] }) {
  const columns: Column<GenerationDetails['steps'][number]>[] = [
    { name: 'When (UTC)', cell: ({ at }) => <Moment at={at} /> },
    { name: 'Step', cell: ({ what }) => what },
    {
      name: 'Detail',
      cell: ({ detail }) => <span className="block max-w-text min-w-[12rem] wrap-anywhere">{detail}</span>,
    },
  ];
  return <Table caption="Timeline" columns={columns} rows={steps} keyOf={({ id }) => id} empty="No step yet." />;
}

/** The ledger entries of a generation. */
export function GenerationEntries({ entries }: { entries: GenerationDetails['entries'] }) {
  const columns: Column<GenerationDetails['entries'][number]>[] = [
    { name: 'When (UTC)', cell: ({ createdAt }) => <Moment at={createdAt} /> },
    {
      name: 'Kind',
      cell: ({ kind, delta }) => (kind === 'adjustment' && delta > 0 ? 'adjustment: paid by Echoes' : kind),
    },
    { name: 'Credits', figures: true, cell: ({ delta }) => (delta > 0 ? `+${delta}` : `−${-delta}`) },
    { name: 'Balance after', figures: true, cell: ({ balanceAfter }) => balanceAfter },
    { name: 'Key', cell: ({ key }) => <span className="whitespace-nowrap text-quiet">{key}</span> },
  ];
  return <Table caption="Credits" columns={columns} rows={entries} keyOf={({ key }) => key} empty="No credit moved." />;
}

/** All generations of the clip. */
export function ClipGenerations({ siblings, current }: { siblings: GenerationDetails['siblings']; current: string }) {
  const columns: Column<GenerationDetails['siblings'][number]>[] = [
    {
      name: 'Began (UTC)',
      cell: ({ id, createdAt }) =>
        id === current ? (
          <Moment at={createdAt} />
        ) : (
          <Link className="link" to={`/admin/generations/${id}`}>
            <Moment at={createdAt} />
          </Link>
        ),
    },
    { name: 'State', cell: ({ id, state }) => (id === current ? `${state} (this one)` : state) },
    { name: 'Film service', cell: ({ provider, model }) => `${provider} · ${model}` },
  ];
  return (
    <Table caption="Generations of this clip" columns={columns} rows={siblings} keyOf={({ id }) => id} empty="None." />
  );
}
